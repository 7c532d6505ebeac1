import { describe, expect, test } from 'vitest';
import { probe } from './probe.ts';

const DEMO = new URL('../../assets/demo.flv', import.meta.url);

describe('a file that is looked at', () => {
  test('is told by its path, and by a file: URL that is a text or none', async () => {
    const reports = await Promise.all([probe(DEMO), probe(DEMO.href), probe(DEMO.pathname)]);
    for (const report of reports) {
      expect(report).toMatchObject({ format: 'flv', tracks: [{ kind: 'video', gop: 2 }, { kind: 'audio' }] });
      expect(report.duration).toBeCloseTo(16, 1);
    }
  });

  test('is left when the signal comes, before or while it is read', async () => {
    const early = AbortSignal.abort();
    await expect(probe(DEMO, { signal: early })).rejects.toThrow('It was interrupted.');
    await expect(probe('rtmp://host/live/x', { signal: early })).rejects.toThrow('It was interrupted.');
    const leaving = new AbortController();
    const looking = probe(DEMO, { signal: leaving.signal });
    setImmediate(() => leaving.abort());
    await expect(looking).rejects.toThrow('It was interrupted.');
  });

  test('has to be one: what has another scheme is refused without being repeated', async () => {
    await expect(probe('ftp://user:secret@host/x')).rejects.toThrow(/^(?!.*secret)Only files/);
    await expect(probe('file://elsewhere/x')).rejects.toMatchObject({ code: 'bad-request' });
  });
});

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { systemScheduler } from '../io/scheduler.ts';
import { transcodeArguments, transcoded } from './transcode.ts';

describe('what ffmpeg is called with', () => {
  test.each(['/films/-i x', '/films/$(x)', '/films/`x`; y', '/films/pipe:1', '/films/a\nb'])(
    'names %j as one argument that is a file and nothing else',
    (path) => {
      const args = transcodeArguments(path, { loop: false });
      expect(args.filter((arg) => arg.includes(path))).toEqual([`file:${path}`]);
      expect(args[args.indexOf(`file:${path}`) - 1]).toBe('-i');
    },
  );

  test('lets a list in the file lead to files only', () => {
    const args = transcodeArguments('/films/a', { loop: false });
    expect(args[args.indexOf('-protocol_whitelist') + 1]).toBe('file,crypto,data');
  });

  test('is what was asked for', () => {
    const text = transcodeArguments('/films/a', {
      loop: true,
      size: { width: 1280, height: 720 },
      fps: 30,
      bitRate: 1_500_000,
      gop: 1.5,
    }).join(' ');
    for (const part of ['-stream_loop -1', 'scale=1280:720:', 'fps=30', '-b:v 1500000', 'gte(t,n_forced*1.5)']) {
      expect(text).toContain(part);
    }
  });
});

describe('a file that is transcoded', () => {
  const scheduler = systemScheduler();

  function file(): string {
    const folder = mkdtempSync(join(tmpdir(), 'roomcast-'));
    onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
    const path = join(folder, 'film');
    writeFileSync(path, 'words');
    return path;
  }

  test('needs ffmpeg, and says so', async () => {
    const opening = transcoded(file(), { loop: false, scheduler, ffmpeg: 'no-such-program-as-this' });
    await expect(opening).rejects.toThrow(/ffmpeg was not found/);
  });

  test('has to be there', async () => {
    const opening = transcoded('/no/such/file', { loop: false, scheduler });
    await expect(opening).rejects.toMatchObject({ code: 'not-found' });
  });

  test('that a program cannot read is named with its last words', async () => {
    const opening = transcoded(file(), { loop: false, scheduler, ffmpeg: 'false' });
    await expect(opening).rejects.toThrow(/ffmpeg cannot transcode .*film: it ended without a word/);
  });
});

import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { film, sample } from '../../src/containers/contract-samples.ts';
import type { StreamRecord } from '../../src/features/api/stream-record.ts';
import { startTestServer, type TestServer } from '../test-server.ts';
import { until } from '../servers.ts';
import { Watcher } from '../watch.ts';
import { publisher } from './rtmp/client.ts';

let server: TestServer;

beforeAll(async () => {
  server = await startTestServer({ rooms: { garden: {} }, grace: 15 });
});
afterAll(() => server.close());

async function ask<T>(path: string): Promise<T> {
  const { text } = await server.call('GET', path, { headers: { Authorization: `Bearer ${server.bearer}` } });
  return JSON.parse(text) as T;
}
const stream = (path = 'live/lobby'): Promise<StreamRecord> => ask(`/api/v1/streams/${path}`);
const streams = async (): Promise<StreamRecord[]> =>
  (await ask<{ streams: StreamRecord[] }>('/api/v1/streams')).streams;

describe('a stream, as its operator sees it', () => {
  test('is idle where a room waits for its first publisher', async () => {
    expect(await stream()).toEqual({ path: 'live/lobby', state: 'idle', viewers: 0, tracks: [], findings: [] });
    expect(await streams()).toEqual([]);
  });

  test('is waited for where somebody watches before it begins', async () => {
    const early = new Watcher(`${server.base}/live/garden.flv`);
    await until('it waits', async () => (await streams()).length === 1);
    expect(await streams()).toEqual([{ path: 'live/garden', state: 'idle', viewers: 1, tracks: [], findings: [] }]);
    early.stop();
    await until('it is gone', async () => (await streams()).length === 0);
  });

  test('tells while it is live who sends what to how many', async () => {
    const begun = Date.now();
    const sender = await publisher(`rtmp://127.0.0.1:${server.server.rtmp.port}/live/lobby?key=${server.key}`);
    for (const frame of film({ video: sample.video, audio: sample.audio, count: 60 })) sender.write(frame);
    const watcher = new Watcher(`${server.base}/live/lobby.flv`);
    await until('all of it is seen', async () => {
      const { viewers, edge } = await stream();
      return viewers === 1 && edge?.mediaTime === 2.37 && watcher.pictures.length > 0;
    });
    const seen = await stream();
    expect(seen).toMatchObject({
      path: 'live/lobby',
      state: 'live',
      broadcast: expect.stringMatching(/^[\da-f-]{36}$/),
      viewers: 1,
      publisher: { protocol: 'rtmp', action: 'publish', path: 'live/lobby', remote: '127.0.0.1' },
      rates: {
        bitRate: expect.any(Number),
        videoBitRate: expect.any(Number),
        audioBitRate: expect.any(Number),
        gop: 1,
      },
      edge: { mediaTime: 2.37 },
      findings: [],
    });
    expect(Date.parse(seen.since!)).toBeGreaterThanOrEqual(begun);
    expect(Math.abs(Date.parse(seen.edge!.at) - Date.now())).toBeLessThan(10_000);
    const [video, audio] = [1, 2].map((id) => seen.tracks.find((track) => track.id === id));
    expect(video).toMatchObject({
      id: 1,
      kind: 'video',
      codec: 'h264',
      codecs: 'avc1.640028',
      width: 1920,
      height: 1080,
    });
    expect(audio).toMatchObject({
      id: 2,
      kind: 'audio',
      codec: 'aac',
      codecs: 'mp4a.40.2',
      sampleRate: 44_100,
      channels: 2,
    });
    expect(await streams()).toEqual([{ ...seen, rates: expect.anything(), publisher: expect.anything() }]);

    sender.destroy();
    await until('it is missed', async () => (await stream()).state === 'waiting');
    const waiting = await stream();
    expect(waiting).toMatchObject({ broadcast: seen.broadcast, reason: 'lost', viewers: 1 });
    expect(waiting.publisher).toBeUndefined();

    await server.call('POST', '/api/v1/rooms/lobby/end', { headers: { Authorization: `Bearer ${server.bearer}` } });
    await until('the viewer is gone', async () => (await streams()).length === 0);
    expect((await stream()).state).toBe('idle');
  });

  test.each([
    ['live/nowhere', 404, 'not-found'],
    ['cameras/door', 404, 'not-found'],
    ['live/a/b', 400, 'bad-path'],
    ['', 400, 'bad-path'],
    ['..%2f..%2fetc', 400, 'bad-path'],
    ['live/lobby/', 400, 'bad-path'],
    [`live/${'x'.repeat(300)}`, 400, 'bad-path'],
  ])('is refused in words under the path “%s”', async (path, status, code) => {
    const headers = { Authorization: `Bearer ${server.bearer}` };
    const answer = await server.call('GET', `/api/v1/streams/${path}`, { headers });
    expect([answer.status, answer.code]).toEqual([status, code]);
  });

  test('is not found by the key of its room', async () => {
    const headers = { Authorization: `Bearer ${server.bearer}` };
    const answer = await server.call('GET', `/api/v1/streams/live/${server.key}`, { headers });
    expect([answer.code, answer.text.includes(server.key)]).toEqual(['not-found', false]);
  });
});

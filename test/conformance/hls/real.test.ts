import { describe, expect, test } from 'vitest';
import type { MultivariantPlaylist } from '../../hls/playlist.ts';
import { readPlaylist } from '../../hls/playlist-reader.ts';
import { HlsWatcher } from '../../hls/watcher.ts';
import { publish } from '../../publish.ts';
import { startServer, until } from '../../servers.ts';

/** MPEG-TS has its configs with key frames. */
const NO_KEY = ['C-HLS-15/codecs'];

const real = [
  { clip: 'b-frames', except: [] },
  { clip: 'audio-only', except: [] },
  { clip: 'video-only', except: [] },
  { clip: 'keys-at-random', except: NO_KEY },
] as const;

/** What a player has seen until it was asked. */
interface Watched extends Pick<HlsWatcher, 'ended' | 'jumps'> {
  complaints: string[];
  pictures: number;
  sounds: number;
}

/** What real streams are judged by: ffmpeg publishes, and everything that is in the lists is fetched and read. */
describe('C-HLS-01..30 from ffmpeg', () => {
  let watched: Promise<Map<string, Watched[]>> | undefined;

  /** All of them at once, each on a path of its own, until each has four segments. */
  async function watchAll(): Promise<Map<string, Watched[]>> {
    const { rtmp, http } = await startServer();
    const watching = real.map(async ({ clip, except }): Promise<[string, HlsWatcher[]]> => {
      await publish(clip, `${rtmp}/live/${clip}`, { loop: true });
      const live = `${http}/live/${clip}/index.m3u8`;
      await until(`${clip} is live`, async () => (await fetch(live)).status === 200, 40_000);
      const modern = new HlsWatcher(live, { except });
      const old = new HlsWatcher(`${http}/live/${clip}/ts.m3u8`, { lowLatency: false, except });
      for (const watcher of [modern, old])
        await until(`four segments of ${clip} were judged`, () => watcher.checker.judged >= 4 || watcher.ended, 60_000);
      return [clip, [modern, old]];
    });
    const told = ({ ended, checker, jumps, pictures, sounds }: HlsWatcher): Watched => ({
      ...{ ended, complaints: checker.finish(), jumps },
      ...{ pictures: pictures.length, sounds: sounds.length },
    });
    return new Map((await Promise.all(watching)).map(([clip, watchers]) => [clip, watchers.map(told)]));
  }

  test.each(real)('C-HLS-01..30 $clip', { timeout: 120_000 }, async ({ clip }) => {
    for (const { pictures, sounds, ...how } of (await (watched ??= watchAll())).get(clip)!) {
      expect(how).toEqual({ ended: undefined, complaints: [], jumps: [] });
      if (clip !== 'audio-only') expect(pictures).toBeGreaterThan(50);
      if (clip !== 'video-only') expect(sounds).toBeGreaterThan(100);
    }
  });
});

test(
  'C-HLS-06 a publisher that is killed and comes back with another picture is one discontinuity for all',
  { timeout: 90_000 },
  async () => {
    const { rtmp, http } = await startServer();
    const first = await publish('b-frames', `${rtmp}/live/lobby`, { loop: true });
    const live = `${http}/live/lobby/index.m3u8`;
    await until('it is live', async () => (await fetch(live)).status === 200, 40_000);
    // They know the multivariant playlist as it was at first.
    const watchers = [
      new HlsWatcher(live, { except: NO_KEY }),
      new HlsWatcher(`${http}/live/lobby/ts.m3u8`, { lowLatency: false, except: NO_KEY }),
    ];
    for (const watcher of watchers) await until('it plays', () => watcher.checker.judged >= 2, 30_000);
    const lists = await Promise.all(['index.m3u8', 'ts.m3u8'].map((name) => listOf(`${http}/live/lobby/${name}`)));
    await first.stop('SIGKILL');
    const before = watchers.map((watcher) => watcher.pictures.length);
    const again = await publish('numbered', `${rtmp}/live/lobby`, { loop: true });
    for (const [index, watcher] of watchers.entries()) {
      await until('it plays on', () => watcher.pictures.length > before[index]! + 150 || watcher.ended, 40_000);
      expect(watcher.ended).toBeUndefined();
    }
    await again.stop('SIGTERM');
    for (const [index, watcher] of watchers.entries()) {
      await until('it has ended', () => watcher.ended, 40_000);
      expect(watcher.ended).toBe('end');
      expect(watcher.checker.finish()).toEqual([]);
      expect(watcher.checker.discontinuities(lists[index]!)).toBe(1);
    }
  },
);

test('C-HLS-30 over TLS all of it comes by one connection of HTTP/2, to one viewer', { timeout: 60_000 }, async () => {
  const loopback = '127.0.0.1:0';
  const { rtmp, http, server } = await startServer({ tls: 'self-signed', https: loopback, rtmps: loopback });
  await publish('b-frames', `${rtmp}/live/lobby`, { loop: true });
  await until('it is live', async () => (await fetch(`${http}/live/lobby/index.m3u8`)).status === 200, 40_000);
  const viewers = server.hub.viewers('live/lobby');
  const watcher = new HlsWatcher(`https://127.0.0.1:${server.https!.port}/live/lobby/index.m3u8`);
  await until('four segments were judged', () => watcher.checker.judged >= 4 || watcher.ended, 30_000);
  expect(watcher.ended).toBeUndefined();
  expect(watcher.checker.finish()).toEqual([]);
  expect(server.hub.viewers('live/lobby')).toBeLessThanOrEqual(viewers + 1);
});

async function listOf(url: string): Promise<string> {
  const playlist = readPlaylist(new Uint8Array(await (await fetch(url)).arrayBuffer())) as MultivariantPlaylist;
  return new URL(playlist.variants[0]!.uri, url).href;
}

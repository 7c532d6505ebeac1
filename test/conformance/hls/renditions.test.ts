import { expect, test } from 'vitest';
import { frameOf, sample } from '../../../src/containers/contract-samples.ts';
import type { Frame, Track } from '../../../src/media/frame.ts';
import { HlsChecker } from '../../hls/checker.ts';
import type { MultivariantPlaylist } from '../../hls/playlist.ts';
import { readPlaylist } from '../../hls/playlist-reader.ts';
import { answered, HlsStage } from './stage.ts';

const { video, audio } = sample;
const smaller: Track = { ...sample.video2, id: 4 };
const other: Track = { ...audio, id: 5 };

/** 25 pictures a second of each picture, and as many sounds. `late`: ms by which key frames of the second come later. */
function film(tracks: readonly Track[], { ms, late = 0 }: { ms: number; late?: number }): Frame[] {
  return Array.from({ length: ms / 40 }, (_, i) =>
    tracks.map((track) => {
      if (track.kind === 'audio') return frameOf(track, { ms: i * 40 + 10, size: 24 });
      const at = i * 40 - (track === smaller ? late : 0);
      return frameOf(track, { ms: i * 40, key: i === 0 || (at >= 0 && at % 2000 === 0) });
    }),
  ).flat();
}

/** On air with these tracks for so long; what is listed then, and all that the rules say to it. */
async function judged(
  tracks: readonly Track[],
  name: 'index.m3u8' | 'ts.m3u8',
  { late = 0 }: { late?: number } = {},
): Promise<{ multivariant: MultivariantPlaylist; complaints: string[]; judged: number; stage: HlsStage }> {
  const stage = await HlsStage.start();
  const by = await stage.http.publish();
  const frames = film(tracks, { ms: 16_000, late });
  const part = frames.length / 4;
  await stage.http.run(by, frames.slice(0, part));
  const held = await stage.held(name, { kind: 'multivariant' });
  await stage.http.run(by, frames.slice(part, 2 * part));
  await answered(held);
  const checker = new HlsChecker({ parts: name === 'index.m3u8' });
  const { bytes } = await stage.get(name, 'multivariant');
  const multivariant = readPlaylist(bytes) as MultivariantPlaylist;
  const uris = [
    ...multivariant.variants.map(({ uri }) => uri),
    ...multivariant.renditions.flatMap(({ uri }) => uri ?? []),
  ];
  for (const from of [2, 3]) {
    for (const uri of new Set(uris)) checker.exchange(await stage.get(uri));
    for (const { url, kind } of checker.wanted()) checker.exchange(await stage.client.get(url, kind));
    await stage.http.run(by, frames.slice(from * part, (from + 1) * part));
  }
  checker.exchange(await stage.get(name, 'multivariant'));
  for (const uri of new Set(uris)) checker.exchange(await stage.get(uri));
  for (const { url, kind } of checker.wanted()) checker.exchange(await stage.client.get(url, kind));
  return { multivariant, complaints: checker.finish(), judged: checker.judged, stage };
}

test.each(['index.m3u8', 'ts.m3u8'] as const)('C-HLS-13 several sounds are a group of renditions: %s', async (name) => {
  const { multivariant, complaints, judged: count } = await judged([video, audio, other], name);
  expect(complaints).toEqual([]);
  expect(count).toBeGreaterThan(12);
  expect(multivariant.variants).toHaveLength(1);
  expect(multivariant.renditions.map(({ name: own, preset }) => [own, preset])).toEqual([
    ['Audio 1', true],
    ['Audio 2', false],
  ]);
});

test.each(['index.m3u8', 'ts.m3u8'] as const)('C-HLS-13 several pictures are variants, in step: %s', async (name) => {
  const { multivariant, complaints, judged: count } = await judged([video, audio, smaller], name);
  expect(complaints).toEqual([]);
  expect(count).toBeGreaterThan(12);
  expect(multivariant.variants.map(({ width, height }) => [width, height])).toEqual([
    [1920, 1080],
    [1280, 720],
  ]);
  expect(multivariant.renditions).toHaveLength(1);
});

test('C-HLS-10 pictures with key frames elsewhere are left out, which the log says once', async () => {
  const { multivariant, complaints, stage } = await judged([video, audio, smaller], 'ts.m3u8', { late: 800 });
  expect(complaints).toEqual([]);
  expect(multivariant.variants).toHaveLength(1);
  const said = stage.http.log.filter(({ message }) => message.includes('left out of HLS'));
  expect(said.map(({ level, fields }) => [level, fields.track])).toEqual([['warn', 4]]);
});

import { expect } from 'vitest';
import { push } from '../../src/push/push.ts';
import type { ClipName } from '../clips.ts';
import { testWith } from '../programs.ts';
import { until } from '../servers.ts';
import { compare } from './compare.ts';
import { enhancedFilm } from './enhanced-films.ts';
import { film } from './films.ts';
import { readWithFfmpeg } from './packets.ts';
import { playersNamed } from './players.ts';
import { sendWithFfmpeg } from './publishers.ts';
import { countWithFfprobe, remux } from './remux.ts';
import { show, type Showing } from './showing.ts';
import { openStage } from './stage.ts';

const SECONDS = 3;
/** Matroska has what a decoder of Opus drops before the first packet’s time, ffmpeg behind it. */
const MAX_OFFSET_MS = 7;
const plain: readonly ClipName[] = ['mp3', 'pcma', 'pcmu'];
const PLAYERS = ['ffmpeg by RTMP', 'ffmpeg by HTTP-FLV'] as const;

let shown: Promise<Map<ClipName, Showing>> | undefined;

/** Sound that RTMP always had. */
for (const clip of plain) {
  testWith(['ffmpeg'], `H.264 and ${clip}: ffmpeg gets what ffmpeg sends`, {}, async () => {
    const { complaints, cells } = (await (shown ??= showAll())).get(clip)!;
    expect(complaints).toBe('');
    for (const name of PLAYERS) expect(cells.get(name), name).toMatchObject({ faults: [], missed: 0 });
  });
}

testWith(
  ['ffmpeg', 'ffprobe'],
  'VP8 and Opus: pushed, demuxed by us and put into MP4, it is what was sent',
  {},
  async () => {
    const stage = await openStage();
    const file = await enhancedFilm('vp8');
    const saving = fetch(stage.httpUrl).then((response) => response.bytes());
    await until('somebody waits', () => stage.server.hub.viewers(stage.path) === 1);
    expect((await push(file, stage.rtmpUrl).done).reason).toBe('done');
    const remuxed = await remux(await saving);
    expect(remuxed).toMatchObject({ dropped: 0, unsupported: [] });
    const [sent, seen] = [await readWithFfmpeg(file), await readWithFfmpeg(remuxed.file)];
    expect(seen.complaints).toBe('');
    const { faults, offsetMs, pictures, sounds } = compare(sent.packets, seen.packets);
    expect(faults).toEqual([]);
    expect(offsetMs).toBeLessThanOrEqual(MAX_OFFSET_MS);
    expect(pictures + sounds).toBe(sent.packets.length);
    expect(await countWithFfprobe(remuxed.file)).toEqual([`vp8,${pictures}`, `opus,${sounds}`]);
  },
);

async function showAll(): Promise<Map<ClipName, Showing>> {
  const films = new Map<ClipName, Awaited<ReturnType<typeof film>>>();
  for (const clip of plain) films.set(clip, await film(clip, SECONDS));
  const shows = plain.map(async (clip) => {
    const stage = await openStage();
    const players = playersNamed(...PLAYERS);
    return [
      clip,
      await show({ stage, film: films.get(clip)!, players, manner: 'wait', send: sendWithFfmpeg }),
    ] as const;
  });
  return new Map(await Promise.all(shows));
}

import { describe, expect, test } from 'vitest';
import { LiveStage, type StagePublisher, type StageViewer } from '../../test/live-stage.ts';
import { frame, videoTrack } from '../../test/media.ts';
import { WordMuxer } from '../../test/word-muxer.ts';
import { settingsOf } from '../config/settings.ts';
import type { Frame } from '../media/frame.ts';
import { SECOND } from '../media/time.ts';

const MIB = 2 ** 20;
const PICTURE = 40;
/** What is counted for a frame beside its data. */
const BESIDE = 256;
const video = videoTrack();
/** What a server has that nobody configured. */
const { gopCache, limits } = settingsOf({});

class Stage extends LiveStage {
  override readonly muxer: WordMuxer = new WordMuxer({ full: true });

  constructor() {
    super({ gop: { duration: gopCache * SECOND, bytes: limits.gopBytes }, viewerQueue: 256 * MIB });
  }
}

/** One key frame, then pictures alone until `ms`, that one included. */
function pictures(ms: number, size: number, from = 0): Frame[] {
  const data = new Uint8Array(size);
  return Array.from({ length: (ms - from) / PICTURE + 1 }, (_, index) =>
    frame(video, from + index * PICTURE, { key: index === 0, data }),
  );
}

/** What a viewer who joins now sees first, and how much, in bytes. */
async function joins(at: Stage): Promise<{ viewer: StageViewer; first: string | undefined; bytes: number }> {
  const viewer = await at.play();
  return { viewer, first: viewer.words[1], bytes: viewer.bytes };
}

describe.each([
  ['while somebody watches', true],
  ['while nobody watches', false],
])('what is kept of a long GOP, %s', (_name, watched) => {
  async function stage(frames: readonly Frame[]): Promise<{ at: Stage; by: StagePublisher }> {
    const at = new Stage();
    if (watched) await at.play();
    const by = await at.publish();
    await at.run({ by, frames });
    return { at, by };
  }

  test('all of it up to ten seconds: a joiner sees the picture at once', async () => {
    expect(gopCache).toBe(10);
    const { at } = await stage(pictures(10_000, 100));
    expect(await joins(at)).toMatchObject({ first: 'K0', bytes: 251 * 100 + '[v1] '.length });
  });

  test('nothing above ten seconds: a joiner waits for the next key frame, and those who watch miss nothing', async () => {
    const { at, by } = await stage(pictures(10_040, 100));
    const there = watched ? [...at.hub.sessions.values()].length : 0;
    const { viewer, bytes } = await joins(at);
    expect(bytes).toBe(0);
    await at.run({ by, frames: pictures(12_040, 100, 10_080) });
    expect(viewer.words.slice(0, 3)).toEqual(['[v1]', 'K10080', 'P10120']);
    expect(at.hub.viewers('live/a')).toBe(Math.max(0, there - 1) + 1);
  });

  test('all of it up to 32 MiB', async () => {
    expect(limits.gopBytes).toBe(32 * MIB);
    const { at } = await stage(pictures(31 * PICTURE, MIB - BESIDE));
    expect(await joins(at)).toMatchObject({ first: 'K0', bytes: 32 * (MIB - BESIDE) + '[v1] '.length });
  });

  test('nothing above 32 MiB', async () => {
    const { at, by } = await stage(pictures(32 * PICTURE, MIB - BESIDE));
    const { viewer, bytes } = await joins(at);
    expect(bytes).toBe(0);
    await at.run({ by, frames: pictures(35 * PICTURE, 100, 33 * PICTURE) });
    expect(viewer.words.slice(0, 2)).toEqual(['[v1]', `K${33 * PICTURE}`]);
  });
});

test.each([
  ['while somebody watches', true],
  ['while nobody watches', false],
])('nothing is kept of many empty pictures at one time that weigh more than they may, %s', async (_name, watched) => {
  const at = new LiveStage({ gop: { duration: 10 * SECOND, bytes: MIB } });
  if (watched) await at.play();
  const by = await at.publish();
  await at.run({ by, frames: pictures(2000, 100) });
  const data = new Uint8Array(0);
  await at.run({ by, frames: Array.from({ length: MIB / BESIDE }, () => frame(video, 2000, { data })) });
  expect((await at.play()).bytes).toBe(0);
});

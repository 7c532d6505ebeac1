import { describe, expect, test } from 'vitest';
import { audioTrack, frame, videoTrack } from '../../test/media.ts';
import type { Frame } from '../media/frame.ts';
import { looped } from './looped.ts';

async function first(count: number, frames: AsyncGenerator<Frame, void>): Promise<Frame[]> {
  const found: Frame[] = [];
  for await (const each of frames) {
    if (found.push(each) === count) break;
  }
  return found;
}

function playing(...frames: Frame[]): () => AsyncGenerator<Frame, void> {
  return async function* () {
    yield* frames;
  };
}

const times = (frames: readonly Frame[], kind: string): number[] =>
  frames.filter(({ track }) => track.kind === kind).map(({ dts }) => dts / 1000);

describe('a film in a loop', () => {
  test('goes on after its length, so that no track runs into itself', async () => {
    const [video, audio] = [videoTrack(), audioTrack()];
    // 1.2 s of pictures from 0 on, 1 s of sound from 80 ms on.
    const pictures = Array.from({ length: 30 }, (_, i) => frame(video, i * 40, { key: i === 0, cts: 80 }));
    const sounds = Array.from({ length: 50 }, (_, i) => frame(audio, 80 + i * 20));
    const film = [...pictures, ...sounds].toSorted((a, b) => a.dts - b.dts);
    const got = await first(240, looped(playing(...film)));
    expect(times(got, 'video')).toEqual(Array.from({ length: 90 }, (_, i) => i * 40));
    expect(times(got, 'audio')).toEqual(
      [0, 1200, 2400].flatMap((shift) => Array.from({ length: 50 }, (_, i) => shift + 80 + i * 20)),
    );
    expect(got.filter(({ track }) => track.kind === 'video').every(({ dts, pts }) => pts - dts === 80_000)).toBe(true);
  });

  test('whose tracks begin five seconds apart is as long as all of it, so that no turn runs into the next', async () => {
    const [video, audio] = [videoTrack(), audioTrack()];
    const sounds = Array.from({ length: 10 }, (_, i) => frame(audio, i * 1000));
    const pictures = Array.from({ length: 10 }, (_, i) => frame(video, 5000 + i * 1000, { key: true }));
    const got = await first(60, looped(playing(...[...sounds, ...pictures].toSorted((a, b) => a.dts - b.dts))));
    const at = got.map(({ dts }) => dts);
    expect(at).toEqual(at.toSorted((a, b) => a - b));
    expect(times(got, 'audio').filter((_, index) => index % 10 === 0)).toEqual([0, 15_000, 30_000]);
    expect(times(got, 'video').filter((_, index) => index % 10 === 0)).toEqual([5000, 20_000, 35_000]);
  });

  test('keeps its tracks where they did not change, and announces them again where they did', async () => {
    const colored = { ...videoTrack([1]), color: { light: { max: 1000 } } };
    const turns = [videoTrack([1]), videoTrack([1]), colored, videoTrack([2])];
    const got = await first(
      4,
      looped(async function* () {
        yield frame(turns.shift()!, 0, { key: true });
      }),
    );
    expect(got[1]!.track).toBe(got[0]!.track);
    expect(got.slice(2).map(({ track }) => track.color ?? [...track.config])).toEqual([colored.color, [2]]);
  });

  test('of a single picture is not read more than once a second', async () => {
    const got = await first(3, looped(playing(frame(videoTrack(), 0, { key: true }))));
    expect(times(got, 'video')).toEqual([0, 1000, 2000]);
  });

  test('of which nothing can be read any more has failed', async () => {
    const turns = [[frame(videoTrack(), 0, { key: true })], []];
    const play = looped(async function* () {
      yield* turns.shift()!;
    });
    await expect(first(2, play)).rejects.toThrow('The film cannot be read any more.');
  });

  test('ends where there is nothing in it', async () => {
    expect(await first(1, looped(playing()))).toEqual([]);
  });
});

import { expect, test } from 'vitest';
import { audioTrack, frame, videoTrack } from '../../test/media.ts';
import type { Frame } from '../media/frame.ts';
import { inOrder } from './in-order.ts';

async function ordered(frames: AsyncIterable<Frame>): Promise<Frame[]> {
  const got: Frame[] = [];
  for await (const each of inOrder(frames)) got.push(each);
  return got;
}

test('bundles of sound and picture come in the order of their times, each track in its own', async () => {
  const [video, audio] = [videoTrack(), audioTrack()];
  const bundle = (from: number): Frame[] => [
    ...Array.from({ length: 10 }, (_, i) => frame(video, from + i * 40, { size: i + 1 })),
    ...Array.from({ length: 20 }, (_, i) => frame(audio, from + i * 20, { size: i + 1 })),
  ];
  const bundles = [...bundle(0), ...bundle(400), ...bundle(800)];
  async function* file(): AsyncGenerator<Frame, void> {
    yield* bundles;
  }
  const got = await ordered(file());
  const times = got.map(({ dts }) => dts);
  expect(times).toEqual(times.toSorted((a, b) => a - b));
  for (const track of [video, audio]) {
    expect(got.filter((each) => each.track === track)).toEqual(bundles.filter((each) => each.track === track));
  }
});

test('a track that lags by nearly two seconds comes in order', async () => {
  const [video, audio] = [videoTrack(), audioTrack()];
  const got = await ordered(
    (async function* () {
      for (let ms = 0; ms < 6000; ms += 40) {
        if (ms < 4000) yield frame(video, ms);
        if (ms >= 1800) yield frame(audio, ms - 1800);
      }
    })(),
  );
  const times = got.map(({ dts }) => dts);
  expect(times).toEqual(times.toSorted((a, b) => a - b));
});

test('pictures whose times go back stay as they are', async () => {
  const [video, audio] = [videoTrack(), audioTrack()];
  const got = await ordered(
    (async function* () {
      for (const ms of [0, 40, 38, 80]) yield frame(video, ms);
      yield frame(audio, 39);
    })(),
  );
  expect(got.map(({ track, dts }) => `${track.kind} ${dts / 1000}`)).toEqual([
    'video 0',
    'video 40',
    'video 38',
    'audio 39',
    'video 80',
  ]);
});

test.each([
  ['frames', 0, 100_000],
  ['bytes', 2 ** 20, 100],
])('no more is held than a number of %s, whatever the times are', async (_, size, count) => {
  let read = 0;
  const data = new Uint8Array(size);
  const frames = inOrder(
    (async function* () {
      for (; read < count; read++) yield frame(videoTrack(), 0, { data });
    })(),
  );
  await frames.next();
  expect(read).toBeLessThan(count * 0.7);
  await frames.return();
});

import { expect, test } from 'vitest';
import { audioTrack, frame, videoTrack } from '../../test/media.ts';
import type { Frame } from '../media/frame.ts';
import { inOrder } from './in-order.ts';

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
  const got: Frame[] = [];
  for await (const each of inOrder(file())) got.push(each);
  const times = got.map(({ dts }) => dts);
  expect(times).toEqual(times.toSorted((a, b) => a - b));
  for (const track of [video, audio]) {
    expect(got.filter((each) => each.track === track)).toEqual(bundles.filter((each) => each.track === track));
  }
});

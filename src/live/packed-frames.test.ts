import { expect, test } from 'vitest';
import { audioTrack, film, frame, videoTrack } from '../../test/media.ts';
import { PackedFrames } from './packed-frames.ts';

const video = videoTrack();
const audio = audioTrack();

test('packed frames come out as they were, with the tracks that they had', () => {
  const frames = film({ ms: 2500, video, audio });
  const unpacked = new PackedFrames(frames).unpack();
  expect(unpacked).toEqual(frames);
  expect(unpacked.every(({ track }, index) => track === frames[index]!.track)).toBe(true);
});

test('packed frames may be empty, or none, and may be shown before they are decoded', () => {
  const frames = [frame(video, -40, { key: true, size: 0 }), { ...frame(video, 0), pts: -80_000 }];
  expect(new PackedFrames(frames).unpack()).toEqual(frames);
  expect(new PackedFrames([]).unpack()).toEqual([]);
});

test('packed frames keep nothing of the memory that the frames were in', () => {
  const memory = new Uint8Array(1000).fill(1);
  const packed = new PackedFrames([{ ...frame(video, 0), data: memory.subarray(10, 20) }]);
  memory.fill(2);
  const [kept] = packed.unpack();
  expect(kept!.data).toEqual(new Uint8Array(10).fill(1));
  expect(kept!.data.buffer.byteLength).toBe(10);
});

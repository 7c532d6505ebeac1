import { expect, test } from 'vitest';
import { codecSamples, frameOf, sample } from '../../../src/containers/contract-samples.ts';
import { Mp4Muxer } from '../../../src/containers/mp4/index.ts';
import { describeTrack, type Track } from '../../../src/media/index.ts';
import { beginsWithInit, reorderIn, tracksOf } from './mp4-boxes.ts';

const muxer = new Mp4Muxer();
const tracks = [
  sample.video,
  sample.video2,
  sample.audio,
  sample.audio2,
  sample.mp3,
  ...codecSamples.map(({ track }) => track),
];
const carried = tracks.filter((track) => muxer.carries(track) && !['pcma', 'pcmu', 'vp8'].includes(track.codec));

test.each(carried.map((track): [string, Track] => [`${track.codec} ${describeTrack(track).codecs}`, track]))(
  'an init segment tells of %s',
  (_name, track) => {
    expect(tracksOf(muxer.header([track]))).toEqual([
      { id: track.id, kind: track.kind, codecs: describeTrack(track).codecs, timescale: expect.any(Number) as number },
    ]);
  },
);

test('there is at least one of each codec that browsers play from MP4', () => {
  const codecs = new Set(carried.map(({ codec }) => codec));
  expect([...codecs].toSorted()).toEqual(['aac', 'ac3', 'av1', 'eac3', 'flac', 'h264', 'h265', 'mp3', 'opus', 'vp9']);
});

test('picture and sound are both found, and what comes before frames is known from frames', () => {
  const header = muxer.header([sample.video, sample.audio]);
  expect(tracksOf(header).map(({ kind }) => kind)).toEqual(['video', 'audio']);
  expect(beginsWithInit(header)).toBe(true);
  expect(beginsWithInit(muxer.mux(frameOf(sample.video, { ms: 0 })))).toBe(false);
  expect(tracksOf(muxer.mux(frameOf(sample.video, { ms: 0 })))).toEqual([]);
});

test('how long a picture waits for its presentation is read from its fragment', () => {
  const [track] = tracksOf(muxer.header([sample.video]));
  const picture = { ms: 5000, key: true };
  expect(reorderIn(muxer.mux(frameOf(sample.video, { ...picture, cts: 80 })), track!)).toBeCloseTo(80, 0);
  expect(reorderIn(muxer.mux(frameOf(sample.video, picture)), track!)).toBe(0);
  expect(reorderIn(muxer.mux(frameOf(sample.audio, { ms: 0 })), track!)).toBeUndefined();
});

test('a header that is cut short tells of less, or is an error, and nothing worse', () => {
  const header = muxer.header([sample.video, sample.audio]);
  for (let length = 0; length < header.length; length++) expect(tracksOf(header.subarray(0, length))).toEqual([]);
});

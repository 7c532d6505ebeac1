import { expect, test } from 'vitest';
import { choicesIn, distinctQualities, type Quality, qualityFor, qualityName } from './choices.ts';

const ladder: Quality[] = [
  { id: 0, height: 1080, frameRate: 60, bitRate: 4_800_000 },
  { id: 1, height: 720, frameRate: 59.94, bitRate: 2_400_000 },
  { id: 2, height: 480, frameRate: 30, bitRate: 900_000 },
  { id: 3, height: 480, frameRate: 15, bitRate: 400_000 },
];

test.each([
  [undefined, undefined],
  [1080, 0],
  [700, 1],
  [480, 2],
  [2160, 0],
])('who wants %s lines gets number %s', (height, id) => {
  expect(qualityFor(ladder, height === undefined ? {} : { height })?.id).toBe(id);
});

test('where there is nothing, nothing is chosen', () => {
  expect(qualityFor([], { height: 720 })).toBeUndefined();
});

test('qualities are named as people do', () => {
  expect(ladder.map((quality) => qualityName(quality, 'rate'))).toEqual(['1080p60', '720p60', '480p', '480p']);
  expect(qualityName({ id: 0 }, '0.1 Mbit/s')).toBe('0.1 Mbit/s');
});

test('the menu names each height once, the largest first, and nothing without one', () => {
  const offered = [{ id: 7 }, ...ladder.toReversed(), { id: 8, height: 720 }];
  expect(distinctQualities(offered).map(({ id, height }) => [id, height])).toEqual([
    [0, 1080],
    [1, 720],
    [2, 480],
  ]);
});

test('a room tells of all its tracks, and that the first of each kind is played', () => {
  const { qualities, quality, sounds, sound, captions } = choicesIn([
    { id: 1, kind: 'video', codec: 'h264', height: 1080, frameRate: 30 },
    { id: 2, kind: 'video', codec: 'h264' },
    { id: 3, kind: 'audio', codec: 'aac' },
    { id: 4, kind: 'data', codec: 'amf' },
    { id: 5, kind: 'data', codec: 'captions' },
  ]);
  expect(captions).toBe(true);
  expect(qualities).toEqual([{ id: 0, height: 1080, frameRate: 30 }, { id: 1 }]);
  expect([quality, sound, sounds]).toEqual([0, 0, [{ id: 0 }]]);
});

import { describe, expect, test } from 'vitest';
import { ProtocolError } from '../../errors.ts';
import { buildOpusHead, parseOpusHead } from './opus.ts';
import { type ChannelLayout, opusHeadOf, speaker, speakersOf } from './opus-layout.ts';

const unspecified = (channels: number): ChannelLayout => ({ channels, order: 'unspecified', speakers: [] });
const native = (mask: number): ChannelLayout => {
  const speakers = speakersOf(mask);
  return { channels: speakers.length, order: 'native', speakers };
};
const custom = (...speakers: number[]): ChannelLayout => ({ channels: speakers.length, order: 'custom', speakers });

/** Masks of AudioChannelMask. */
const mask = { stereo: 0x3, quad: 0x33, five: 0x3f, fiveSide: 0x60f, seven: 0x63f, sixOne: 0x70f, twoOne: 0xb };

describe('an OpusHead made of a layout', () => {
  test.each([
    ['mono', unspecified(1), [0, 1, 0, [0]]],
    ['stereo', native(mask.stereo), [0, 1, 1, [0, 1]]],
    ['three channels', unspecified(3), [1, 2, 1, [0, 2, 1]]],
    ['four channels', native(mask.quad), [1, 2, 2, [0, 1, 2, 3]]],
    ['5.1', native(mask.five), [1, 4, 2, [0, 4, 1, 2, 3, 5]]],
    ['5.1 with speakers at the side', native(mask.fiveSide), [1, 4, 2, [0, 4, 1, 2, 3, 5]]],
    ['6.1', native(mask.sixOne), [1, 4, 3, [0, 4, 1, 2, 3, 5, 6]]],
    ['7.1', native(mask.seven), [1, 5, 3, [0, 6, 1, 2, 3, 4, 5, 7]]],
    ['2.1, which no family knows', native(mask.twoOne), [255, 3, 0, [0, 1, 2]]],
    ['ten channels', unspecified(10), [255, 10, 0, [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]]],
    ['a map in the order of the family', custom(0, 2, 1, 4, 5, 3), [1, 4, 2, [0, 4, 1, 2, 3, 5]]],
    ['a map in another order', custom(0, 1, 2), [1, 2, 1, [0, 1, 2]]],
    ['a map with an unused channel', custom(0, speaker.unused, 1), [1, 2, 1, [0, 255, 1]]],
    ['a map with a speaker twice', custom(0, 0, 1), [255, 3, 0, [0, 1, 2]]],
    ['a map with speakers that are unknown', custom(0, 1, 0xff), [255, 3, 0, [0, 1, 2]]],
    ['a map of fewer speakers than channels', { ...custom(0, 1), channels: 3 }, [255, 3, 0, [0, 1, 2]]],
  ] as const)('has, for %s, the right table', (_, layout, [family, streams, coupled, mapping]) => {
    const head = opusHeadOf(layout);
    expect(head).toMatchObject({ channels: layout.channels, preSkip: 0, family, streams, coupled, mapping });
    expect(parseOpusHead(buildOpusHead(head))).toEqual(head);
  });

  test.each([0, -1, 256, Number.NaN])('is refused for %d channels', (channels) => {
    expect(() => opusHeadOf(unspecified(channels))).toThrow(ProtocolError);
  });

  test('is there for every number of channels that the field can say', () => {
    for (let channels = 1; channels <= 255; channels++) {
      const head = opusHeadOf(unspecified(channels));
      expect(parseOpusHead(buildOpusHead(head))).toEqual(head);
    }
  });
});

test('the bits of a mask name speakers, the lowest first', () => {
  expect(speakersOf(0x60f)).toEqual([0, 1, 2, 3, 9, 10]);
  expect(speakersOf(0x80000001 | 0)).toEqual([0, 31]);
  expect(speakersOf(0)).toEqual([]);
});

import { buildObu, obuType } from './av1-obu.ts';
import type { Av1Sequence } from './av1-sequence.ts';
import { bytesOf } from './cases.ts';

export interface SequenceCase {
  name: string;
  bytes: Uint8Array;
  /** What must be found; `width: undefined` means that the size must be unknown. */
  value: Partial<Record<keyof Av1Sequence, unknown>>;
}

/** A sequence header OBU with these bits, as `bits` takes them, and its trailing bit. */
export function sequenceOf(text: string): Uint8Array {
  return buildObu(obuType.sequenceHeader, bytesOf(`${text} 1`));
}

const sequence = (name: string, text: string, value: SequenceCase['value']): SequenceCase => ({
  name,
  bytes: bytesOf(`${text} 1`),
  value,
});

/** Neither a still picture nor reduced. */
const HEAD = '000 0 0';
const ONE_POINT = '0 00000 000000000000 00100';
const SIZE = '1001 1000 1001111111 101100111';
/** No frame ids, all tools without order hints, screen content by choice. */
const TOOLS = '0 111 1111 0 1 1 011';
/** 8 bits, no colours told, limited range, no grain. */
const FORMAT = '0 0 0 0 00 0 0';
const TICK = '00000000000000000000000000000001';
const RATE_25 = '00000000000000000000000000011001';

/** Sequence headers that encoders seldom write, and of people who mean harm. */
export const sequenceCases: SequenceCase[] = [
  sequence('the usual', `${HEAD} 0 ${ONE_POINT} ${SIZE} ${TOOLS} ${FORMAT}`, {
    width: 640,
    height: 360,
    points: [{ layers: 0, level: 4, tier: 0 }],
    frameRate: undefined,
    filmGrain: false,
    format: {
      highBitDepth: false,
      twelveBit: false,
      monochrome: false,
      subsamplingX: 1,
      subsamplingY: 1,
      chromaPosition: 0,
      color: { primaries: 2, transfer: 2, matrix: 2, fullRange: false },
    },
  }),
  sequence('25 frames a second', `${HEAD} 1 ${TICK} ${RATE_25} 1 ue:0 0 ${ONE_POINT} ${SIZE} ${TOOLS} ${FORMAT}`, {
    frameRate: 25,
    width: 640,
  }),
  sequence('two ticks a frame', `${HEAD} 1 ${TICK} ${RATE_25} 1 ue:1 0 ${ONE_POINT} ${SIZE} ${TOOLS} ${FORMAT}`, {
    frameRate: 12.5,
    width: 640,
  }),
  sequence('frames of unequal length', `${HEAD} 1 ${TICK} ${RATE_25} 0 0 ${ONE_POINT} ${SIZE} ${TOOLS} ${FORMAT}`, {
    frameRate: undefined,
    width: 640,
  }),
  sequence('a tick of 0', `${HEAD} 1 ${'0'.repeat(32)} ${RATE_25} 1 ue:0 0 ${ONE_POINT} ${SIZE} ${TOOLS} ${FORMAT}`, {
    frameRate: undefined,
    width: 640,
  }),
  sequence('4 billion frames a second', `${HEAD} 1 ${TICK} ${'1'.repeat(32)} 1 ue:0 0 ${ONE_POINT} ${SIZE}`, {
    frameRate: undefined,
    width: 640,
  }),
  sequence(
    'frames of 2^32 ticks',
    `${HEAD} 1 ${TICK} ${RATE_25} 1 ${'0'.repeat(33)} 1 0 ${ONE_POINT} ${SIZE} ${TOOLS} ${FORMAT}`,
    { frameRate: undefined, width: 640 },
  ),
  sequence(
    'a decoder model, 32 operating points and their delays',
    `${HEAD} 1 ${TICK} ${RATE_25} 0 1 00111 ${TICK} 00000 00000 1 11111 ${`000100000001 01000 1 1 ${'01'.repeat(8)} 1 1 0011 `.repeat(
      32,
    )} ${SIZE} ${TOOLS} ${FORMAT}`,
    { points: Array.from({ length: 32 }, () => ({ layers: 0x101, level: 8, tier: 1 })), width: 640, filmGrain: false },
  ),
  sequence('a level with the Main tier', `${HEAD} 0 0 00000 000000000000 01000 0 ${SIZE} ${TOOLS} ${FORMAT}`, {
    points: [{ layers: 0, level: 8, tier: 0 }],
    width: 640,
  }),
  sequence('a width of 16 384', `${HEAD} 0 ${ONE_POINT} 1101 0000 ${'1'.repeat(14)} 1 ${TOOLS} ${FORMAT}`, {
    width: 16_384,
    height: 2,
  }),
  sequence('a width of 65 536', `${HEAD} 0 ${ONE_POINT} 1111 0000 ${'1'.repeat(16)} 1 ${TOOLS} ${FORMAT}`, {
    width: undefined,
    height: undefined,
    filmGrain: false,
  }),
  sequence('a size of 1 by 1', `${HEAD} 0 ${ONE_POINT} 0000 0000 0 0 ${TOOLS} ${FORMAT}`, { width: 1, height: 1 }),
  sequence(
    'frame ids and order hints',
    `${HEAD} 0 ${ONE_POINT} ${SIZE} 1 0010 001 111 1111 1 11 1 1 110 011 ${FORMAT}`,
    {
      width: 640,
      filmGrain: false,
    },
  ),
  sequence('no screen content', `${HEAD} 0 ${ONE_POINT} ${SIZE} 0 111 1111 0 0 0 011 ${FORMAT}`, { filmGrain: false }),
  sequence('forced integer motion', `${HEAD} 0 ${ONE_POINT} ${SIZE} 0 111 1111 0 0 1 0 1 011 ${FORMAT}`, {
    filmGrain: false,
  }),
  sequence('film grain', `${HEAD} 0 ${ONE_POINT} ${SIZE} ${TOOLS} 0 0 0 0 00 0 1`, { filmGrain: true }),
  sequence('a still picture', `000 1 1 00100 ${SIZE} 111 011 ${FORMAT}`, {
    stillPicture: true,
    reduced: true,
    points: [{ layers: 0, level: 4, tier: 0 }],
    width: 640,
    filmGrain: false,
  }),
  sequence('monochrome of full range', `${HEAD} 0 ${ONE_POINT} ${SIZE} ${TOOLS} 1 1 0 1 1`, {
    filmGrain: true,
    format: format({ highBitDepth: true, monochrome: true }, [2, 2, 2], true),
  }),
  sequence('BT.2020 and PQ', `${HEAD} 0 ${ONE_POINT} ${SIZE} ${TOOLS} 1 0 1 00001001 00010000 00001001 0 10 0 0`, {
    format: format({ highBitDepth: true, chromaPosition: 2 }, [9, 16, 9]),
  }),
  sequence('sRGB', `001 0 0 0 ${ONE_POINT} ${SIZE} ${TOOLS} 0 1 00000001 00001101 00000000 0 1`, {
    profile: 1,
    filmGrain: true,
    format: format({ subsamplingX: 0, subsamplingY: 0 }, [1, 13, 0], true),
  }),
  sequence('4:4:4', `001 0 0 0 ${ONE_POINT} ${SIZE} ${TOOLS} 0 0 0 0 1`, {
    filmGrain: true,
    format: format({ subsamplingX: 0, subsamplingY: 0 }),
  }),
  sequence('4:2:2 of 10 bits', `010 0 0 0 ${ONE_POINT} ${SIZE} ${TOOLS} 1 0 0 0 0 0 1`, {
    filmGrain: true,
    format: format({ highBitDepth: true, subsamplingY: 0 }),
  }),
  ...(
    [
      ['4:4:4', '0', 0, 0],
      ['4:2:2', '1 0', 1, 0],
      ['4:2:0', '1 1 01', 1, 1],
    ] as const
  ).map(([name, chroma, subsamplingX, subsamplingY]) =>
    sequence(`${name} of 12 bits`, `010 0 0 0 ${ONE_POINT} ${SIZE} ${TOOLS} 1 1 0 0 0 ${chroma} 0 1`, {
      filmGrain: true,
      format: format({
        highBitDepth: true,
        twelveBit: true,
        subsamplingX,
        subsamplingY,
        chromaPosition: subsamplingY,
      }),
    }),
  ),
  sequence('a reserved profile', `011 0 0 0 ${ONE_POINT} ${SIZE} ${TOOLS} ${FORMAT}`, {
    profile: 3,
    width: 640,
    format: undefined,
  }),
  sequence('an end behind the size', `${HEAD} 0 ${ONE_POINT} ${SIZE}`, { width: 640, format: undefined }),
  sequence('an end before the size', `${HEAD} 0 ${ONE_POINT}`, {
    points: [{ layers: 0, level: 4, tier: 0 }],
    width: undefined,
  }),
  sequence('an end among its operating points', `${HEAD} 0 0 11111 000000000000 00100`, { points: [] }),
];

function format(
  given: object,
  [primaries, transfer, matrix]: readonly [number, number, number] = [2, 2, 2],
  fullRange = false,
): object {
  return {
    highBitDepth: false,
    twelveBit: false,
    monochrome: false,
    subsamplingX: 1,
    subsamplingY: 1,
    chromaPosition: 0,
    color: { primaries, transfer, matrix, fullRange },
    ...given,
  };
}

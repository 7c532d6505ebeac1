import { fromHex } from '../bytes/hex.ts';
import { bytesOf } from './cases.ts';
import type { Vp9Frame } from './vp9-frame.ts';
import { chromaLayout } from './vpx-config.ts';

export interface Vp9FrameCase {
  name: string;
  bytes: Uint8Array;
  value: Vp9Frame | undefined;
}

const SYNC = '01001001 10000011 01000010';
/** 640 by 360. */
const SIZE = '0000001001111111 0000000101100111';

function frame(name: string, text: string, value: Vp9Frame | undefined): Vp9FrameCase {
  return { name, bytes: bytesOf(`${text} ${'0'.repeat(64)}`), value };
}

function keyFrame(
  profile: number,
  chroma: number,
  [primaries, transfer, matrix]: readonly [number, number, number],
  given: { bitDepth?: number; fullRange?: boolean; shown?: boolean } = {},
): Vp9Frame {
  const { bitDepth = 8, fullRange = false, shown = true } = given;
  const color = { primaries, transfer, matrix, fullRange };
  return {
    profile,
    showExisting: false,
    key: true,
    shown,
    picture: { profile, bitDepth, chroma, color, width: 640, height: 360 },
  };
}

const { colocated420, half422, full444, half440 } = chromaLayout;
const UNTOLD = [2, 2, 2] as const;

/** Uncompressed headers of VP9, a bit at a time. */
export const vp9FrameCases: Vp9FrameCase[] = [
  frame('a key frame', `10 00 0 0 1 0 ${SYNC} 000 0 ${SIZE}`, keyFrame(0, colocated420, UNTOLD)),
  frame(
    'a key frame that is not shown, of full range',
    `10 00 0 0 0 1 ${SYNC} 000 1 ${SIZE}`,
    keyFrame(0, colocated420, UNTOLD, { shown: false, fullRange: true }),
  ),
  frame('BT.601', `10 00 0 0 1 0 ${SYNC} 001 0 ${SIZE}`, keyFrame(0, colocated420, [5, 6, 5])),
  frame('BT.709', `10 00 0 0 1 0 ${SYNC} 010 0 ${SIZE}`, keyFrame(0, colocated420, [1, 1, 1])),
  frame('SMPTE 170M', `10 00 0 0 1 0 ${SYNC} 011 0 ${SIZE}`, keyFrame(0, colocated420, [6, 6, 6])),
  frame('SMPTE 240M', `10 00 0 0 1 0 ${SYNC} 100 0 ${SIZE}`, keyFrame(0, colocated420, [7, 7, 7])),
  frame('reserved colours', `10 00 0 0 1 0 ${SYNC} 110 0 ${SIZE}`, keyFrame(0, colocated420, UNTOLD)),
  frame('4:4:4', `10 10 0 0 1 0 ${SYNC} 010 0 00 0 ${SIZE}`, keyFrame(1, full444, [1, 1, 1])),
  frame('4:2:2', `10 10 0 0 1 0 ${SYNC} 010 0 10 0 ${SIZE}`, keyFrame(1, half422, [1, 1, 1])),
  frame('4:4:0', `10 10 0 0 1 0 ${SYNC} 010 0 01 0 ${SIZE}`, keyFrame(1, half440, [1, 1, 1])),
  frame('RGB', `10 10 0 0 1 0 ${SYNC} 111 0 ${SIZE}`, keyFrame(1, full444, [1, 13, 0], { fullRange: true })),
  frame('RGB where there is none', `10 00 0 0 1 0 ${SYNC} 111 0 ${SIZE}`, undefined),
  frame(
    '10 bits of BT.2020',
    `10 01 0 0 1 0 ${SYNC} 0 101 0 ${SIZE}`,
    keyFrame(2, colocated420, [9, 2, 9], { bitDepth: 10 }),
  ),
  frame(
    '12 bits of BT.2020, 4:4:4',
    `10 11 0 0 0 1 0 ${SYNC} 1 101 0 00 0 ${SIZE}`,
    keyFrame(3, full444, [9, 2, 9], { bitDepth: 12 }),
  ),
  frame('a reserved profile', `10 11 1 0 0 1 0 ${SYNC} 1 101 0 00 0 ${SIZE}`, undefined),
  frame('another sync code', `10 00 0 0 1 0 01001001 10000011 01000011 000 0 ${SIZE}`, undefined),
  frame('another frame marker', `01 00 0 0 1 0 ${SYNC} 000 0 ${SIZE}`, undefined),
  frame('an existing frame', '10 00 1 010', { profile: 0, showExisting: true, key: false, shown: true }),
  frame('an inter frame', '10 00 0 1 1 0', { profile: 0, showExisting: false, key: false, shown: true }),
  frame('a hidden frame', '10 10 0 1 0 0', { profile: 1, showExisting: false, key: false, shown: false }),
  frame('a width of 16 385', `10 00 0 0 1 0 ${SYNC} 000 0 0100000000000000 0000000000000000`, undefined),
];

export interface SuperframeCase {
  name: string;
  bytes: Uint8Array;
  /** The frames. */
  value: string[];
}

export const superframeCases: SuperframeCase[] = [
  { name: 'one frame', bytes: fromHex('82aabbcc'), value: ['82aabbcc'] },
  { name: 'two frames', bytes: fromHex('82aa 86bbcc c1 02 03 c1'), value: ['82aa', '86bbcc'] },
  { name: 'sizes of two bytes', bytes: fromHex('82aa 86bbcc c9 0200 0300 c9'), value: ['82aa', '86bbcc'] },
  { name: 'sizes of four bytes', bytes: fromHex('82aa d8 02000000 d8'), value: ['82aa'] },
  { name: 'an empty frame', bytes: fromHex('82aa 86bb c2 02 00 02 c2'), value: ['82aa', '86bb'] },
  { name: 'bytes that no size counts', bytes: fromHex('82aa 86bb c0 02 c0'), value: ['82aa'] },
  { name: 'no frame at all', bytes: fromHex('c0 00 c0'), value: [] },
  { name: 'sizes above what is there', bytes: fromHex('82aa c1 02 01 c1'), value: ['82aac10201c1'] },
  { name: 'a size of 4 billion', bytes: fromHex('82aa d8 ffffffff d8'), value: ['82aad8ffffffffd8'] },
  { name: 'an index that is cut off', bytes: fromHex('03 c1'), value: ['03c1'] },
  { name: 'an index without its first byte', bytes: fromHex('82aabb0101c1'), value: ['82aabb0101c1'] },
  { name: 'a last byte that only looks like an index', bytes: fromHex('82aabbccddc1'), value: ['82aabbccddc1'] },
];

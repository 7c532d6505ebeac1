import { fromHex } from '../bytes/hex.ts';
import { nalOf } from './cases.ts';
import type { Sps } from './h264-sps.ts';

export interface SpsCase {
  name: string;
  bytes: Uint8Array;
  /** What must be found; `width: undefined` means that the size must be unknown. */
  value: Partial<Record<keyof Sps, unknown>>;
}

/** An SPS of level 3 with these bits after its level. */
export function spsOf(text: string, profile = 66): Uint8Array {
  return nalOf([0x67, profile, 0, 30], text);
}

/** id, frame number, picture order 2, one reference, no gaps, 640×360 of whole frames, 8×8 inference. */
const HEAD = 'ue:0 ue:0 ue:2 ue:1 0 ue:39 ue:22 1 1';
const VUI_TO_TIMING = '1 0 0 0 0';
const TIMING = '1 00000000000000000000000000000001 00000000000000000000000000110010 1';
const HRD_END = '00000 00000 00000 00000';

/** Parameter sets from people who mean harm, or whose encoder is broken. */
export const hostileSpsCases: SpsCase[] = [
  { name: 'no cropping and no VUI', bytes: spsOf(`${HEAD} 0 0`), value: { width: 640, height: 368 } },
  { name: 'cropping', bytes: spsOf(`${HEAD} 1 ue:0 ue:0 ue:0 ue:4 0`), value: { width: 640, height: 360 } },
  {
    name: 'cropping of more than there is',
    bytes: spsOf(`${HEAD} 1 ue:0 ue:400 ue:0 ue:0 0`),
    value: { width: undefined },
  },
  {
    name: 'cropping of all there is',
    bytes: spsOf(`${HEAD} 1 ue:160 ue:160 ue:0 ue:0 0`),
    value: { width: undefined },
  },
  {
    name: 'a width of 2^32 macroblocks',
    bytes: spsOf(`ue:0 ue:0 ue:2 ue:1 0 ue:4294967294 ue:22 1 1 0 0`),
    value: { width: undefined },
  },
  { name: 'a width of 16 384', bytes: spsOf('ue:0 ue:0 ue:2 ue:1 0 ue:1023 ue:22 1 1 0 0'), value: { width: 16_384 } },
  {
    name: 'a width of 16 400',
    bytes: spsOf('ue:0 ue:0 ue:2 ue:1 0 ue:1024 ue:22 1 1 0 0'),
    value: { width: undefined },
  },
  {
    name: '17 references',
    bytes: spsOf('ue:0 ue:0 ue:2 ue:17 0 ue:39 ue:22 1 1 0 0'),
    value: { references: undefined, width: undefined },
  },
  {
    name: '2^32 - 1 references',
    bytes: spsOf('ue:0 ue:0 ue:2 ue:4294967294 0 ue:39 ue:22 1 1 0 0'),
    value: { width: undefined },
  },
  {
    name: '2^32 - 1 frames in a cycle',
    bytes: spsOf('ue:0 ue:0 ue:1 0 1 1 ue:4294967294 1 1 1'),
    value: { width: undefined },
  },
  {
    name: '33 leading zeros',
    bytes: spsOf('000000000000000000000000000000000 1'),
    value: { id: undefined, width: undefined },
  },
  {
    name: 'zeros to the end',
    bytes: fromHex('67 42 00 1e 00 00 00 00 00 00 00 00'),
    value: { profile: 66, id: undefined },
  },
  { name: 'a chroma format of 4', bytes: spsOf('ue:0 ue:4', 100), value: { chromaFormat: undefined } },
  { name: 'a bit depth of 40', bytes: spsOf('ue:0 ue:1 ue:32', 100), value: { bitDepthLuma: undefined } },
  {
    name: 'colour planes of their own, cropped by single samples',
    bytes: spsOf('ue:0 ue:3 1 ue:0 ue:0 0 0 ue:0 ue:2 ue:1 0 ue:39 ue:22 1 1 1 ue:0 ue:1 ue:0 ue:3 0', 244),
    value: { width: 639, height: 365, chromaFormat: 3 },
  },
  {
    name: 'a scaling list that ends early',
    // The first list: 8 - 8 = 0 ends it at once; the others are absent.
    bytes: spsOf(`ue:0 ue:1 ue:0 ue:0 0 1 1 ue:16 0 0 0 0 0 0 0 ue:0 ue:2 ue:1 0 ue:39 ue:22 1 1 0 0`, 100),
    value: { width: 640, height: 368, chromaFormat: 1 },
  },
  {
    name: 'an aspect of 0:1',
    bytes: spsOf(`${HEAD} 0 1 1 11111111 ${'0'.repeat(16)} ${'0'.repeat(15)}1 0 0 0 0 0 0 0 0`),
    value: { width: 640, aspect: undefined },
  },
  {
    name: 'an aspect of 1:0',
    bytes: spsOf(`${HEAD} 0 1 1 11111111 ${'0'.repeat(15)}1 ${'0'.repeat(16)} 0 0 0 0 0 0 0 0`),
    value: { width: 640, aspect: undefined },
  },
  {
    name: 'overscan, colours and places of chroma before its timing',
    bytes: spsOf(`${HEAD} 0 1 0 11 1 1010 1 00000001 00010000 00001001 1 ue:2 ue:3 ${TIMING} 0 0 0 0`),
    value: { width: 640, color: { primaries: 1, transfer: 16, matrix: 9, fullRange: false }, frameRate: 25 },
  },
  {
    name: 'timing',
    bytes: spsOf(`${HEAD} 0 ${VUI_TO_TIMING} ${TIMING} 0 0 0 0`),
    value: { width: 640, frameRate: 25 },
  },
  {
    name: 'a VUI cut off after its timing',
    bytes: spsOf(`${HEAD} 0 ${VUI_TO_TIMING} ${TIMING}`),
    value: { width: 640, frameRate: 25 },
  },
  {
    name: 'a VUI cut off before its timing',
    bytes: spsOf(`${HEAD} 0 1 0 0 0`),
    value: { width: 640, frameRate: undefined },
  },
  {
    name: 'a unit of time of 0',
    bytes: spsOf(`${HEAD} 0 ${VUI_TO_TIMING} 1 ${'0'.repeat(32)} ${'1'.repeat(32)} 1 0 0 0 0`),
    value: { width: 640, frameRate: undefined },
  },
  {
    name: 'a million frames a second',
    bytes: spsOf(`${HEAD} 0 ${VUI_TO_TIMING} 1 ${'0'.repeat(31)}1 ${'0'.repeat(8)}${'1'.repeat(24)} 1 0 0 0 0`),
    value: { width: 640, frameRate: undefined },
  },
  {
    name: '32 buffers',
    bytes: spsOf(
      `${HEAD} 0 ${VUI_TO_TIMING} ${TIMING} 1 ue:31 0000 0000 ${'ue:0 ue:0 1 '.repeat(32)} ${HRD_END} 0 0 0 1 1 ue:0 ue:0 ue:0 ue:0 ue:2 ue:4`,
    ),
    value: { width: 640, frameRate: 25, reorder: 2 },
  },
  {
    name: '2^32 - 1 buffers',
    bytes: spsOf(`${HEAD} 0 ${VUI_TO_TIMING} ${TIMING} 1 ue:4294967294`),
    value: { width: 640, frameRate: 25, reorder: undefined },
  },
  {
    name: '2^32 - 1 reordered frames',
    bytes: spsOf(`${HEAD} 0 ${VUI_TO_TIMING} ${TIMING} 0 0 0 1 1 ue:0 ue:0 ue:0 ue:0 ue:4294967294`),
    value: { width: 640, reorder: undefined },
  },
];

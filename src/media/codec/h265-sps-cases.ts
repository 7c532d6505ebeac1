import { nalOf } from './cases.ts';
import type { Color } from './codec.ts';
import type { HevcSps } from './h265-sps.ts';

export interface HevcSpsCase {
  name: string;
  bytes: Uint8Array;
  /** What must be found; `width: undefined` means that the size must be unknown. */
  value: Partial<Record<keyof HevcSps, unknown>>;
}

/** Parts of an SPS as bits, in their order; each has a plain default. */
export interface SpsParts {
  subLayers?: number;
  /** Flags and profiles of the sub-layers. */
  layers?: string;
  id?: string;
  picture?: string;
  orderBits?: string;
  ordering?: string;
  lists?: string;
  pcm?: string;
  references?: string;
  longTerm?: string;
  vui?: string;
}

/** A number of so many bits. */
export function number(value: number, size: number): string {
  return value.toString(2).padStart(size, '0');
}

/** Main profile, level 3. */
export const PROFILE: string = `00 0 00001 ${number(0x6000_0000, 32)} ${number(0x9000_0000_0000, 48)} ${number(90, 8)}`;
/** Chroma 4:2:0, 640×360 of 8 bit without cropping. */
const PICTURE = 'ue:1 ue:640 ue:360 0 ue:0 ue:0';
/** Behind what is tried: colours at a known place prove that all before them was read rightly. */
const COLOR = `1 0 0 1 101 0 1 ${number(9, 8)} ${number(16, 8)} ${number(9, 8)} 0 000 0 0 0`;
export const color: Color = { primaries: 9, transfer: 16, matrix: 9, fullRange: false };

/** An SPS of these parts. */
export function hevcSpsOf(parts: SpsParts = {}): Uint8Array {
  const { subLayers = 1, layers = '', id = 'ue:0', picture = PICTURE, orderBits = 'ue:4' } = parts;
  const { ordering = `1 ${'ue:4 ue:2 ue:0 '.repeat(subLayers)}`, lists = '0', pcm = '0', references = 'ue:0' } = parts;
  const { longTerm = '0', vui = COLOR } = parts;
  const head = `0000 ${number(subLayers - 1, 3)} 1 ${PROFILE} ${layers} ${id} ${picture} ${orderBits} ${ordering}`;
  const blocks = 'ue:0 ue:3 ue:0 ue:3 ue:0 ue:0';
  return nalOf([0x42, 0x01], `${head} ${blocks} ${lists} 11 ${pcm} ${references} ${longTerm} 11 ${vui} 0`);
}

export function spsCase(name: string, parts: SpsParts, value: HevcSpsCase['value']): HevcSpsCase {
  return { name, bytes: hevcSpsOf(parts), value };
}

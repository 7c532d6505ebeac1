import type { BitReader } from '../bytes/bit-reader.ts';
import { bounded } from './nal.ts';

/** num_short_term_ref_pic_sets (H.265, 7.4.3.2.1). */
const MAX_SETS = 64;
/** Pictures in one set: a decoder keeps 16 (H.265, A.4.2), and one of them is the current one. */
const MAX_PICTURES = 16;
/** delta_poc_s0_minus1 and abs_delta_rps_minus1 (H.265, 7.4.8). */
const MAX_DELTA = 2 ** 15 - 1;
/** num_long_term_ref_pics_sps (H.265, 7.4.3.2.1). */
const MAX_LONG_TERM = 32;

/** Distances in picture order to earlier and later pictures, the nearest first. */
interface ReferenceSet {
  earlier: number[];
  later: number[];
}

/**
 * Passes over the sets of reference pictures (H.265, 7.3.7). Each may be told as a change to the one before it, so how
 * many bits it takes is known only from the pictures in that one.
 */
export function skipShortTermSets(bits: BitReader): void {
  const count = bounded(bits.ue(), MAX_SETS, 'sets of reference pictures');
  let before: ReferenceSet | undefined;
  for (let i = 0; i < count; i++) before = before && bits.flag() ? readChange(bits, before) : readSet(bits);
}

/** Passes over the long-term reference pictures; `orderBits` is the size of a number in picture order. */
export function skipLongTerm(bits: BitReader, orderBits: number): void {
  if (bits.flag()) bits.skip(bounded(bits.ue(), MAX_LONG_TERM, 'long-term references') * (orderBits + 1));
}

function readSet(bits: BitReader): ReferenceSet {
  const earlier = bounded(bits.ue(), MAX_PICTURES, 'earlier references');
  const later = bounded(bits.ue(), MAX_PICTURES - earlier, 'later references');
  return { earlier: readDistances(bits, earlier, -1), later: readDistances(bits, later, 1) };
}

function readDistances(bits: BitReader, count: number, sign: 1 | -1): number[] {
  const distances: number[] = [];
  let distance = 0;
  for (let i = 0; i < count; i++) {
    distance += sign * (readDelta(bits) + 1);
    bits.skip(1); // used_by_curr_pic
    distances.push(distance);
  }
  return distances;
}

function readChange(bits: BitReader, before: ReferenceSet): ReferenceSet {
  const negative = bits.flag();
  const shift = (negative ? -1 : 1) * (readDelta(bits) + 1);
  const set: ReferenceSet = { earlier: [], later: [] };
  // The picture that the set before belongs to may be a reference itself.
  for (const distance of [...before.earlier, ...before.later, 0]) {
    const used = bits.flag() || bits.flag(); // used_by_curr_pic_flag, use_delta_flag
    if (!used || distance + shift === 0) continue;
    (distance + shift < 0 ? set.earlier : set.later).push(distance + shift);
  }
  bounded(set.earlier.length + set.later.length, MAX_PICTURES, 'references');
  set.earlier.sort((a, b) => b - a);
  set.later.sort((a, b) => a - b);
  return set;
}

function readDelta(bits: BitReader): number {
  return bounded(bits.ue(), MAX_DELTA, 'as distance');
}

import type { Random } from './random.ts';

/** Inputs stay below this, so that a run shows many small faults instead of few large ones. */
export const MAX_INPUT: number = 16 * 1024;

/** Values at which lengths, counts and clocks go wrong. */
const EDGES = [
  0, 1, 2, 4, 11, 127, 128, 255, 256, 0x7fff, 0x8000, 0xffff, 0xfffffe, 0xffffff, 0x7fffffff, 0x80000000, 0xffffffff,
];

type Mutation = (bytes: Uint8Array, random: Random, others: readonly Uint8Array[]) => Uint8Array;

const mutations: readonly Mutation[] = [
  function flipBit(bytes, random) {
    const out = bytes.slice();
    if (out.length > 0) out[random.below(out.length)]! ^= 1 << random.below(8);
    return out;
  },
  function setByte(bytes, random) {
    const out = bytes.slice();
    if (out.length > 0) out[random.below(out.length)] = random.pick([0, 1, 0x7f, 0x80, 0xff, random.below(256)]);
    return out;
  },
  function attackLength(bytes, random) {
    const width = random.pick([1, 2, 3, 4]);
    const out = bytes.slice();
    if (out.length < width) return out;
    const at = random.below(out.length - width + 1);
    let value = random.below(3) > 0 ? random.pick(EDGES) : out.length + random.below(9) - 4;
    for (let i = width - 1; i >= 0; i--) {
      out[at + i] = value & 0xff;
      value = Math.floor(value / 256);
    }
    return out;
  },
  function addToNumber(bytes, random) {
    const out = bytes.slice();
    if (out.length > 0) out[random.below(out.length)]! += random.pick([1, -1, 4, -4, 16, -16]);
    return out;
  },
  function truncate(bytes, random) {
    return bytes.slice(0, random.below(bytes.length + 1));
  },
  function remove(bytes, random) {
    const at = random.below(bytes.length);
    return join(bytes.subarray(0, at), bytes.subarray(at + 1 + random.below(8)));
  },
  function duplicate(bytes, random) {
    const at = random.below(bytes.length);
    const part = bytes.subarray(at, at + 1 + random.below(64));
    const times = random.pick([1, 1, 1, 2, 40]);
    return join(bytes.subarray(0, at), ...Array.from({ length: times }, () => part), bytes.subarray(at));
  },
  function insert(bytes, random) {
    const at = random.below(bytes.length + 1);
    const part = Uint8Array.from({ length: 1 + random.below(8) }, () => random.below(256));
    return join(bytes.subarray(0, at), part, bytes.subarray(at));
  },
  function splice(bytes, random, others) {
    const other = random.pick(others);
    return join(bytes.subarray(0, random.below(bytes.length + 1)), other.subarray(random.below(other.length + 1)));
  },
  /** The seeds are the dictionary: a few bytes of one stand in another. */
  function borrow(bytes, random, others) {
    const other = random.pick(others);
    const from = random.below(other.length);
    const part = other.subarray(from, from + 1 + random.below(12));
    const at = random.below(bytes.length + 1);
    return join(bytes.subarray(0, at), part, bytes.subarray(random.below(2) === 0 ? at : at + part.length));
  },
  function append(bytes, random, others) {
    return join(bytes, random.pick(others));
  },
];

/** A changed copy of `bytes`; `others` are what may be mixed in. */
export function mutate(bytes: Uint8Array, random: Random, others: readonly Uint8Array[]): Uint8Array {
  let out = bytes;
  const times = 1 + random.below(random.pick([1, 2, 4, 8]));
  for (let i = 0; i < times; i++) out = random.pick(mutations)(out, random, others).subarray(0, MAX_INPUT);
  return out;
}

/** `bytes` in chunks of 1 to `most` bytes. */
export function cut(bytes: Uint8Array, random: Random, most: number): Uint8Array[] {
  const chunks: Uint8Array[] = [];
  for (let at = 0; at < bytes.length;) {
    const size = 1 + random.below(most);
    chunks.push(bytes.subarray(at, at + size));
    at += size;
  }
  return chunks;
}

function join(...parts: Uint8Array[]): Uint8Array {
  const out = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    out.set(part, at);
    at += part.length;
  }
  return out;
}

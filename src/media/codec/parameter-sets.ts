import { ProtocolError } from '../../errors.ts';
import { BitReader } from '../bytes/bit-reader.ts';
import type { ByteReader } from '../bytes/byte-reader.ts';
import type { ByteWriter } from '../bytes/byte-writer.ts';
import { equalBytes } from '../bytes/bytes.ts';
import { nalLimits, type NalLimits, unescapeNal } from './nal.ts';
import { unlessBroken } from './unless-broken.ts';

/** Bytes of all sets of a stream together, each change of which goes to every viewer. Encoders need less than 1 KiB. */
const MAX_TOTAL = 16 * 1024;

/** Bytes from the start of a set in which its id lies, where few bits come before it. */
const ID_WITHIN = 16;

/** The parameter sets of one stream by kind and id, as NAL units. */
export class SetStore {
  readonly #kinds = new Map<number, Map<number, Uint8Array>>();
  readonly #limits: NalLimits;
  #total = 0;

  constructor(limits: NalLimits = nalLimits) {
    this.#limits = limits;
  }

  clear(): void {
    this.#kinds.clear();
    this.#total = 0;
  }

  /**
   * Takes a copy of one set; true where it changes anything. One without an id, with an id above `most` or beyond the
   * total is passed over.
   *
   * @throws ProtocolError above the limit of one set.
   */
  put(nal: Uint8Array, set: { kind: number; id: number | undefined; most: number }): boolean {
    const { kind, id, most } = set;
    checkSet(nal, this.#limits);
    if (id === undefined || id > most) return false;
    const sets = this.#kinds.get(kind) ?? new Map<number, Uint8Array>();
    const known = sets.get(id);
    if (known && equalBytes(known, nal)) return false;
    const total = this.#total + nal.length - (known?.length ?? 0);
    if (total > MAX_TOTAL) return false;
    this.#total = total;
    sets.set(id, nal.slice());
    this.#kinds.set(kind, sets);
    return true;
  }

  /** The sets of one kind: the one that leads, then the others in the order in which their ids came first. */
  of(kind: number): Uint8Array[] {
    return [...(this.#kinds.get(kind)?.values() ?? [])];
  }

  get(kind: number, id: number | undefined): Uint8Array | undefined {
    return id === undefined ? undefined : this.#kinds.get(kind)?.get(id);
  }

  /** Puts one set before all others of its kind; true where it was not there. */
  lead(kind: number, id: number | undefined): boolean {
    const sets = this.#kinds.get(kind);
    const set = this.get(kind, id);
    if (!sets || !set || this.of(kind)[0] === set) return false;
    this.#kinds.set(kind, new Map([[id!, set], ...sets]));
    return true;
  }
}

/**
 * Checks the size of one set.
 *
 * @throws ProtocolError above the limit.
 */
export function checkSet(nal: Uint8Array, limits: NalLimits): void {
  if (nal.length > limits.parameterSet) {
    throw new ProtocolError(`A parameter set has more than ${limits.parameterSet} bytes.`, 'limit-exceeded');
  }
}

/** The Exp-Golomb id that begins after `skip` bits and `codes` other codes; undefined where it cannot be read. */
export function idAt(nal: Uint8Array, skip: number, codes = 0): number | undefined {
  const bits = new BitReader(unescapeNal(nal.subarray(0, ID_WITHIN)));
  return unlessBroken(() => {
    bits.skip(skip);
    for (let i = 0; i < codes; i++) bits.ue();
    return bits.ue();
  });
}

/** Reads NAL units that are each preceded by a 16-bit length, as in codec configs. False where they are cut off. */
export function readSets(reader: ByteReader, count: number, keep?: (nal: Uint8Array) => void): boolean {
  for (let i = 0; i < count; i++) {
    if (reader.left < 2) return false;
    const length = reader.u16();
    if (length > reader.left) return false;
    const nal = reader.take(length);
    if (length > 0) keep?.(nal);
  }
  return true;
}

/** Writes NAL units with 16-bit lengths. */
export function writeSets(writer: ByteWriter, sets: readonly Uint8Array[]): void {
  for (const set of sets) {
    writer.u16(set.length);
    writer.bytes(set);
  }
}

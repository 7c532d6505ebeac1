import { createHash } from 'node:crypto';
import { HyperLogLog } from './hyper-log-log.ts';

/** So many different ones are counted exactly, in less than a megabyte; more are estimated, within 1.6 %. */
export const EXACT = 10_000;

/** How many different names it was told. Names are not kept: only numbers, from which none can be read back. */
export class UniqueCount {
  readonly #salt: Uint8Array;
  #exact: Set<number> | undefined = new Set();
  #estimate: HyperLogLog | undefined;
  /** Names that turned out to be others that had been counted: each is the one of an earlier. */
  readonly #same = new Map<number, number>();

  /** `salt`: makes the numbers worthless elsewhere. */
  constructor(salt: Uint8Array) {
    this.#salt = salt;
  }

  add(name: string): void {
    this.#count(this.#hash(name));
  }

  /** Somebody of this name had perhaps none before, and was counted by `place`: one of those there is the same. */
  addKnown(name: string, place: string): void {
    const [hash, earlier] = [this.#hash(name), this.#hash(place)];
    if (this.#exact?.has(hash) || this.#same.get(earlier) === hash) return;
    if (this.#exact?.has(earlier) && !this.#same.has(earlier)) this.#same.set(earlier, hash);
    else this.#count(hash);
  }

  #count(hash: number): void {
    this.#estimate?.add(hash);
    this.#exact?.add(hash);
    if (!this.#exact || this.#exact.size <= EXACT) return;
    this.#estimate = new HyperLogLog();
    for (const each of this.#exact) this.#estimate.add(each);
    this.#exact = undefined;
    this.#same.clear();
  }

  get count(): number {
    return this.#exact?.size ?? this.#estimate!.count;
  }

  /** 52 bits: two of ten thousand names share a number once in a hundred million times. */
  #hash(name: string): number {
    const digest = createHash('sha256').update(this.#salt).update(name).digest();
    return digest.readUIntBE(0, 6) * 16 + (digest[6]! & 15);
  }
}

/** Bits of a hash that choose a register: 4096 of them, with which a count is wrong by 1.6 % (1.04 / √4096). */
const INDEX_BITS = 12;
const REGISTERS = 1 << INDEX_BITS;
/** Bits of a hash in all: what a number of JavaScript holds exactly. */
export const HASH_BITS = 52;
const RANK_BITS = HASH_BITS - INDEX_BITS;

/**
 * Counts how many different hashes it was shown, in 4 KiB however many they are (Flajolet and others, 2007). Hashes are
 * whole numbers of `HASH_BITS` bits.
 */
export class HyperLogLog {
  readonly #registers = new Uint8Array(REGISTERS);

  add(hash: number): void {
    const index = hash % REGISTERS;
    const rest = Math.floor(hash / REGISTERS);
    // The place of the first one-bit, from the top.
    const rank = rest === 0 ? RANK_BITS + 1 : RANK_BITS - Math.floor(Math.log2(rest));
    if (rank > this.#registers[index]!) this.#registers[index] = rank;
  }

  get count(): number {
    let sum = 0;
    let empty = 0;
    for (const rank of this.#registers) {
      sum += 2 ** -rank;
      if (rank === 0) empty++;
    }
    const estimate = ((0.7213 / (1 + 1.079 / REGISTERS)) * REGISTERS ** 2) / sum;
    // Few are counted better by how many registers nobody has touched.
    const isSmall = estimate <= 2.5 * REGISTERS && empty > 0;
    return Math.round(isSmall ? REGISTERS * Math.log(REGISTERS / empty) : estimate);
  }
}

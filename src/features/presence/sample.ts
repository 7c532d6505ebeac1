/** So many values are all kept, so that percentiles are exact; of more a fair choice is. */
export const SAMPLE_SIZE = 2000;

/** A fair choice of all values that it was given (Vitter's algorithm R), in bounded memory. */
export class Sample {
  readonly values: number[] = [];
  #seen = 0;

  add(value: number): void {
    this.#seen++;
    if (this.values.length < SAMPLE_SIZE) this.values.push(value);
    else {
      const place = Math.floor(Math.random() * this.#seen);
      if (place < SAMPLE_SIZE) this.values[place] = value;
    }
  }
}

/** The middle of some values, and what one of twenty is above. */
export interface Percentiles {
  p50: number;
  p95: number;
}

/** By the nearest rank, so that each is a value that somebody had; undefined of none. */
export function percentiles(values: readonly number[]): Percentiles | undefined {
  if (values.length === 0) return undefined;
  const sorted = Float64Array.from(values).sort();
  const at = (share: number): number => sorted[Math.ceil(share * sorted.length) - 1]!;
  return { p50: at(0.5), p95: at(0.95) };
}

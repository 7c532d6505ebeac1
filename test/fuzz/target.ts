/** One thing that reads bytes from strangers, as the fuzzer and the seed tests run it. */
export interface FuzzTarget {
  /** The row in the catalogue: `F-02`. */
  id: string;
  title: string;
  seeds: Uint8Array[];
  /** May take this many times the usual time and memory; the reason stands beside it. */
  patience?: number;
  /** Only `ProtocolError` may leave it. */
  run(bytes: Uint8Array): void;
  /** Throws where decode(encode(decode(x))) is not decode(x). */
  roundTrip?(bytes: Uint8Array): void;
  /** What comes out for the same bytes in these chunks; must not depend on where they were cut. */
  splits?: (chunks: Uint8Array[]) => unknown;
}

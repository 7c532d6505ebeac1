import { ProtocolError } from '../../errors.ts';
import { BitReader } from '../bytes/bit-reader.ts';
import { equalBytes } from '../bytes/bytes.ts';
import { type AvcConfig, buildAvcConfig, MAX_PPS, MAX_SPS } from './h264-config.ts';
import { nalLimits, type NalLimits, unescapeNal } from './nal.ts';

/** nal_unit_type (H.264, table 7-1). */
export const nalType = { slice: 1, partitionC: 4, idr: 5, sei: 6, sps: 7, pps: 8, aud: 9, spsExtension: 13 } as const;

/** Bytes of all sets of a stream together; more is a flood of sets. */
const MAX_TOTAL = 64 * 1024;

/** Bytes from the start of a set in which its id lies. */
const ID_WITHIN = 16;

/** The parameter sets in force, by their ids. */
export class ParameterSets {
  readonly #sps = new Map<number, Uint8Array>();
  readonly #pps = new Map<number, Uint8Array>();
  readonly #extensions = new Map<number, Uint8Array>();
  readonly #limits: NalLimits;
  #total = 0;

  constructor(limits: NalLimits = nalLimits) {
    this.#limits = limits;
  }

  /** Starts over with the sets of an avcC. */
  replace(config: AvcConfig): void {
    for (const map of [this.#sps, this.#pps, this.#extensions]) map.clear();
    this.#total = 0;
    for (const nal of [...config.sps, ...config.pps, ...config.spsExtensions]) this.add(nal);
  }

  /**
   * Takes one NAL unit that is a parameter set; true where it changes anything. It is copied. One whose id cannot be
   * read is passed over.
   *
   * @throws ProtocolError above the limit of one set.
   */
  add(nal: Uint8Array): boolean {
    if (nal.length > this.#limits.parameterSet) {
      throw new ProtocolError(`A parameter set has more than ${this.#limits.parameterSet} bytes.`, 'limit-exceeded');
    }
    const type = nal[0]! & 0x1f;
    if (type === nalType.sps) return this.#put(this.#sps, nal, idAt(nal, 32), MAX_SPS);
    if (type === nalType.pps) return this.#put(this.#pps, nal, idAt(nal, 8), MAX_PPS);
    return this.#put(this.#extensions, nal, idAt(nal, 8), MAX_SPS);
  }

  /** The avcC of these sets; undefined while there is not yet one of each kind. */
  build(): Uint8Array | undefined {
    return buildAvcConfig({
      sps: [...this.#sps.values()],
      pps: [...this.#pps.values()],
      spsExtensions: [...this.#extensions.values()],
    });
  }

  #put(map: Map<number, Uint8Array>, nal: Uint8Array, id: number | undefined, most: number): boolean {
    if (id === undefined || id > most) return false;
    const known = map.get(id);
    if (known && equalBytes(known, nal)) return false;
    const total = this.#total + nal.length - (known?.length ?? 0);
    if (total > MAX_TOTAL) return false;
    this.#total = total;
    map.set(id, nal.slice());
    return true;
  }
}

/** The Exp-Golomb id that begins after `skip` bits. */
function idAt(nal: Uint8Array, skip: number): number | undefined {
  const bits = new BitReader(unescapeNal(nal.subarray(0, ID_WITHIN)));
  try {
    bits.skip(skip);
    return bits.ue();
  } catch (error) {
    if (error instanceof ProtocolError) return undefined;
    throw error;
  }
}

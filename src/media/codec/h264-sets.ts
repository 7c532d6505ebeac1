import { buildAvcConfig, MAX_PPS, MAX_SPS, parseAvcConfig } from './h264-config.ts';
import { nalLimits, type NalLimits } from './nal.ts';
import { idAt, SetStore } from './parameter-sets.ts';
import type { UnitSets } from './unit-reader.ts';

/** nal_unit_type (H.264, table 7-1). */
export const nalType = { slice: 1, partitionC: 4, idr: 5, sei: 6, sps: 7, pps: 8, aud: 9, spsExtension: 13 } as const;

/** The parameter sets in force, by their ids. */
export class ParameterSets implements UnitSets {
  readonly #limits: NalLimits;
  readonly #store: SetStore;

  constructor(limits: NalLimits = nalLimits) {
    this.#limits = limits;
    this.#store = new SetStore(limits);
  }

  /**
   * Starts over with the sets of an avcC, and gives the bytes of its lengths. It is never taken as it is: some end within
   * a set, have more behind the last one, or lack what high profiles tell of their samples.
   *
   * @throws ProtocolError for what is no avcC, and above the limits.
   */
  configure(bytes: Uint8Array): number {
    const { lengthSize, sps, pps, spsExtensions } = parseAvcConfig(bytes, this.#limits);
    this.#store.clear();
    for (const nal of [...sps, ...pps, ...spsExtensions]) this.add(nal);
    return lengthSize;
  }

  /**
   * Takes one NAL unit that is a parameter set; true where it changes anything. It is copied. One whose id cannot be
   * read is passed over.
   *
   * @throws ProtocolError above the limit of one set.
   */
  add(nal: Uint8Array): boolean {
    const type = nal[0]! & 0x1f;
    if (type === nalType.sps) return this.#store.put(nal, { kind: nalType.sps, id: idAt(nal, 32), most: MAX_SPS });
    if (type === nalType.pps) return this.#store.put(nal, { kind: nalType.pps, id: idAt(nal, 8), most: MAX_PPS });
    return this.#store.put(nal, { kind: nalType.spsExtension, id: idAt(nal, 8), most: MAX_SPS });
  }

  /** Puts the SPS of a slice first; true where it was not (H.264, 7.3.3 and 7.3.2.2). */
  use(slice: Uint8Array): boolean {
    const pps = this.#store.get(nalType.pps, idAt(slice, 8, 2)); // first_mb_in_slice, slice_type
    return pps !== undefined && this.#store.lead(nalType.sps, idAt(pps, 8, 1));
  }

  /** The avcC of these sets; undefined while there is not yet one of each kind. */
  build(): Uint8Array | undefined {
    return buildAvcConfig({
      sps: this.#store.of(nalType.sps),
      pps: this.#store.of(nalType.pps),
      spsExtensions: this.#store.of(nalType.spsExtension),
    });
  }
}

import { BitReader } from '../bytes/bit-reader.ts';
import { buildHevcConfig, MAX_PPS, MAX_SPS, MAX_VPS, parseHevcConfig } from './h265-config.ts';
import { HEVC_HEADER, hevcHeader, hevcType } from './h265-nal.ts';
import { readSpsHead } from './h265-sps.ts';
import { skipSubLayerProfiles } from './h265-sub-layers.ts';
import { nalLimits, type NalLimits, unescapeNal } from './nal.ts';
import { checkSet, idAt, SetStore } from './parameter-sets.ts';
import type { UnitSets } from './unit-reader.ts';
import { unlessBroken } from './unless-broken.ts';

/** Bytes from the start of an SPS in which its id lies: behind the profiles of up to 7 sub-layers, escaped. */
const SPS_ID_WITHIN = 160;

/** The parameter sets in force of a base layer, by their ids. */
export class HevcSets implements UnitSets {
  readonly #limits: NalLimits;
  readonly #store: SetStore;
  #prefixSei: Uint8Array[] = [];
  #suffixSei: Uint8Array[] = [];

  constructor(limits: NalLimits = nalLimits) {
    this.#limits = limits;
    this.#store = new SetStore(limits);
  }

  /**
   * Starts over with the sets of an hvcC, and gives the bytes of its lengths. It is never taken as it is: many have a
   * profile that is not the one of their SPS, or do not say that their sets are all there are, which players of `hvc1`
   * refuse.
   *
   * @throws ProtocolError for what is no hvcC, and above the limits.
   */
  configure(bytes: Uint8Array): number {
    const { lengthSize, vps, sps, pps, prefixSei, suffixSei } = parseHevcConfig(bytes, this.#limits);
    this.#store.clear();
    for (const nal of [...vps, ...sps, ...pps]) this.add(nal);
    this.#prefixSei = prefixSei.map((nal) => nal.slice());
    this.#suffixSei = suffixSei.map((nal) => nal.slice());
    return lengthSize;
  }

  /**
   * Takes one NAL unit that is a parameter set; true where it changes anything. It is copied. One of another layer, and
   * one whose id cannot be read, is passed over.
   *
   * @throws ProtocolError above the limit of one set.
   */
  add(nal: Uint8Array): boolean {
    checkSet(nal, this.#limits);
    if (nal.length <= HEVC_HEADER) return false;
    const { type, layer } = hevcHeader(nal[0]!, nal[1]!);
    if (layer !== 0) return false;
    if (type === hevcType.vps) return this.#store.put(nal, { kind: type, id: nal[2]! >> 4, most: MAX_VPS - 1 });
    if (type === hevcType.sps) return this.#store.put(nal, { kind: type, id: spsId(nal), most: MAX_SPS - 1 });
    if (type === hevcType.pps) return this.#store.put(nal, { kind: type, id: idAt(nal, 16), most: MAX_PPS - 1 });
    return false;
  }

  /** Puts the SPS of a slice at which decoding can start first; true where it was not (H.265, 7.3.6.1 and 7.3.2.3). */
  use(slice: Uint8Array): boolean {
    const id = idAt(slice, 18); // behind first_slice_segment_in_pic_flag and no_output_of_prior_pics_flag
    const pps = this.#store.get(hevcType.pps, id);
    return pps !== undefined && this.#store.lead(hevcType.sps, idAt(pps, 16, 1));
  }

  /** The hvcC of these sets; undefined while there is not yet one of each kind. */
  build(): Uint8Array | undefined {
    return buildHevcConfig({
      vps: this.#store.of(hevcType.vps),
      sps: this.#store.of(hevcType.sps),
      pps: this.#store.of(hevcType.pps),
      prefixSei: this.#prefixSei,
      suffixSei: this.#suffixSei,
    });
  }
}

function spsId(nal: Uint8Array): number | undefined {
  const bits = new BitReader(unescapeNal(nal.subarray(0, SPS_ID_WITHIN)));
  return unlessBroken(() => {
    skipSubLayerProfiles(bits, readSpsHead(bits).subLayers);
    return bits.ue();
  });
}

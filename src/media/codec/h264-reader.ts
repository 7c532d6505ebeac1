import { equalBytes } from '../bytes/bytes.ts';
import { captionsOf } from './captions.ts';
import { parseAvcConfig } from './h264-config.ts';
import { nalType, ParameterSets } from './h264-sets.ts';
import {
  isAnnexB,
  isLengthPrefixed,
  joinLengthPrefixed,
  nalLimits,
  type NalLimits,
  type NalSpan,
  NAL_PREFIX,
  splitAnnexB,
  splitLengthPrefixed,
} from './nal.ts';

/** One access unit as frames carry it. */
export interface H264Unit {
  /** 4-byte lengths, no parameter sets, no delimiter; the bytes given where they are so already. */
  data: Uint8Array;
  /** True for an IDR picture. A recovery point is none: what comes before it may still be needed. */
  key: boolean;
  /** The new avcC, where parameter sets in this unit changed it. */
  config?: Uint8Array;
  /** Closed captions in its SEI: `cc_data` triplets. */
  captions?: Uint8Array;
}

/**
 * Turns the access units of one H.264 publisher into the form that frames have, whatever form they came in, and keeps
 * the avcC that goes with them.
 */
export class H264Reader {
  /** The avcC in force; undefined until parameter sets came. */
  config: Uint8Array | undefined;
  readonly #limits: NalLimits;
  readonly #sets: ParameterSets;
  #source: Uint8Array | undefined;
  #lengthSize = NAL_PREFIX;

  constructor(limits: NalLimits = nalLimits) {
    this.#limits = limits;
    this.#sets = new ParameterSets(limits);
  }

  /**
   * Takes a codec config: an avcC, or parameter sets with start codes. Returns the avcC for 4-byte lengths where it is
   * new, undefined where it is the one in force.
   *
   * @throws ProtocolError for what is neither.
   */
  configure(bytes: Uint8Array): Uint8Array | undefined {
    if (this.#source && equalBytes(this.#source, bytes)) return undefined;
    if (isAnnexB(bytes)) return this.#inBand(bytes);
    const avc = parseAvcConfig(bytes, this.#limits);
    this.#source = bytes.slice();
    this.#lengthSize = avc.lengthSize;
    this.#sets.replace(avc);
    const asIs = avc.lengthSize === NAL_PREFIX && avc.sps.length > 0 && avc.pps.length > 0;
    return this.#adopt(asIs ? this.#source : this.#sets.build());
  }

  /**
   * Reads one access unit. Its `data` is empty where nothing but parameter sets and delimiters was in it.
   *
   * @throws ProtocolError above the limits.
   */
  read(bytes: Uint8Array): H264Unit {
    // Lengths that do not add up, behind something like a start code: an encoder that sends Annex B where it may not.
    const annexB = isAnnexB(bytes) && !isLengthPrefixed(bytes, this.#lengthSize);
    const spans = annexB
      ? splitAnnexB(bytes, this.#limits)
      : splitLengthPrefixed(bytes, this.#lengthSize, this.#limits);
    const unit: H264Unit = { data: bytes, key: false };
    const kept: NalSpan[] = [];
    let changed = false;
    let size = 0;
    for (const span of spans) {
      const type = bytes[span.start]! & 0x1f;
      if (type === nalType.sps || type === nalType.pps || type === nalType.spsExtension) {
        if (this.#sets.add(bytes.subarray(span.start, span.end))) changed = true;
        continue;
      }
      if (type === nalType.aud) continue;
      if (type === nalType.idr) unit.key = true;
      else if (type === nalType.sei) readCaptions(unit, bytes.subarray(span.start, span.end));
      kept.push(span);
      size += NAL_PREFIX + span.end - span.start;
    }
    if (changed) {
      this.#source = undefined; // the config from before would be news again
      const config = this.#adopt(this.#sets.build());
      if (config) unit.config = config;
    }
    const asIs = !annexB && this.#lengthSize === NAL_PREFIX && size === bytes.length;
    if (!asIs) unit.data = joinLengthPrefixed(bytes, kept);
    return unit;
  }

  #inBand(bytes: Uint8Array): Uint8Array | undefined {
    for (const { start, end } of splitAnnexB(bytes, this.#limits)) {
      const type = bytes[start]! & 0x1f;
      if (type === nalType.sps || type === nalType.pps) this.#sets.add(bytes.subarray(start, end));
    }
    return this.#adopt(this.#sets.build());
  }

  #adopt(config: Uint8Array | undefined): Uint8Array | undefined {
    if (!config || (this.config && equalBytes(this.config, config))) return undefined;
    this.config = config;
    return config;
  }
}

function readCaptions(unit: H264Unit, sei: Uint8Array): void {
  const captions = captionsOf(sei);
  if (!captions) return;
  if (!unit.captions) {
    unit.captions = captions;
    return;
  }
  const both = new Uint8Array(unit.captions.length + captions.length);
  both.set(unit.captions);
  both.set(captions, unit.captions.length);
  unit.captions = both;
}

import { concatBytes, equalBytes } from '../bytes/bytes.ts';
import { captionsOf } from './captions.ts';
import {
  isAnnexB,
  isLengthPrefixed,
  joinLengthPrefixed,
  type NalLimits,
  type NalSpan,
  NAL_PREFIX,
  splitAnnexB,
  splitLengthPrefixed,
} from './nal.ts';
import type { AccessUnit, VideoReader } from './video-reader.ts';

/** What becomes of a NAL unit: `key`, `sei` and `other` stay in the frame, `set` and `dropped` do not. */
export type NalRole = 'key' | 'sei' | 'other' | 'set' | 'dropped';

/** The parameter sets in force of one stream. */
export interface UnitSets {
  /**
   * Starts over with a codec config. `whole`: true where it needs no other form than the one it has, but for the size
   * of lengths.
   *
   * @throws ProtocolError for what is none, and above the limits.
   */
  configure(bytes: Uint8Array): { lengthSize: number; whole: boolean };
  /**
   * Takes one NAL unit that is a parameter set; true where it changes anything.
   *
   * @throws ProtocolError above the limits.
   */
  add(nal: Uint8Array): boolean;
  /** The codec config of these sets; undefined while there is not yet one of each kind. */
  build(): Uint8Array | undefined;
}

/** What differs between the codecs of the H.26x family. */
export interface UnitSyntax {
  /** Bytes of a NAL unit's header. */
  readonly header: number;
  roleOf(bytes: Uint8Array, span: NalSpan): NalRole;
  readonly sets: UnitSets;
}

/**
 * Turns the access units of one publisher into the form that frames have, whatever form they came in, and keeps the
 * codec config that goes with them.
 */
export class UnitReader implements VideoReader {
  /** The codec config in force; undefined until parameter sets came. */
  config: Uint8Array | undefined;
  readonly #syntax: UnitSyntax;
  readonly #limits: NalLimits;
  #source: Uint8Array | undefined;
  #lengthSize = NAL_PREFIX;

  constructor(syntax: UnitSyntax, limits: NalLimits) {
    this.#syntax = syntax;
    this.#limits = limits;
  }

  /**
   * Takes a codec config as containers carry it, or parameter sets with start codes. Returns the codec config for 4-byte
   * lengths where it is new, undefined where it is the one in force.
   *
   * @throws ProtocolError for what is neither.
   */
  configure(bytes: Uint8Array): Uint8Array | undefined {
    if (this.#source && equalBytes(this.#source, bytes)) return undefined;
    if (isAnnexB(bytes)) return this.#inBand(bytes);
    const { lengthSize, whole } = this.#syntax.sets.configure(bytes);
    this.#source = bytes.slice();
    this.#lengthSize = lengthSize;
    return this.#adopt(whole && lengthSize === NAL_PREFIX ? this.#source : this.#syntax.sets.build());
  }

  /**
   * Reads one access unit. Its `data` is empty where nothing but parameter sets and delimiters was in it.
   *
   * @throws ProtocolError above the limits.
   */
  read(bytes: Uint8Array): AccessUnit {
    // Lengths that do not add up, behind something like a start code: an encoder that sends Annex B where it may not.
    const annexB = isAnnexB(bytes) && !isLengthPrefixed(bytes, this.#lengthSize);
    const spans = annexB
      ? splitAnnexB(bytes, this.#limits)
      : splitLengthPrefixed(bytes, this.#lengthSize, this.#limits);
    const { header, sets } = this.#syntax;
    const unit: AccessUnit = { data: bytes, key: false };
    const kept: NalSpan[] = [];
    let changed = false;
    let size = 0;
    for (const span of spans) {
      const role = this.#syntax.roleOf(bytes, span);
      if (role === 'dropped') continue;
      if (role === 'set') {
        if (sets.add(bytes.subarray(span.start, span.end))) changed = true;
        continue;
      }
      if (role === 'key') unit.key = true;
      else if (role === 'sei') readCaptions(unit, bytes.subarray(span.start, span.end), header);
      kept.push(span);
      size += NAL_PREFIX + span.end - span.start;
    }
    if (changed) {
      this.#source = undefined; // the config from before would be news again
      const config = this.#adopt(sets.build());
      if (config) unit.config = config;
    }
    const asIs = !annexB && this.#lengthSize === NAL_PREFIX && size === bytes.length;
    if (!asIs) unit.data = joinLengthPrefixed(bytes, kept);
    return unit;
  }

  #inBand(bytes: Uint8Array): Uint8Array | undefined {
    const { sets } = this.#syntax;
    for (const span of splitAnnexB(bytes, this.#limits)) {
      if (this.#syntax.roleOf(bytes, span) === 'set') sets.add(bytes.subarray(span.start, span.end));
    }
    return this.#adopt(sets.build());
  }

  #adopt(config: Uint8Array | undefined): Uint8Array | undefined {
    if (!config || (this.config && equalBytes(this.config, config))) return undefined;
    this.config = config;
    return config;
  }
}

function readCaptions(unit: AccessUnit, sei: Uint8Array, header: number): void {
  const captions = captionsOf(sei, header);
  if (captions) unit.captions = unit.captions ? concatBytes([unit.captions, captions]) : captions;
}

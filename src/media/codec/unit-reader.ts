import { ProtocolError } from '../../errors.ts';
import { equalBytes } from '../bytes/bytes.ts';
import { captionsOf } from './captions.ts';
import { ConfigBudget } from './config-budget.ts';
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

/** Bytes of a codec config as it comes; what is in it takes a few hundred, seldom thousands. */
const MAX_CONFIG = 64 * 1024;

/** What becomes of a NAL unit: `set` and `dropped` do not stay in the frame. `key` and `picture` are parts of a picture. */
export type NalRole = 'key' | 'picture' | 'sei' | 'other' | 'set' | 'dropped';

/** The parameter sets in force of one stream. */
export interface UnitSets {
  /**
   * Starts over with a codec config. Returns the bytes of a length before each NAL unit.
   *
   * @throws ProtocolError for what is none, and above the limits.
   */
  configure(bytes: Uint8Array): number;
  /**
   * Takes one NAL unit that is a parameter set; true where it changes anything.
   *
   * @throws ProtocolError above the limits.
   */
  add(nal: Uint8Array): boolean;
  /** Takes the first NAL unit of a key picture; true where the sets that it needs were not the first of the config. */
  use(slice: Uint8Array): boolean;
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
  readonly #budget = new ConfigBudget();
  #source: Uint8Array | undefined;
  #lengthSize = NAL_PREFIX;
  /** Sets came that wait for a picture. */
  #changed = false;

  constructor(syntax: UnitSyntax, limits: NalLimits) {
    this.#syntax = syntax;
    this.#limits = limits;
  }

  /**
   * Takes a codec config as containers carry it, which starts over, or parameter sets with start codes, which come to
   * those that are there. Returns the codec config for 4-byte lengths where it is new, undefined where it is the one in
   * force. That stays in force, too, while sets of a kind are missing: encoders that send them with their pictures
   * send a config without any.
   *
   * @throws ProtocolError for what is neither, above the limits, and where it changes too often.
   */
  configure(bytes: Uint8Array): Uint8Array | undefined {
    if (bytes.length > MAX_CONFIG) {
      throw new ProtocolError(`A codec config has more than ${MAX_CONFIG} bytes.`, 'limit-exceeded');
    }
    if (this.#source && equalBytes(this.#source, bytes)) return undefined;
    if (isAnnexB(bytes)) {
      this.#addAll(bytes);
    } else {
      this.#lengthSize = this.#syntax.sets.configure(bytes);
      this.#source = bytes.slice();
    }
    return this.#adopt();
  }

  /**
   * Reads one access unit. Its `data` is empty where nothing but parameter sets and delimiters was in it. Sets count from
   * the next picture on.
   *
   * @throws ProtocolError above the limits, and where the config changes too often.
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
    const sei: Uint8Array[] = [];
    let picture = false;
    let size = 0;
    for (const span of spans) {
      const role = this.#syntax.roleOf(bytes, span);
      if (role === 'dropped') continue;
      const nal = bytes.subarray(span.start, span.end);
      if (role === 'set') {
        this.#add(nal);
        continue;
      }
      if (role === 'sei') sei.push(nal);
      else if (role !== 'other') picture = true;
      if (role === 'key' && !unit.key) {
        unit.key = true;
        if (sets.use(nal)) this.#changed = true;
      }
      kept.push(span);
      size += NAL_PREFIX + nal.length;
    }
    if (picture) {
      this.#budget.earn(size);
      const config = this.#changed ? this.#adopt() : undefined;
      if (config) unit.config = config;
    }
    const captions = captionsOf(sei, header);
    if (captions) unit.captions = captions;
    const asIs = !annexB && this.#lengthSize === NAL_PREFIX && size === bytes.length;
    if (!asIs) unit.data = joinLengthPrefixed(bytes, kept);
    if (spans.length === 0 && bytes.length > 0) unit.damaged = true;
    return unit;
  }

  #addAll(bytes: Uint8Array): void {
    for (const span of splitAnnexB(bytes, this.#limits)) {
      if (this.#syntax.roleOf(bytes, span) === 'set') this.#add(bytes.subarray(span.start, span.end));
    }
  }

  #add(set: Uint8Array): void {
    if (!this.#syntax.sets.add(set)) return;
    this.#changed = true;
    this.#source = undefined; // the config from before would be news again
  }

  #adopt(): Uint8Array | undefined {
    this.#changed = false;
    const config = this.#syntax.sets.build();
    if (!config || (this.config && equalBytes(this.config, config))) return undefined;
    this.#budget.spend(config.length);
    this.config = config;
    return config;
  }
}

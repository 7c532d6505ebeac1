import { equalBytes } from '../../../src/media/bytes/bytes.ts';
import { joined } from './bytes.ts';
import {
  announced,
  atTime,
  BACK_POINTER,
  codecOf,
  composition,
  FLV_HEADER,
  flvHeader,
  isConfig,
  isExtra,
  isKey,
  type Kind,
  plainFlac,
  type Tag,
  TAG_HEADER,
  tagAt,
} from './flv-tag.ts';

/** Media time to wait at the start for the second of two announced kinds before going on without it. ms */
const PATIENCE = 500;
/** A kind that lags behind the other by this much has stopped. ms */
const LOST = 2500;
/** So many tags in a row of one kind, and none of the other, mean that the other has stopped. */
const ALONE_TAGS = 25;
/** MP3 plays as raw frames without times, so a gap this long would shift sound against picture. ms */
const MP3_GAP = 300;
/** A step back by more than this is a restart of the clock. ms */
const STEP_BACK = 1000;

/**
 * Why the player has to join anew: what comes does not fit what was announced at the start. Or why it has to give up:
 * nothing of what comes can be played here.
 */
export type Change = 'config' | 'late-track' | 'lost-track' | 'gap' | 'unplayable';

/** What passed, and what it tells. */
export interface Passed {
  /** Whole tags, times beginning at 0. Empty while the gate still waits. */
  bytes: Uint8Array<ArrayBuffer>;
  change?: Change;
}

/** Whether picture or sound of a codec can be played here. */
export type Plays = (kind: Kind, codec: string) => boolean;

/**
 * Stands between the network and the player library. It passes whole tags only, starts their times at 0 (and remembers
 * the stream's time of that 0), announces only kinds of media that really come and can be played, and notices when what
 * comes changes.
 */
export class FlvGate {
  /** The stream's time in ms at the player's time 0; known once bytes have passed. */
  base: number | undefined;
  /** The newest stream time seen, ms. */
  latest = 0;
  /** How far presentation runs ahead of decoding at key frames: what the encoder's reordering costs. ms */
  reorder = 0;
  /** Kinds that were announced to the player. */
  kinds: readonly Kind[] = [];
  readonly #plays: Plays;
  #rest = new Uint8Array(0);
  #held: Uint8Array[] = [];
  #flags: number | undefined;
  #started = false;
  #mp3 = false;
  readonly #first: Partial<Record<Kind, number>> = {};
  readonly #last: Partial<Record<Kind, number>> = {};
  readonly #config: Partial<Record<Kind, Uint8Array>> = {};
  readonly #codec: Partial<Record<Kind, string>> = {};
  readonly #alone: Partial<Record<Kind, number>> = {};
  /** Kinds that cannot be played here are left out as if they did not come. */
  readonly #refused = new Set<Kind>();

  constructor(plays: Plays = () => true) {
    this.#plays = plays;
  }

  /** Tags that wait until it is known what comes. */
  get held(): number {
    return this.#held.length;
  }

  /** Takes the next bytes of the stream. Throws when they are not FLV. */
  push(chunk: Uint8Array): Passed {
    this.#rest = this.#rest.length === 0 ? chunk.slice() : joined([this.#rest, chunk]);
    const passed: Uint8Array[] = [];
    let change: Change | undefined;
    let at = 0;
    if (this.#flags === undefined) {
      if (this.#rest.length < FLV_HEADER) return { bytes: new Uint8Array(0) };
      if (this.#rest[0] !== 0x46 || this.#rest[1] !== 0x4c || this.#rest[2] !== 0x56)
        throw new Error('These bytes are not FLV.');
      this.#flags = this.#rest[4]!;
      at = FLV_HEADER;
    }
    for (let tag = tagAt(this.#rest, at); tag; tag = tagAt(this.#rest, at)) {
      at = tag.at + tag.length;
      const bytes = this.#rest.subarray(tag.at, at);
      change ??= this.#examine(tag, bytes);
      if (change) break;
      if (this.#started) this.#pass(tag, bytes, passed);
      else if (tag.kind === 'data' || !this.#refused.has(tag.kind)) this.#wait(bytes, passed);
    }
    this.#rest = this.#rest.slice(at);
    const bytes = joined(passed);
    return change ? { bytes, change } : { bytes };
  }

  #examine(tag: Tag, bytes: Uint8Array): Change | undefined {
    const { kind, time } = tag;
    if (kind === 'data' || tag.length === TAG_HEADER + BACK_POINTER || isExtra(kind, bytes)) return undefined;
    const codec = codecOf(kind, bytes);
    if (codec !== this.#codec[kind]) {
      if (this.#started && this.#codec[kind] !== undefined) return 'config';
      this.#codec[kind] = codec;
      if (this.#plays(kind, codec)) this.#refused.delete(kind);
      else this.#refused.add(kind);
    }
    if (this.#refused.has(kind)) {
      this.latest = Math.max(this.latest, time);
      return this.#started ? undefined : this.#nothingPlays();
    }
    if (isConfig(kind, bytes)) return this.#configured(kind, bytes);
    if (kind === 'audio') this.#mp3 = codec === 'mp3';
    const last = this.#last[kind];
    this.#last[kind] = time;
    this.#first[kind] ??= time;
    this.latest = Math.max(this.latest, time);
    if (kind === 'video' && isKey(bytes)) this.reorder = composition(bytes);
    if (!this.#started) return undefined;
    if (!this.kinds.includes(kind)) return kind === 'audio' || isKey(bytes) ? 'late-track' : undefined;
    if (last !== undefined && last - time > STEP_BACK) return 'gap';
    if (kind === 'audio' && this.#mp3 && last !== undefined && time - last > MP3_GAP) return 'gap';
    const other = this.#last[kind === 'audio' ? 'video' : 'audio'];
    if (this.kinds.length === 2 && other !== undefined && time - other > LOST) return this.#stopped(kind);
    return undefined;
  }

  #configured(kind: Kind, bytes: Uint8Array): Change | undefined {
    const known = this.#config[kind];
    const config = bytes.slice(TAG_HEADER, -BACK_POINTER);
    this.#config[kind] = config;
    return this.#started && known && !equalBytes(known, config) ? 'config' : undefined;
  }

  /** Every kind that was announced has come, and none can be played. */
  #nothingPlays(): Change | undefined {
    return announced(this.#flags!).every((kind) => this.#refused.has(kind)) ? 'unplayable' : undefined;
  }

  /** One kind runs on alone; after a gap of both kinds the first of them looks the same for one tag. */
  #stopped(kind: Kind): Change | undefined {
    this.#alone[kind] = (this.#alone[kind] ?? 0) + 1;
    return this.#alone[kind]! > ALONE_TAGS ? 'lost-track' : undefined;
  }

  /** Holds the first tags until it is known which kinds come, at most for `PATIENCE`. */
  #wait(bytes: Uint8Array, passed: Uint8Array[]): void {
    this.#held.push(bytes.slice());
    const expected = announced(this.#flags!).filter((kind) => !this.#refused.has(kind));
    const here = expected.filter((kind) => this.#first[kind] !== undefined);
    if (here.length === 0) return;
    const waited = this.latest - Math.min(...here.map((kind) => this.#first[kind]!));
    if (here.length < expected.length && waited < PATIENCE) return;
    this.#started = true;
    this.kinds = here;
    this.base = this.#first[here.includes('video') ? 'video' : 'audio']!;
    passed.push(flvHeader(here));
    for (const held of this.#held) this.#pass(tagAt(held, 0)!, held, passed);
    this.#held = [];
  }

  #pass({ kind, time: streamTime }: Pick<Tag, 'kind' | 'time'>, bytes: Uint8Array, passed: Uint8Array[]): void {
    if (kind === 'data' || !this.kinds.includes(kind) || isExtra(kind, bytes)) return;
    const config = isConfig(kind, bytes);
    const time = streamTime - this.base!;
    // Sound from before the first picture would be at a negative time.
    if (time < 0 && !config) return;
    const tag = config && this.#codec[kind] === 'flac' ? plainFlac(bytes) : bytes;
    passed.push(atTime(tag, config ? Math.max(0, time) : time));
  }
}

/** FLV 10.1, annex E: 9 bytes of header, then before each tag the size of the one before it. */
const HEADER = 13;
const TAG_HEADER = 11;
const AUDIO = 8;
const VIDEO = 9;
const AAC = 10;
const MP3 = 2;
const HAS_AUDIO = 4;
const HAS_VIDEO = 1;
/** Media time to wait at the start for the second of two announced kinds before going on without it. ms */
const PATIENCE = 500;
/** A kind that lags behind the other by this much has stopped. ms */
const LOST = 2500;
/** MP3 plays as raw frames without times, so a gap this long would shift sound against picture. ms */
const MP3_GAP = 300;
/** A step back by more than this is a restart of the clock. ms */
const STEP_BACK = 1000;
/** A tag longer than this is not FLV that we were sent. bytes */
const MAX_TAG = 24 * 1024 * 1024;

type Kind = 'audio' | 'video';

/** Why the player has to join anew: what comes does not fit what was announced at the start. */
export type Change = 'config' | 'late-track' | 'lost-track' | 'gap';

/** What passed, and what it tells. */
export interface Passed {
  /** Whole tags, times beginning at 0. Empty while the gate still waits. */
  bytes: Uint8Array<ArrayBuffer>;
  change?: Change;
}

interface Tag {
  kind: Kind | 'data';
  /** Offset and whole length of the tag, with the size that follows it. */
  at: number;
  length: number;
  time: number;
}

/**
 * Stands between the network and the player library. It passes whole tags only, starts their times at 0 (and remembers
 * the stream's time of that 0), announces only kinds of media that really come, and notices when what comes changes.
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
  #rest = new Uint8Array(0);
  #held: Uint8Array[] = [];
  #flags: number | undefined;
  #started = false;
  #mp3 = false;
  readonly #first: Partial<Record<Kind, number>> = {};
  readonly #last: Partial<Record<Kind, number>> = {};
  readonly #config: Partial<Record<Kind, Uint8Array>> = {};

  /** Takes the next bytes of the stream. Throws when they are not FLV. */
  push(chunk: Uint8Array): Passed {
    this.#rest = this.#rest.length === 0 ? chunk.slice() : concat([this.#rest, chunk]);
    const passed: Uint8Array[] = [];
    let change: Change | undefined;
    let at = 0;
    if (this.#flags === undefined) {
      if (this.#rest.length < HEADER) return { bytes: new Uint8Array(0) };
      if (this.#rest[0] !== 0x46 || this.#rest[1] !== 0x4c || this.#rest[2] !== 0x56)
        throw new Error('These bytes are not FLV.');
      this.#flags = this.#rest[4]!;
      at = HEADER;
    }
    for (let tag = this.#tag(at); tag; tag = this.#tag(at)) {
      at = tag.at + tag.length;
      const bytes = this.#rest.subarray(tag.at, at);
      change ??= this.#examine(tag, bytes);
      if (change) break;
      if (this.#started) this.#pass(tag, bytes, passed);
      else this.#wait(tag, bytes, passed);
    }
    this.#rest = this.#rest.slice(at);
    const bytes = concat(passed);
    return change ? { bytes, change } : { bytes };
  }

  #tag(at: number): Tag | undefined {
    const bytes = this.#rest;
    if (at + TAG_HEADER > bytes.length) return undefined;
    const size = (bytes[at + 1]! << 16) | (bytes[at + 2]! << 8) | bytes[at + 3]!;
    if (size > MAX_TAG) throw new Error('A tag is longer than a tag can be.');
    const length = TAG_HEADER + size + 4;
    if (at + length > bytes.length) return undefined;
    const time = bytes[at + 7]! * 2 ** 24 + ((bytes[at + 4]! << 16) | (bytes[at + 5]! << 8) | bytes[at + 6]!);
    const type = bytes[at]! & 0x1f;
    return { kind: type === AUDIO ? 'audio' : type === VIDEO ? 'video' : 'data', at, length, time };
  }

  #examine(tag: Tag, bytes: Uint8Array): Change | undefined {
    const { kind, time } = tag;
    if (kind === 'data' || tag.length === TAG_HEADER + 4) return undefined;
    if (isConfig(kind, bytes)) {
      const known = this.#config[kind];
      const config = bytes.slice(TAG_HEADER, -4);
      this.#config[kind] = config;
      if (this.#started && known && !equal(known, config)) return 'config';
      return undefined;
    }
    if (isMetadata(kind, bytes)) return undefined;
    if (kind === 'audio') this.#mp3 = bytes[TAG_HEADER]! >> 4 === MP3;
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

  /** One kind runs on alone; after a gap of both kinds the first of them looks the same for one tag. */
  #stopped(kind: Kind): Change | undefined {
    this.#alone[kind] = (this.#alone[kind] ?? 0) + 1;
    return this.#alone[kind]! > ALONE_TAGS ? 'lost-track' : undefined;
  }
  readonly #alone: Partial<Record<Kind, number>> = {};

  /** Holds the first tags until it is known which kinds come, at most for `PATIENCE`. */
  #wait(tag: Tag, bytes: Uint8Array, passed: Uint8Array[]): void {
    this.#held.push(bytes.slice());
    const expected = announced(this.#flags!);
    const here = expected.filter((kind) => this.#first[kind] !== undefined);
    if (here.length === 0) return;
    const waited = this.latest - Math.min(...here.map((kind) => this.#first[kind]!));
    if (here.length < expected.length && waited < PATIENCE) return;
    this.#started = true;
    this.kinds = here;
    this.base = this.#first[here.includes('video') ? 'video' : 'audio']!;
    passed.push(header(here));
    for (const held of this.#held) this.#pass({ ...tag, ...this.#read(held) }, held, passed);
    this.#held = [];
  }

  #read(bytes: Uint8Array): Pick<Tag, 'kind' | 'time'> {
    const type = bytes[0]! & 0x1f;
    const time = bytes[7]! * 2 ** 24 + ((bytes[4]! << 16) | (bytes[5]! << 8) | bytes[6]!);
    return { kind: type === AUDIO ? 'audio' : type === VIDEO ? 'video' : 'data', time };
  }

  #pass(tag: Pick<Tag, 'kind' | 'time'>, bytes: Uint8Array, passed: Uint8Array[]): void {
    if (tag.kind === 'data' || !this.kinds.includes(tag.kind) || isMetadata(tag.kind, bytes)) return;
    const config = isConfig(tag.kind, bytes);
    const time = tag.time - this.base!;
    // Sound from before the first picture would be at a negative time.
    if (time < 0 && !config) return;
    passed.push(atTime(bytes, config ? Math.max(0, time) : time));
  }
}

/** So many tags in a row of one kind, and none of the other, mean that the other has stopped. */
const ALONE_TAGS = 25;

function announced(flags: number): Kind[] {
  const kinds: Kind[] = [];
  if (flags & HAS_VIDEO) kinds.push('video');
  if (flags & HAS_AUDIO) kinds.push('audio');
  return kinds.length > 0 ? kinds : ['video', 'audio'];
}

function header(kinds: readonly Kind[]): Uint8Array {
  const flags = (kinds.includes('video') ? HAS_VIDEO : 0) | (kinds.includes('audio') ? HAS_AUDIO : 0);
  return new Uint8Array([0x46, 0x4c, 0x56, 1, flags, 0, 0, 0, 9, 0, 0, 0, 0]);
}

/** Enhanced FLV marks its tags: a bit for pictures, sound format 9 for sound. The packet type is in the low four bits. */
function enhanced(kind: Kind, bytes: Uint8Array): boolean {
  return kind === 'video' ? (bytes[TAG_HEADER]! & 0x80) !== 0 : bytes[TAG_HEADER]! >> 4 === 9;
}

function isConfig(kind: Kind, bytes: Uint8Array): boolean {
  const first = bytes[TAG_HEADER]!;
  if (enhanced(kind, bytes)) return (first & 15) === 0;
  if (kind === 'audio') return first >> 4 === AAC && bytes[TAG_HEADER + 1] === 0;
  return bytes[TAG_HEADER + 1] === 0;
}

/** Colour information and the like, which the player library takes for an error. */
function isMetadata(kind: Kind, bytes: Uint8Array): boolean {
  const type = bytes[TAG_HEADER]! & 15;
  return enhanced(kind, bytes) && (type === 4 || (kind === 'audio' && type === 5));
}

function isKey(bytes: Uint8Array): boolean {
  return ((bytes[TAG_HEADER]! >> 4) & 7) === 1;
}

/** Presentation minus decode time of a picture in ms, 0 where the tag has none. */
function composition(bytes: Uint8Array): number {
  const at = TAG_HEADER + (enhanced('video', bytes) ? 5 : 2);
  if (enhanced('video', bytes) && (bytes[TAG_HEADER]! & 15) !== 1) return 0;
  return ((bytes[at]! << 24) | (bytes[at + 1]! << 16) | (bytes[at + 2]! << 8)) >> 8;
}

function atTime(bytes: Uint8Array, time: number): Uint8Array {
  const tag = bytes.slice();
  tag[4] = (time >> 16) & 255;
  tag[5] = (time >> 8) & 255;
  tag[6] = time & 255;
  tag[7] = (time >>> 24) & 255;
  return tag;
}

function equal(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, index) => byte === b[index]);
}

function concat(parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const all = new Uint8Array(parts.reduce((size, part) => size + part.length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}

import type { Muxer } from '../containers/muxer.ts';
import { concatBytes } from '../media/bytes/bytes.ts';
import { type EndReason, type Frame, type Kind, mainTrack, type Track } from '../media/frame.ts';
import { MILLISECOND, SECOND } from '../media/time.ts';
import { Cursor, type CursorSource } from './cursor.ts';
import { type GopLimits, JoinPoints } from './gop.ts';
import type { MergeWindow } from './merge.ts';
import type { Scheduler } from './scheduler.ts';
import type { StreamSink } from './stream.ts';

/** Sound rides along with the next picture instead of being a write of its own, but not for longer than this. */
const RIDE_ALONG = 50 * MILLISECOND;

/** Bytes that a block takes beside its own. */
const BLOCK = 256;

/** Without join points the ring is trimmed every so many blocks. */
const TRIM_EVERY = 64;

/** Bytes that are written as one; shared by all viewers. */
interface Block {
  bytes: Uint8Array;
  /** The feed's length in bytes before this block. */
  offset: number;
  /** Stream time of its first frame. */
  dts: number;
  /** The tracks in force from here on. */
  tracks: readonly Track[];
  /** A viewer can start here. */
  start: boolean;
}

export interface FeedOptions {
  muxer: Muxer;
  scheduler: Scheduler;
  merge: MergeWindow;
  gop: GopLimits;
  /** Bytes a viewer may lag before it is moved ahead. */
  viewerQueue: number;
  /** Called once per feed for a track that its container cannot carry. */
  leftOut(track: Track): void;
  /** Called when the last viewer left. */
  empty(): void;
}

/**
 * Muxes a stream once for all viewers of one format: of several tracks of a kind the first that the format can carry.
 * Frames are gathered into blocks in a ring; each viewer has a cursor into it. Slow viewers jump to the newest join
 * point, at block borders only, so that no picture is ever torn. Where a container cannot tell of a change of sound or
 * picture, the bytes of those who watch end with the change; they join anew.
 */
export class Feed implements StreamSink, CursorSource {
  ended: EndReason | undefined;
  readonly #options: FeedOptions;
  readonly #cursors: Cursor[] = [];
  #blocks: Block[] = [];
  /** Sequence number of the first block. */
  #base = 0;
  #length = 0;
  #join: number | undefined;
  #tracks: readonly Track[] = [];
  #pending: Uint8Array[] = [];
  #pendingDts = 0;
  #pendingStart = false;
  #cancel: (() => void) | undefined;
  #flushSoon = false;
  /** Where others than the tracks that are played are carried, joiners start elsewhere. */
  #joins: JoinPoints | undefined;
  /** Pictures of no use to anybody come before the first key frame of the track that is carried. */
  #awaitsKey = true;
  #largest = 0;
  #rate = 0;
  #second = { start: 0, length: 0 };
  readonly #headers = new WeakMap<readonly Track[], Uint8Array>();

  constructor(options: FeedOptions) {
    this.#options = options;
  }

  get viewers(): number {
    return this.#cursors.length;
  }

  /** Adds a viewer. `ready` is called whenever there may be something to take, or the feed has ended. */
  join(ready: () => void): Cursor {
    this.flush();
    const cursor = new Cursor(this, ready);
    cursor.position = this.#join;
    cursor.burst = this.#length;
    this.#cursors.push(cursor);
    return cursor;
  }

  leave(cursor: Cursor): void {
    const index = this.#cursors.indexOf(cursor);
    if (index < 0) return;
    const last = this.#cursors.pop()!;
    if (last !== cursor) this.#cursors[index] = last;
    if (this.#cursors.length === 0) this.#options.empty();
  }

  update(tracks: readonly Track[]): void {
    const { muxer } = this.#options;
    const before = this.#tracks;
    const wanted = muxer.wants ? tracks.filter((track) => muxer.wants!(track)) : tracks;
    const possible = wanted.filter((track) => muxer.carries(track));
    for (const track of wanted) if (!possible.includes(track)) this.#options.leftOut(track);
    const carried = possible.filter((track) => track.kind === 'data' || track === mainTrack(possible, track.kind));
    if (sameTracks(before, carried)) return;
    this.#seal();
    this.#tracks = carried;
    muxer.tell?.(carried);
    if (!samePlayed(before, carried, 'video')) this.#awaitsKey = true;
    const usual = samePlayed(tracks, carried, 'video') && samePlayed(tracks, carried, 'audio');
    this.#joins = usual ? undefined : (this.#joins ?? new JoinPoints({ midway: true }));
    if (this.#head === 0) return;
    if (!muxer.inline) {
      // Whoever joined before the change would be sent away at it.
      if (!includesAll(carried, before)) this.#join = undefined;
      return;
    }
    const news = carried.filter((track) => !before.includes(track)).map((track) => muxer.announce(track, carried));
    for (const bytes of news) if (bytes.length > 0) this.#push({ bytes, dts: this.#pendingDts, start: false });
  }

  write(frame: Frame, start: boolean): void {
    if (!this.#tracks.includes(frame.track)) return;
    if (frame.track.kind === 'video' && this.#awaitsKey) {
      if (!frame.key) return;
      this.#awaitsKey = false;
    }
    const bytes = this.#options.muxer.mux(frame);
    if (bytes.length === 0) return;
    const begins = this.#joins ? this.#joins.at(frame, this.#tracks) : start;
    if (begins) this.#seal();
    if (this.#pending.length === 0) {
      this.#pendingDts = frame.dts;
      this.#pendingStart = begins;
    }
    this.#pending.push(bytes);
    if (bytes.length > this.#largest) this.#largest = bytes.length;
    this.#arm(frame);
  }

  end(reason: EndReason): void {
    if (this.ended !== undefined) return;
    this.#seal();
    this.ended = reason;
    this.#wake();
  }

  /** Makes what is gathered available to the viewers now. */
  flush(): void {
    this.#flushSoon = false;
    this.#cancel?.();
    this.#cancel = undefined;
    if (this.#pending.length === 0) return;
    this.#seal();
    this.#wake();
  }

  take(cursor: Cursor, maxBytes: number): Uint8Array[] {
    const out: Uint8Array[] = [];
    if (cursor.position === undefined) return out;
    let size = 0;
    while (cursor.position < this.#head && (out.length === 0 || size < maxBytes)) {
      const block = this.#blocks[cursor.position - this.#base]!;
      if (cursor.told !== block.tracks) {
        const news = this.#tell(cursor, block);
        if (cursor.over) break;
        if (news) out.push(news);
      }
      out.push(block.bytes);
      size += block.bytes.length;
      cursor.media = block.dts;
      cursor.position++;
    }
    return out;
  }

  queued(cursor: Cursor): number {
    if (cursor.position === undefined || cursor.position >= this.#head) return 0;
    return this.#length - this.#blocks[cursor.position - this.#base]!.offset;
  }

  get #head(): number {
    return this.#base + this.#blocks.length;
  }

  /** What a viewer must know of the tracks before it can read `block`: everything at first, after a jump what is new. */
  #tell(cursor: Cursor, block: Block): Uint8Array | undefined {
    const { told } = cursor;
    cursor.told = block.tracks;
    if (!told) return this.#header((cursor.headed = this.#outlook(block)));
    if (!this.#options.muxer.inline) {
      if (!includesAll(cursor.headed, block.tracks) || !includesAll(block.tracks, told)) this.#release(cursor);
      return undefined;
    }
    if (!block.start) return undefined; // announced in the block before it
    const news = block.tracks.filter((track) => !told.includes(track));
    if (news.length === 0) return undefined;
    return join(news.map((track) => this.#options.muxer.announce(track, block.tracks)));
  }

  /** Nothing more comes for a viewer, who holds no bytes from here on. */
  #release(cursor: Cursor): void {
    cursor.over = true;
    cursor.position = undefined;
  }

  /** A block's tracks with sound or picture that was added since, so that what the container's header says stays true. */
  #outlook({ tracks }: Block): readonly Track[] {
    const later = this.#tracks.filter(
      ({ id, kind }) => !tracks.some((track) => track.id === id || track.kind === kind),
    );
    return later.length > 0 ? [...tracks, ...later] : tracks;
  }

  #header(tracks: readonly Track[]): Uint8Array {
    let header = this.#headers.get(tracks);
    if (!header) this.#headers.set(tracks, (header = this.#options.muxer.header(tracks)));
    return header;
  }

  #arm(frame: Frame): void {
    const { merge, scheduler } = this.#options;
    const { window } = merge;
    if (window > 0) {
      this.#cancel ??= scheduler.after(window, () => this.flush());
      return;
    }
    const picture = frame.track.kind === 'video' || !mainTrack(this.#tracks, 'video');
    if (!picture) {
      this.#cancel ??= scheduler.after(RIDE_ALONG, () => this.flush());
    } else if (!this.#flushSoon) {
      // Frames that came in one read leave in one write.
      this.#flushSoon = true;
      queueMicrotask(() => this.#flushSoon && this.flush());
    }
  }

  #seal(): void {
    if (this.#pending.length === 0) return;
    const bytes = join(this.#pending);
    this.#pending = [];
    this.#push({ bytes, dts: this.#pendingDts, start: this.#pendingStart });
  }

  #push(block: { bytes: Uint8Array; dts: number; start: boolean }): void {
    if (block.start) this.#trim();
    const sequence = this.#head;
    this.#blocks.push({ ...block, offset: this.#length, tracks: this.#tracks });
    this.#length += block.bytes.length;
    this.#measure();
    if (block.start) this.#startAt(sequence);
    else this.#forgetLongGop(block.dts);
    if (this.#join === undefined && sequence % TRIM_EVERY === 0) this.#trim();
  }

  #startAt(sequence: number): void {
    this.#join = this.#options.gop.duration > 0 ? sequence : undefined;
    for (const cursor of this.#cursors) {
      if (cursor.position === undefined && !cursor.over) {
        cursor.position = sequence;
        cursor.burst = this.#length;
      }
    }
  }

  #forgetLongGop(dts: number): void {
    if (this.#join === undefined) return;
    const first = this.#blocks[this.#join - this.#base]!;
    const { duration, bytes } = this.#options.gop;
    const weight = this.#length - first.offset + (this.#head - this.#join) * BLOCK;
    if (dts - first.dts > duration || weight > bytes) this.#join = undefined;
  }

  /** Drops the blocks that no joiner and no viewer needs any more. */
  #trim(): void {
    let keep = this.#head;
    for (const cursor of this.#cursors) {
      if (cursor.position !== undefined && cursor.position < keep) keep = cursor.position;
    }
    const count = keep - this.#base;
    if (count <= 0) return;
    this.#blocks = this.#blocks.slice(count);
    this.#base = keep;
    if (this.#join !== undefined && this.#join < keep) this.#join = undefined;
  }

  #wake(): void {
    const limit = Math.max(this.#options.viewerQueue, this.#largest + this.#rate);
    // From the end: a viewer that leaves while it is woken has its place taken by one that was woken already.
    for (let i = this.#cursors.length - 1; i >= 0; i--) {
      const cursor = this.#cursors[i];
      if (!cursor) continue;
      if (cursor.position !== undefined) this.#skip(cursor, limit);
      cursor.ready();
    }
  }

  #skip(cursor: Cursor, limit: number): void {
    const position = cursor.position!;
    if (position >= this.#head - 1) return;
    const { offset } = this.#blocks[position - this.#base]!;
    if (this.#length - Math.max(offset, cursor.burst) <= limit) return;
    cursor.skips++;
    cursor.position = this.#join !== undefined && this.#join > position ? this.#join : undefined;
    cursor.burst = this.#length;
  }

  #measure(): void {
    const now = this.#options.scheduler.now();
    if (now - this.#second.start < SECOND) return;
    this.#rate = ((this.#length - this.#second.length) * SECOND) / Math.max(SECOND, now - this.#second.start);
    this.#second = { start: now, length: this.#length };
  }
}

/** Whether the same track of a kind is played, in whatever configuration. */
function samePlayed(a: readonly Track[], b: readonly Track[], kind: Kind): boolean {
  return mainTrack(a, kind)?.id === mainTrack(b, kind)?.id;
}

/** Whether all of some tracks that a header names are among others. Data needs no header to be understood. */
function includesAll(tracks: readonly Track[], some: readonly Track[]): boolean {
  return some.every((track) => track.kind === 'data' || tracks.includes(track));
}

function sameTracks(a: readonly Track[], b: readonly Track[]): boolean {
  return a.length === b.length && a.every((track, index) => track === b[index]);
}

/** Copies nothing where the parts lie side by side in one buffer, as muxers that write into blocks leave them. */
function join(parts: readonly Uint8Array[]): Uint8Array {
  const { buffer, byteOffset: start } = parts[0]!;
  let length = 0;
  for (const part of parts) {
    if (part.buffer !== buffer || part.byteOffset !== start + length) return concatBytes(parts);
    length += part.length;
  }
  return parts.length === 1 ? parts[0]! : new Uint8Array(buffer, start, length);
}

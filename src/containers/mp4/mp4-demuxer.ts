import { ProtocolError } from '../../errors.ts';
import { ByteFeed, type Parsing } from '../../media/bytes/byte-feed.ts';
import { MAX_UNIT } from '../../media/codec/video-reader.ts';
import type { Demuxer, MediaEvent, Unsupported } from '../demuxer.ts';
import { Findings } from '../findings.ts';
import { fourCcWords } from '../flv/four-cc.ts';
import { boxType } from './box-type.ts';
import { BOX_HEADER } from './box-writer.ts';
import { readId3Message } from './event-message.ts';
import { id3Track } from './inner-tracks.ts';
import { readFragment } from './fragment-reader.ts';
import { Interleaving } from './interleaving.ts';
import { readMovie } from './movie-reader.ts';
import type { RunReader } from './run-reader.ts';
import { TrackLane } from './track-lane.ts';

/** Bytes of a `moov` without samples: some hundred for each track, and cover art that some add. */
const MAX_MOOV = 2 ** 20;
/** Bytes of a `moof`: as many samples as a run may have, with all that can be told of each. */
const MAX_MOOF = 2 ** 20 + 2 ** 16;
/** Bytes of an event that is read: an ID3 tag with a small picture. */
const MAX_EVENT = 2 ** 16;
/** Tracks that are read. More is no programme that anybody plays. */
const MAX_TRACKS = 16;
const EXTENDED = 8;

const type = {
  moov: boxType('moov'),
  moof: boxType('moof'),
  mdat: boxType('mdat'),
  emsg: boxType('emsg'),
} as const;

/** What a stream may begin with; anything else is another format. */
const FIRST: ReadonlySet<number> = new Set(
  ['ftyp', 'styp', 'moov', 'moof', 'mdat', 'sidx', 'emsg', 'prft', 'free', 'skip', 'wide', 'pdin', 'uuid'].map(boxType),
);

/**
 * Reads fragmented MP4 (ISO/IEC 14496-12, 8.8), from its start or from an init segment on. Frames keep the bytes that were
 * pushed, so those must not change afterwards; they come in the order of their decode times within a fragment. A further
 * `moov` begins anew with its tracks. Track ids are those of the file; captions in the pictures of a track have its id
 * and 2^32.
 */
export class Mp4Demuxer implements Demuxer {
  readonly #found = new Findings();
  readonly #feed: ByteFeed;
  #lanes: ReadonlyMap<number, TrackLane> | undefined;
  /** Runs of the fragment that is read, in the order of their data, and the first that is not done. */
  #runs: readonly RunReader[] = [];
  #run = 0;
  #interleaving = new Interleaving([]);
  /** Timed metadata came. */
  #isTold = false;
  #ended = false;

  constructor() {
    this.#feed = new ByteFeed((feed) => this.#parse(feed));
  }

  /** Codecs that came and cannot be read, each named once. */
  get unsupported(): readonly Unsupported[] {
    return this.#found.unsupported;
  }

  /** Samples that were left out: before their config, damaged, or without their data. */
  get dropped(): number {
    return this.#found.damaged;
  }

  push(bytes: Uint8Array): MediaEvent[] {
    if (this.#ended) throw new ProtocolError('The MP4 demuxer has ended with an error.');
    try {
      this.#feed.push(bytes);
    } catch (error) {
      this.#ended = true;
      this.#feed.drop();
      throw error;
    }
    return this.#found.take();
  }

  /** Nothing follows: what was waiting for samples of other tracks. */
  end(): MediaEvent[] {
    if (this.#ended) return [];
    this.#ended = true;
    this.#settle();
    return this.#found.take();
  }

  *#parse(feed: ByteFeed): Parsing {
    for (let isFirst = true; ; isFirst = false) {
      const start = feed.position;
      const head = yield BOX_HEADER;
      const name = u32(head, 4);
      if (isFirst && !FIRST.has(name)) throw new ProtocolError('This is not MP4.');
      const size = yield* sizeOf(u32(head, 0));
      const left = size - (feed.position - start);
      if (left < 0) throw new ProtocolError(`A box “${fourCcWords(name)}” has ${size} bytes.`);
      if (name === type.moov) this.#begin(yield* whole(left, MAX_MOOV, 'moov'));
      else if (name === type.moof) this.#promise(yield* whole(left, MAX_MOOF, 'moof'), start);
      else if (name === type.mdat) yield* this.#data(feed, feed.position + left);
      else if (name === type.emsg && left <= MAX_EVENT) this.#tell(yield left);
      else yield* pass(left);
    }
  }

  /** An `emsg`. */
  #tell(body: Uint8Array): void {
    const event = this.#found.attempt(() => readId3Message(body));
    if (!event) return;
    if (!this.#isTold) this.#found.track(id3Track);
    this.#isTold = true;
    const { time, data } = event;
    this.#found.frame({ track: id3Track, dts: time, pts: time, key: true, data });
  }

  /** A `moov`: tracks that are told once more go on. */
  #begin(moov: Uint8Array): void {
    this.#settle();
    const known = this.#lanes;
    const lanes = new Map<number, TrackLane>();
    for (const movie of readMovie(moov)) {
      const before = known?.get(movie.id);
      if (lanes.has(movie.id)) continue;
      if (lanes.size >= MAX_TRACKS) {
        this.#found.leaveOut(movie.kind, 'more tracks');
      } else if (before?.kind === movie.kind) {
        before.begin(movie);
        lanes.set(movie.id, before);
      } else {
        lanes.set(movie.id, new TrackLane(movie, this.#found));
      }
    }
    this.#lanes = lanes;
  }

  /** A `moof`: which samples will come. */
  #promise(moof: Uint8Array, start: number): void {
    this.#settle();
    if (!this.#lanes) throw new ProtocolError('A fragment of MP4 came before the “moov” that tells its tracks.');
    this.#runs = readFragment(moof, { start, tracks: this.#lanes });
    this.#run = 0;
    this.#interleaving = new Interleaving(this.#runs);
  }

  /** What was promised and has not come will not come any more. */
  #settle(): void {
    this.#found.drop(this.#interleaving.finish());
    this.#runs = [];
    this.#run = 0;
  }

  /** An `mdat`: the samples in it as they come. */
  *#data(feed: ByteFeed, end: number): Parsing {
    if (!this.#lanes) {
      throw new ProtocolError(
        'This MP4 is not fragmented, or is not read from its start: its data comes before its “moov”.',
      );
    }
    for (;;) {
      const run = this.#nextRun(feed.position);
      if (!run || run.position + run.size > end) break;
      const { position, size, ticks, offset, entry } = run;
      if (size > MAX_UNIT) {
        throw new ProtocolError(`A sample has ${size} bytes; at most ${MAX_UNIT} are allowed.`, 'limit-exceeded');
      }
      yield* pass(position - feed.position);
      const data = size > 0 ? yield size : undefined;
      run.advance();
      const track = run.track!;
      if (data) {
        const sample = { dts: track.time(ticks), pts: track.time(ticks + offset), entry, data };
        this.#interleaving.add(track, sample);
      } else {
        this.#interleaving.release();
      }
    }
    yield* pass(end - feed.position);
  }

  /** The next run with samples whose data is not over yet. */
  #nextRun(position: number): RunReader | undefined {
    for (; ; this.#run++) {
      const run = this.#runs[this.#run];
      if (!run) return undefined;
      if (run.left === 0) continue;
      if (run.position >= position) return run;
      this.#found.drop(run.left);
      run.abandon();
    }
  }
}

/** The size of a box: in its first field, behind its type, or up to the end of all (ISO/IEC 14496-12, 4.2). */
function* sizeOf(field: number): Generator<number, number, Uint8Array> {
  if (field === 0) return Infinity;
  if (field !== 1) return field;
  const large = yield EXTENDED;
  return u32(large, 0) * 2 ** 32 + u32(large, 4);
}

/** A body that is read as a whole. */
function* whole(size: number, most: number, name: string): Generator<number, Uint8Array, Uint8Array> {
  if (size > most) {
    const why = name === 'moov' ? ' It is most likely not fragmented.' : '';
    throw new ProtocolError(`A box “${name}” of this MP4 has more than ${most} bytes.${why}`, 'limit-exceeded');
  }
  return yield size;
}

function* pass(size: number): Parsing {
  if (size > 0) yield -size;
}

function u32(bytes: Uint8Array, at: number): number {
  return ((bytes[at]! << 24) | (bytes[at + 1]! << 16) | (bytes[at + 2]! << 8) | bytes[at + 3]!) >>> 0;
}

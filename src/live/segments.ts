import type { SegmentMuxer } from '../containers/segment-muxer.ts';
import { type EndReason, type Frame, mainTrack, type Track } from '../media/frame.ts';
import { SECOND } from '../media/time.ts';
import { type Opening, Rendition } from './rendition.ts';
import type { Scheduler } from './scheduler.ts';
import { SegmentCuts } from './segment-cuts.ts';
import { SegmentDates } from './segment-dates.ts';
import type { StreamSink } from './stream.ts';

/** Where no picture came for this long, and none for as much of the stream, segments are cut by the sound. */
const PICTURE_SILENCE = SECOND;
/** Pictures of another track that were not in step with the first for so many segments will not be. */
const MAX_MISSES = 2;
/** Target durations that a list has at least (rfc8216bis, 6.2.2). */
const LEAST_LISTED = 3;
/** What is in a segment is shown by then after its start, however long its GOP is. */
const LONGEST = 30 * SECOND;

export interface SegmentsOptions {
  /** One for each rendition: what it writes counts on. */
  muxer(): SegmentMuxer;
  scheduler: Scheduler;
  /** µs that a segment has. */
  segment: number;
  /** µs that a part has; 0 is no parts. */
  part: number;
  /** Segments that are listed. */
  window: number;
  /** Bytes that one rendition keeps. */
  bytes: number;
  /** µs of the stream's GOP, where it is known already. */
  gop?: number | undefined;
  /** What is written first is whole segments of the past: the first is no shorter than others. */
  past?: boolean;
  /** The stream has several pictures or sounds, even where what comes first has not. */
  apart?: boolean;
  /** True where times start again, as they are written, between two of them in µs: no segment has such a place in it. */
  wraps?: ((from: number, to: number) => boolean) | undefined;
  /** Wall time in ms of a stream time in µs. */
  wallTime(media: number): number;
  /** Called once for each track that is left out: the container cannot carry it, or its key frames are not in step. */
  leftOut(track: Track, why: 'codec' | 'key-frames'): void;
  /** Called when a list may have become ready. */
  progress(): void;
}

/**
 * Cuts a stream into segments and parts for one container. One picture and one sound go together; of more, each is a
 * rendition of its own, cut at the same times. Times and numbers of segments are the same in all.
 */
export class Segments implements StreamSink {
  ended: EndReason | undefined;
  /** Closed captions are in the pictures. */
  captions = false;
  readonly #options: SegmentsOptions;
  readonly #told = new Set<string>();
  #cuts: SegmentCuts | undefined;
  #renditions: readonly Rendition[] = [];
  #tracks: readonly Track[] = [];
  #main: Track | undefined;
  /** One picture and one sound are in one rendition; decided with the first segment. */
  #muxed: boolean | undefined;
  #open = false;
  #sequence = 0;
  #era = 0;
  /** µs that written times are behind those of the stream. */
  #shift = 0;
  #break = false;
  readonly #dates: SegmentDates;
  /** Only says what it carries. */
  readonly #muxer: SegmentMuxer;
  /** When the newest picture came, monotonic µs, and its time. */
  #newest = { at: 0, time: 0 };

  constructor(options: SegmentsOptions) {
    this.#options = options;
    this.#muxer = options.muxer();
    this.#dates = new SegmentDates(options);
  }

  /** Those that have a complete segment to list: players do not take lists of parts alone. */
  get renditions(): readonly Rendition[] {
    return this.#renditions.filter(({ window }) => window.listed.length > 0);
  }

  /** True where more tracks came than these renditions can ever have: who comes now is better off with others. */
  get outgrown(): boolean {
    return this.#muxed === true && !fitsOne(this.#tracks);
  }

  rendition(id: string): Rendition | undefined {
    return this.#renditions.find((rendition) => rendition.id === id);
  }

  /** Whole seconds; 0 until it is known. */
  get target(): number {
    return this.#cuts?.target ?? 0;
  }

  /** µs; 0 where there are no parts. */
  get partTarget(): number {
    return this.#cuts?.partTarget ?? 0;
  }

  /** Segments that every list has. */
  get listed(): number {
    return Math.min(...this.renditions.map(({ window }) => window.listed.length));
  }

  /** True when a player can begin with what there is. */
  get ready(): boolean {
    const main = this.#renditions.find(({ leads }) => leads);
    if (!main || this.target === 0) return false;
    const { length } = main.window.listed;
    if (length === 0) return false;
    const waits = this.#renditions.some((other) => other.window.listed.length === 0);
    return !waits || length >= MAX_MISSES || this.ended !== undefined;
  }

  begin(): void {
    this.#close();
  }

  update(tracks: readonly Track[]): void {
    this.captions = tracks.some(({ codec }) => codec === 'captions');
    const media = tracks.filter(({ kind }) => kind !== 'data');
    const carried = media.filter((track) => this.#muxer.carries(track));
    for (const track of media) if (!carried.includes(track)) this.#leaveOut(track, 'codec');
    this.#tracks = carried;
    const main = mainTrack(carried, 'video') ?? mainTrack(carried, 'audio');
    // What is new can be read from a key frame on, with an init segment of its own.
    if (main === this.#main) {
      if (this.#open && this.#groups().some(({ id, tracks: own }) => this.#differs(id, own))) this.#cuts!.hurry();
      return;
    }
    this.#close();
    this.#main = main;
  }

  write(frame: Frame, _start?: boolean): void {
    const { track } = frame;
    if (track.kind === 'data') return;
    const now = this.#options.scheduler.now();
    if (track === this.#main) {
      this.#newest = { at: now, time: frame.dts };
      if (this.#open) this.#drive(frame, frame.key);
      else if (frame.key) this.#begin(frame.dts, true);
    } else if (this.#open && track.kind === 'audio') {
      const { at, time } = this.#newest;
      if (Math.min(now - at, frame.dts - time) > PICTURE_SILENCE) this.#drive(frame, false);
    }
    for (const rendition of this.#renditions) rendition.add(frame, this.#cuts!.frame);
  }

  end(reason: EndReason): void {
    this.#close();
    this.ended = reason;
    for (const rendition of this.#renditions) rendition.end();
    this.#options.progress();
  }

  #close(): void {
    if (!this.#open) return;
    this.#open = false;
    this.#break = true;
    const end = this.#cuts!.close();
    for (const rendition of this.#renditions) rendition.close(end);
    this.#options.progress();
  }

  #begin(time: number, key: boolean): void {
    if (!this.#cuts) {
      const { segment, part, gop, past = false } = this.#options;
      this.#cuts = new SegmentCuts({ segment, part, gop, pictures: this.#main!.kind === 'video', hasty: !past });
    }
    this.#open = true;
    this.#cuts.begin(time, key);
    const opening = this.#opening(time);
    for (const rendition of this.#renditions) rendition.begin(opening, this.#cuts.frame);
  }

  #drive(frame: Frame, key: boolean): void {
    const cuts = this.#cuts!;
    const time = frame.dts;
    const isHeavy = this.#renditions.some(({ growing }) => growing > this.#options.bytes / 2);
    const lead = this.#renditions.find(({ leads }) => leads);
    const filled = (from: number, to: number): boolean => lead?.hasSound(from, to) ?? false;
    for (const { time: at, what } of cuts.at(time, key, filled)) {
      if (what === 'break') {
        for (const rendition of this.#renditions) rendition.close(at);
        this.#break = true;
        const opening = this.#opening(time);
        for (const rendition of this.#renditions) rendition.begin(opening, cuts.frame);
      } else this.#cut(at, frame, what === 'segment');
    }
    if (isHeavy && cuts.force(time)) this.#cut(time, frame, true);
    this.#options.progress();
  }

  #cut(time: number, { track: by, dts: next }: Frame, isSegment: boolean): void {
    // Before the tracks of what begins are others.
    for (const rendition of this.#renditions) rendition.settle(this.#cuts!.frame);
    const boundary = { time, by, next, ...(isSegment && { opens: this.#opening(time) }) };
    for (const rendition of this.#renditions) rendition.cut(boundary, this.#cuts!.frame);
    for (const rendition of this.#renditions) {
      if (rendition.misses < MAX_MISSES || rendition.window.version > 0 || !isSegment) continue;
      for (const track of rendition.tracks) this.#leaveOut(track, 'key-frames');
      this.#renditions = this.#renditions.filter((other) => other !== rendition);
    }
  }

  #opening(start: number): Opening {
    const changed = this.#layOut();
    const written = start - this.#shift;
    const wraps = this.#options.wraps?.(written, written + LONGEST) === true;
    if (wraps) this.#shift = start;
    const discontinuity = this.#sequence > 0 && (this.#break || changed || wraps);
    this.#break = false;
    if (discontinuity) this.#era++;
    this.#sequence++;
    return {
      sequence: this.#sequence,
      start,
      wall: this.#dates.at(start, discontinuity),
      shift: this.#shift,
      discontinuity,
      era: this.#era,
    };
  }

  /** Gives the tracks in force to renditions. True where one that is there has others than before. */
  #layOut(): boolean {
    this.#muxed ??= !this.#options.apart && fitsOne(this.#tracks);
    const groups = this.#groups();
    let changed = false;
    for (const { id, tracks } of groups) {
      const known = this.rendition(id);
      const rendition = known ?? this.#add(id, tracks);
      if (!rendition || sameTracks(rendition.tracks, tracks)) continue;
      rendition.tracks = tracks;
      changed ||= known !== undefined;
    }
    for (const rendition of this.#renditions) {
      if (!groups.some(({ id }) => id === rendition.id)) rendition.tracks = [];
      rendition.leads = rendition.tracks.some((track) => track === this.#main);
    }
    return changed;
  }

  #groups(): { id: string; tracks: readonly Track[] }[] {
    const [videos, audios] = [tracksOf(this.#tracks, 'video'), tracksOf(this.#tracks, 'audio')];
    return this.#muxed
      ? [{ id: 'main', tracks: [videos.slice(0, 1), audios.slice(0, 1)].flat() }]
      : [...videos, ...audios].map((track) => ({ id: `${track.kind[0]}${track.id}`, tracks: [track] }));
  }

  #differs(id: string, tracks: readonly Track[]): boolean {
    const known = this.rendition(id);
    return known ? !sameTracks(known.tracks, tracks) : !tracks.some((track) => this.#told.has(nameOf(track)));
  }

  #add(id: string, tracks: readonly Track[]): Rendition | undefined {
    if (tracks.some((track) => this.#told.has(nameOf(track)))) return undefined;
    const { muxer, scheduler, window: count, bytes } = this.#options;
    const least = (): number => LEAST_LISTED * this.target * SECOND;
    const rendition = new Rendition({ id, muxer: muxer(), scheduler, count, bytes, least });
    this.#renditions = [...this.#renditions, rendition];
    return rendition;
  }

  #leaveOut(track: Track, why: 'codec' | 'key-frames'): void {
    if (this.#told.has(nameOf(track))) return;
    this.#told.add(nameOf(track));
    this.#options.leftOut(track, why);
  }
}

function tracksOf(tracks: readonly Track[], kind: Track['kind']): Track[] {
  return tracks.filter((track) => track.kind === kind);
}

/** One picture and one sound at most. */
function fitsOne(tracks: readonly Track[]): boolean {
  return tracksOf(tracks, 'video').length <= 1 && tracksOf(tracks, 'audio').length <= 1;
}

function nameOf({ id, codec }: Track): string {
  return `${id} ${codec}`;
}

function sameTracks(a: readonly Track[], b: readonly Track[]): boolean {
  return a.length === b.length && a.every((track, index) => track === b[index]);
}

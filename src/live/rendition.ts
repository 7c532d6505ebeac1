import type { SegmentMuxer } from '../containers/segment-muxer.ts';
import { equalBytes } from '../media/bytes/bytes.ts';
import type { Frame, Track } from '../media/frame.ts';
import { SECOND } from '../media/time.ts';
import { type Init, Segment } from './segment.ts';
import { SegmentWindow, type WindowOptions } from './segment-window.ts';

/** Segments shorter than this say nothing of a bit rate. */
const SHORTEST_MEASURED = SECOND / 2;
/** Frames that are kept for a segment that has not begun. */
const MAX_EARLY = 64;
/** Sound that comes so long before a segment's first picture is heard with it. µs */
const EARLIEST = 50_000;
/**
 * The newest sound of a part waits at least so long for the next, however short the part is; and the end of a segment for
 * sound that is no further behind its picture. µs
 */
const HELD = 100_000;

/** What a segment is to be, whichever rendition it is of. */
export type Opening = Pick<Segment, 'sequence' | 'start' | 'wall' | 'shift' | 'discontinuity' | 'era'>;

/** A time at which a part ends, and with `opens` a segment, too. */
export interface Boundary {
  time: number;
  /** The track that it is from, and the time of the frame that it was found with. */
  by: Track;
  next: number;
  opens?: Opening;
}

export interface RenditionOptions extends WindowOptions {
  /** Names it in addresses. */
  id: string;
  muxer: SegmentMuxer;
  /** µs that stay listed. */
  least(): number;
}

/**
 * Some tracks of a stream in segments. Where they are not those that the boundaries are from, a boundary waits until
 * they have come as far, but not longer than for the next one; and so does the end of a segment for the sound in it. A
 * track that pauses, while another goes on, leaves a gap in its times and no discontinuity: that is how players tell it
 * from times that start anew.
 */
export class Rendition {
  readonly id: string;
  readonly window: SegmentWindow;
  /** Of the segments that begin from here on. */
  tracks: readonly Track[] = [];
  /** The track that the boundaries are from is in it. */
  leads = false;
  /** Nothing will be added. */
  ended = false;
  /** Offers of a segment that its pictures did not take, because they had no key frame then. */
  misses = 0;
  /** Called when there is more in it. */
  readonly listeners: Set<() => void> = new Set();
  readonly #options: RenditionOptions;
  #init: Init | undefined;
  /** The tracks of the segment that grows. */
  #written: readonly Track[] = [];
  #frames: Frame[] = [];
  #from = 0;
  #pieces = 0;
  #due: Boundary | undefined;
  #offer: Opening | undefined;
  #pictures = { count: 0, time: 0 };

  constructor(options: RenditionOptions) {
    this.id = options.id;
    this.#options = options;
    this.window = new SegmentWindow(options);
  }

  get kind(): 'video' | 'audio' {
    return this.tracks.some(({ kind }) => kind === 'video') ? 'video' : 'audio';
  }

  /** True while a segment grows. */
  get open(): boolean {
    return this.window.current !== undefined;
  }

  /** Pictures a second, as they were written so far. */
  get frameRate(): number | undefined {
    const { count, time } = this.#pictures;
    return count > 0 && time > 0 ? (count * SECOND) / time : undefined;
  }

  /** Whether there is sound that is not written yet from one time to another. */
  hasSound(from: number, to: number): boolean {
    return this.#frames.some(({ track: { kind }, dts }) => kind === 'audio' && dts >= from && dts < to);
  }

  /** Bytes of the segment that grows. */
  get growing(): number {
    return this.#frames.reduce((sum, { data }) => sum + data.length, this.window.current?.size ?? 0);
  }

  /** The one of a number, as long as a segment needs it. */
  initOf(number: number): Init | undefined {
    return this.#init?.number === number ? this.#init : this.window.initOf(number);
  }

  /** Starts with a segment, or waits for a picture to start it with. `frame`: µs that two key frames may be apart. */
  begin(opening: Opening, frame: number): void {
    this.#giveUp(opening.start);
    if (this.tracks.length > 0) this.#configure();
    if (this.tracks.length === 0 || (!this.leads && this.kind === 'video' && !this.#aligns(opening, frame))) {
      this.#offer = opening;
      return;
    }
    this.#open(opening);
  }

  add(frame: Frame, tolerance: number): void {
    if (!this.open) this.#early(frame, tolerance);
    else if (this.#written.includes(frame.track)) this.#frames.push(frame);
    if (this.#due && this.#reached(this.#due, tolerance)) this.#apply(this.#due, tolerance);
  }

  /** What is due is no longer waited for. */
  settle(tolerance: number): void {
    if (this.#due) this.#apply(this.#due, tolerance);
  }

  /** A part, or a segment, ends. */
  cut(boundary: Boundary, tolerance: number): void {
    if (!this.open) {
      if (boundary.opens) this.begin(boundary.opens, tolerance);
    } else if (this.#reached(boundary, tolerance)) this.#apply(boundary, tolerance);
    else this.#due = boundary;
  }

  /** The segment ends with all that is there; what comes after does not continue it. */
  close(end: number): void {
    this.settle(0);
    this.#giveUp(end);
    if (this.open) {
      this.#write(this.#frames, end, () => undefined);
      this.#complete();
    }
    this.#frames = [];
    this.#tell();
  }

  end(): void {
    this.ended = true;
    this.window.version++;
    this.#tell();
  }

  #complete(): void {
    this.window.complete({ shortest: SHORTEST_MEASURED, least: this.#options.least() });
  }

  #tell(): void {
    for (const listener of this.listeners) listener();
  }

  #early(frame: Frame, tolerance: number): void {
    if (!this.tracks.includes(frame.track)) return;
    const isPicture = frame.track.kind === 'video';
    if (isPicture && (this.leads || (!frame.key && this.#frames.length === 0))) return;
    if (isPicture && frame.key) this.#frames = [];
    this.#frames.push(frame);
    if (this.#frames.length > MAX_EARLY) this.#frames.shift();
    if (this.#offer && isPicture && this.#aligns(this.#offer, tolerance)) this.#open(this.#offer);
  }

  #aligns({ start }: Opening, tolerance: number): boolean {
    const [first] = this.#frames;
    return first !== undefined && first.key && Math.abs(first.dts - start) <= tolerance;
  }

  /** What was offered was not taken: its time stays empty where the list has begun. */
  #giveUp(end: number): void {
    const offer = this.#offer;
    this.#offer = undefined;
    if (!offer) return;
    if (this.tracks.length > 0) this.misses++;
    if (this.window.listed.length === 0) return;
    this.window.current = new Segment({ ...offer, init: this.#init! });
    this.window.current.add({ duration: end - offer.start, bytes: new Uint8Array(), independent: false });
    this.#complete();
    this.#tell();
  }

  #open(opening: Opening): void {
    this.#offer = undefined;
    this.misses = 0;
    this.#configure();
    this.#frames = this.#frames.filter(
      ({ track, dts }) => this.#written.includes(track) && dts >= opening.start - EARLIEST,
    );
    this.window.current = new Segment({ ...opening, init: this.#init! });
    this.window.version++;
    this.#from = opening.start;
  }

  /** What is written from here on is of the tracks in force. */
  #configure(): void {
    if (this.#written !== this.tracks || !this.#init) {
      const bytes = this.#options.muxer.init(this.tracks);
      const isSame =
        this.#init && (bytes ? this.#init.bytes && equalBytes(bytes, this.#init.bytes) : !this.#init.bytes);
      if (!isSame) this.#init = { number: (this.#init?.number ?? 0) + 1, bytes };
      this.#written = this.tracks;
    }
  }

  #reached(boundary: Boundary, tolerance: number): boolean {
    const { time, opens } = boundary;
    if (this.leads) return !opens || !this.#awaitsSound(boundary);
    const isPicture = this.kind === 'video';
    return this.#frames.some(({ dts, key }) =>
      isPicture && opens ? (key && Math.abs(dts - time) <= tolerance) || dts > time + tolerance : dts >= time,
    );
  }

  /** A sound will soon have come as far, unless it pauses: players take a segment whose sound ends before it for damaged. */
  #awaitsSound({ time, by }: Boundary): boolean {
    if (this.tracks !== this.#written || this.#frames.some(({ dts }) => dts >= time + HELD)) return false;
    return this.#written.some((track) => {
      if (track === by || track.kind !== 'audio') return false;
      const newest = this.#frames.findLast((frame) => frame.track === track);
      return newest !== undefined && newest.dts < time && newest.dts >= time - HELD;
    });
  }

  #apply(boundary: Boundary, tolerance: number): void {
    const { time, opens } = boundary;
    this.#due = undefined;
    const split = this.#split(boundary, tolerance);
    const later = this.#frames.filter(({ dts }) => dts >= split);
    if (this.leads) this.#holdBack(boundary, later);
    const now = this.#frames.filter((frame) => !later.includes(frame));
    this.#frames = later;
    this.#write(now, time, (track) => {
      const next = later.find((frame) => frame.track === track)?.dts;
      return next ?? (track === boundary.by ? boundary.next : undefined);
    });
    if (opens) {
      this.#complete();
      this.#open(opens);
    }
    this.#tell();
  }

  /** Where key frames of several tracks are not at quite the same time, each begins its own segment. */
  #split({ time, opens }: Boundary, tolerance: number): number {
    if (!opens || this.leads) return time;
    const key = this.#frames.find(
      (frame) => frame.track.kind === 'video' && frame.key && Math.abs(frame.dts - time) <= tolerance,
    );
    return key?.dts ?? time;
  }

  /** The newest sound waits for the next, which says how long it lasts; of those that are written it is known. */
  #holdBack({ by, time }: Boundary, later: Frame[]): void {
    for (const track of this.#written) {
      if (track === by || track.kind !== 'audio' || later.some((frame) => frame.track === track)) continue;
      const newest = this.#frames.findLast((frame) => frame.track === track);
      if (newest && newest.dts >= Math.min(this.#from, time - HELD)) later.unshift(newest);
    }
  }

  #write(frames: readonly Frame[], end: number, next: (track: Track) => number | undefined): void {
    const segment = this.window.current!;
    const duration = end - this.#from;
    this.#from = end;
    this.window.version++;
    if (frames.length === 0) {
      if (duration > 0) segment.add({ duration, bytes: new Uint8Array(), independent: false });
      return;
    }
    const begins = segment.size === 0;
    const { shift } = segment;
    const bytes = this.#options.muxer.write({
      tracks: this.#written,
      frames: shift === 0 ? frames : frames.map((frame) => earlier(frame, shift)),
      sequence: ++this.#pieces,
      begins,
      next: (track) => {
        const time = next(track);
        return time === undefined ? undefined : time - shift;
      },
    });
    const pictures = frames.filter(({ track }) => track.kind === 'video');
    const sound = !this.#written.some(({ kind }) => kind === 'video');
    if (begins) segment.independent = sound || pictures[0]?.key === true;
    segment.add({ duration, bytes, independent: sound || pictures[0]?.key === true });
    this.#pictures.count += pictures.length;
    this.#pictures.time += duration;
  }
}

function earlier(frame: Frame, by: number): Frame {
  return { ...frame, dts: frame.dts - by, pts: frame.pts - by };
}

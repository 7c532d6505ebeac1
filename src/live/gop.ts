import { type Frame, mainTrack, type Track } from '../media/frame.ts';
import { SECOND } from '../media/time.ts';
import { PackedFrames } from './packed-frames.ts';

/** Without pictures a joiner gets about this much sound at once, enough to fill a player's buffer. */
const AUDIO_SPAN = SECOND;
/** When the picture stands still for this long, sound alone may be joined. */
const VIDEO_SILENCE = 2 * SECOND;

/** Players of segments begin three of them behind the end, of which each has a GOP at least (rfc8216bis, 6.3.3). */
const PAST = 3;

/** Bytes that a frame takes beside its data. */
const FRAME = 256;

/** Bytes of memory that a frame takes, about. Many small ones weigh more than what is in them. */
export function weight({ data }: Frame): number {
  return FRAME + data.length;
}

/** What is kept of a stream. `bytes` counts what frames weigh, and bounds all of it. */
export interface GopLimits {
  /** µs that the current GOP may have to be given to a joiner at once; 0 turns instant start off. */
  duration: number;
  bytes: number;
  /** µs of a segment: as many of them are kept before the current GOP as players of segments begin behind the end; 0 is none. */
  segment?: number;
}

/** Frames from one join point to the next. */
export interface Gop {
  /** In force at the first frame. */
  readonly tracks: readonly Track[];
  readonly frames: readonly Frame[];
  /** Frames of another publisher begin at this one of them. */
  readonly break: number | undefined;
}

/** A GOP of the past; its frames are made anew for each who asks. */
class PastGop implements Gop {
  readonly tracks: readonly Track[];
  readonly break: number | undefined;
  /** When it begins. */
  readonly dts: number;
  /** What its frames weigh. */
  readonly bytes: number;
  readonly #frames: PackedFrames;

  constructor({ tracks, frames, break: other }: Gop, bytes: number) {
    this.tracks = tracks;
    this.break = other;
    this.dts = frames[0]!.dts;
    this.bytes = bytes;
    this.#frames = new PackedFrames(frames);
  }

  get frames(): readonly Frame[] {
    return this.#frames.unpack();
  }
}

/** Says at which frames a joiner can start: the first, key frames, or about once a second where there is no picture. */
export class JoinPoints {
  #last = -Infinity;
  #hadVideo = false;
  /** Time of the first sound after the newest picture. By the sound's own clock: those of a publisher may have drifted apart. */
  #quietSince: number | undefined;
  readonly #midway: boolean;

  /** `midway`: what comes first is in the middle of a GOP, and sound alone no start. */
  constructor({ midway = false }: { midway?: boolean } = {}) {
    this.#midway = midway;
  }

  at(frame: Frame, tracks: readonly Track[]): boolean {
    const { kind } = frame.track;
    // Joiners begin with the picture that is played, wherever others have their key frames.
    if (kind === 'data' || mainTrack(tracks, kind)?.id !== frame.track.id) return false;
    if (kind === 'video') {
      this.#hadVideo = true;
      this.#quietSince = undefined;
    } else this.#quietSince ??= frame.dts;
    const start = kind === 'video' ? frame.key : this.#soundAlone(frame, tracks);
    if (start) this.#last = frame.dts;
    return start;
  }

  #soundAlone(frame: Frame, tracks: readonly Track[]): boolean {
    const alone = !mainTrack(tracks, 'video');
    // Sound that comes a little before the first picture is heard by those who wait.
    if (this.#last === -Infinity) return alone || !this.#midway;
    if (frame.dts - this.#last < AUDIO_SPAN) return false;
    if (alone) return true;
    return this.#hadVideo && frame.dts - this.#quietSince! > VIDEO_SILENCE;
  }
}

/**
 * The frames since the last join point, so that any output made later starts at once, and the GOPs before, for those who
 * begin further back. When the current GOP exceeds a limit the cache is empty until the next join point: half a GOP cannot
 * be decoded.
 */
export class GopCache {
  readonly #limits: GopLimits;
  #past: PastGop[] = [];
  #pastBytes = 0;
  #frames: Frame[] = [];
  #tracks: readonly Track[] = [];
  #bytes = 0;
  #open = false;
  #break: number | undefined;

  constructor(limits: GopLimits) {
    this.#limits = limits;
  }

  /** Whole GOPs before the current one, the oldest first. Nothing is missing between them. */
  get past(): readonly Gop[] {
    return this.#past;
  }

  get current(): Gop {
    return { tracks: this.#tracks, frames: this.#frames, break: this.#break };
  }

  /** Another publisher's frames follow. */
  mark(): void {
    if (this.#frames.length > 0) this.#break = this.#frames.length;
  }

  add(frame: Frame, start: boolean, tracks: readonly Track[]): void {
    if (start) this.#begin(frame.dts, tracks);
    if (!this.#open) return;
    this.#frames.push(frame);
    this.#bytes += weight(frame);
    const { duration, bytes } = this.#limits;
    while (this.#past.length > 0 && this.#pastBytes + this.#bytes > bytes) this.#forgetOldest();
    if (frame.dts - this.#frames[0]!.dts > duration || this.#bytes > bytes) this.clear();
  }

  clear(): void {
    this.#past = [];
    this.#pastBytes = 0;
    this.#clearCurrent();
    this.#open = false;
  }

  #begin(time: number, tracks: readonly Track[]): void {
    const { duration, segment = 0 } = this.#limits;
    // Who begins with sound alone has none of the pictures that follow: many players take up no track later.
    if (!mainTrack(this.#tracks, 'video') && mainTrack(tracks, 'video')) this.clear();
    if (segment > 0 && this.#frames.length > 0) {
      this.#past.push(new PastGop(this.current, this.#bytes));
      this.#pastBytes += this.#bytes;
      while (this.#past.length > PAST && this.#past[1]!.dts <= time - PAST * segment) this.#forgetOldest();
    }
    this.#clearCurrent();
    this.#open = duration > 0;
    this.#tracks = tracks;
  }

  #clearCurrent(): void {
    this.#frames = [];
    this.#bytes = 0;
    this.#break = undefined;
  }

  #forgetOldest(): void {
    this.#pastBytes -= this.#past.shift()!.bytes;
  }
}

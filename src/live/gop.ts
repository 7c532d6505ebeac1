import { type Frame, mainTrack, type Track } from '../media/frame.ts';
import { SECOND } from '../media/time.ts';

/** Without pictures a joiner gets about this much sound at once, enough to fill a player's buffer. */
const AUDIO_SPAN = SECOND;
/** When the picture stands still for this long, sound alone may be joined. */
const VIDEO_SILENCE = 2 * SECOND;

/** Bytes that a frame takes beside its data. */
const FRAME = 256;

/** Bytes of memory that a frame takes, about. Many small ones weigh more than what is in them. */
export function weight({ data }: Frame): number {
  return FRAME + data.length;
}

/** What a joiner may be given at once: both bound it. `bytes` counts what frames weigh. */
export interface GopLimits {
  /** µs; 0 turns instant start off. */
  duration: number;
  bytes: number;
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
 * The frames since the last join point, so that any output made later starts at once. When they exceed a limit the
 * cache is empty until the next join point: half a GOP cannot be decoded.
 */
export class GopCache {
  readonly #limits: GopLimits;
  #frames: Frame[] = [];
  #tracks: readonly Track[] = [];
  #bytes = 0;
  #open = false;
  /** Frames of another publisher begin at this one of them. */
  break: number | undefined;

  constructor(limits: GopLimits) {
    this.#limits = limits;
  }

  get frames(): readonly Frame[] {
    return this.#frames;
  }

  /** The tracks in force at the first cached frame. */
  get tracks(): readonly Track[] {
    return this.#tracks;
  }

  /** Another publisher's frames follow. */
  mark(): void {
    if (this.#frames.length > 0) this.break = this.#frames.length;
  }

  add(frame: Frame, start: boolean, tracks: readonly Track[]): void {
    if (start) {
      this.clear();
      this.#open = this.#limits.duration > 0;
      this.#tracks = tracks;
    }
    if (!this.#open) return;
    this.#frames.push(frame);
    this.#bytes += weight(frame);
    const span = frame.dts - this.#frames[0]!.dts;
    if (span > this.#limits.duration || this.#bytes > this.#limits.bytes) this.clear();
  }

  clear(): void {
    this.#frames = [];
    this.#bytes = 0;
    this.#open = false;
    this.break = undefined;
  }
}

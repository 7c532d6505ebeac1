import { type Frame, MAX_COMPOSITION, type Track } from '../media/frame.ts';
import { SECOND } from '../media/time.ts';

/** A track that steps back by more than this has jumped; less is jitter of its clock and is held still. */
const STEP_BACK = 50_000;
/** A track may run ahead of real time by this much between two frames before it counts as a jump. */
const STEP_AHEAD = 3 * SECOND;
/** Tracks of one publisher are interleaved at most this far apart. */
const INTERLEAVE = 3 * SECOND;
/** A track that is held still for longer than this has jumped back after all. */
const HELD = 200_000;

/** A span in which the publisher's clock and the stream's differ by one constant. */
interface Era {
  offset: number;
  /** Last of the publisher's times in it, and when it came. */
  raw: number;
  at: number;
}

interface Place {
  era: Era;
  raw: number;
  at: number;
  out: number;
  /** Since when it is held still. */
  held: number | undefined;
}

/**
 * Maps one publisher's times to the stream's own: continuous over jumps and restarts, never backwards within a track,
 * and advancing with real time across a gap, so that the live edge does not drift.
 */
export class Timeline {
  /** The stream's time of the newest frame, and the monotonic time at which it came. */
  edge: number;
  at: number;
  /** How many times the publisher's clock jumped. */
  jumps = 0;
  readonly #base: number;
  readonly #places = new Map<number, Place>();
  #era: Era | undefined;

  /** `base`: the stream's time at the first frame. All times in µs. */
  constructor(options: { base: number; now: number }) {
    this.#base = options.base;
    this.edge = options.base;
    this.at = options.now;
  }

  /** The same frame with the stream's times and the stream's own `track`. `now` is monotonic. */
  map(frame: Frame, track: Track, now: number): Frame {
    const place = this.#place(frame.track, frame.dts, now);
    if (frame.dts + place.era.offset >= place.out) place.held = undefined;
    else if (now - (place.held ??= now) > HELD && track.kind !== 'data') this.#leap(place, frame.dts, now);
    const { offset } = place.era;
    // Data does not run ahead of sound and picture, so that it goes on from there after a change of publisher, too.
    const limit = track.kind === 'data' ? this.edge + now - this.at : Infinity;
    const dts = Math.max(Math.min(frame.dts + offset, limit), place.out);
    const composition = Math.max(-MAX_COMPOSITION, Math.min(MAX_COMPOSITION, frame.pts - frame.dts));
    // The presentation time stays true where the decode time is held still, so that sound and picture stay together.
    const pts = Math.max(dts - MAX_COMPOSITION, Math.min(frame.dts + offset, limit) + composition);
    place.raw = place.era.raw = frame.dts;
    place.at = place.era.at = now;
    place.out = dts;
    if (frame.track.kind !== 'data') {
      if (dts > this.edge) this.at = now;
      this.edge = Math.max(this.edge, dts);
    }
    return { track, dts, pts, key: frame.key, data: frame.data };
  }

  #place(track: Track, raw: number, now: number): Place {
    const place = this.#places.get(track.id);
    if (place && follows(place, raw, now, STEP_BACK)) return place;
    const era = this.#eraOf(track, raw, now);
    if (place) {
      place.era = era;
      return place;
    }
    const created: Place = { era, raw, at: now, out: this.#base, held: undefined };
    this.#places.set(track.id, created);
    return created;
  }

  /** Ends the hold: the track goes where the others went, or all follow it. */
  #leap(place: Place, raw: number, now: number): void {
    place.held = undefined;
    place.era = place.era !== this.#era && this.#era ? this.#era : this.#begin(raw, now);
  }

  #eraOf(track: Track, raw: number, now: number): Era {
    if (this.#era && follows(this.#era, raw, now, INTERLEAVE)) return this.#era;
    // Data says nothing of the clock: a metadata message at time 0 in the middle of a stream is no restart.
    const aside = track.kind === 'data' && this.#places.size > 0;
    return this.#begin(raw, now, aside);
  }

  #begin(raw: number, now: number, aside = false): Era {
    const elapsed = this.#era ? now - this.at : 0;
    const era: Era = { offset: this.edge + elapsed - raw, raw, at: now };
    if (aside) return era;
    if (this.#era) this.jumps++;
    this.#era = era;
    return era;
  }
}

function follows(last: { raw: number; at: number }, raw: number, now: number, back: number): boolean {
  const step = raw - last.raw;
  return step >= -back && step <= now - last.at + STEP_AHEAD;
}

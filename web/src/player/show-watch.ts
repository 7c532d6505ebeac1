/** Media are there, and still nothing of them is shown after this long. ms */
const FIRST_PICTURE = 2000;
/** Bytes come, and still there are no media in them after this long: a key frame may be far away. ms */
const FIRST_MEDIA = 8000;
/** Playback that stands for this long, although there is this much (s) to go on with, does not go on by itself. ms */
const FROZEN = 3000;
const ENOUGH = 1;
/** Bytes come, and still it stands for this long: they are not those that it waits for. ms */
const STANDING = 8000;

/** What can be seen of a connection at a moment. */
export interface Shown {
  /** Monotonic, ms. */
  now: number;
  /** The media element's time, s. */
  time: number;
  /** s after that time that are there. */
  ahead: number;
  /** There is a picture, or sound, of this moment. */
  current: boolean;
}

/** Notices that what comes is not shown, or no longer. */
export class ShowWatch {
  #since: number | undefined;
  #mediaSince: number | undefined;
  /** When playback last moved, and to where; since when it has stood although there is enough. */
  #moved: { at: number; time: number } | undefined;
  #enoughSince: number | undefined;

  /** A new connection, or one that need not show anything for now: paused, or not looked at. */
  restart(): void {
    this.#since = undefined;
    this.#mediaSince = undefined;
    this.#moved = this.#enoughSince = undefined;
  }

  /** Looks at it, once bytes have come. True if it has to be given up. */
  step({ now, time, ahead, current }: Shown): boolean {
    if (!current) {
      this.#moved = this.#enoughSince = undefined;
      this.#since ??= now;
      if (ahead > 0) this.#mediaSince ??= now;
      if (this.#mediaSince !== undefined) return now - this.#mediaSince >= FIRST_PICTURE && ahead > ENOUGH / 2;
      return now - this.#since >= FIRST_MEDIA;
    }
    this.#since = this.#mediaSince = undefined;
    if (this.#moved?.time !== time) {
      this.#moved = { at: now, time };
      this.#enoughSince = undefined;
    }
    if (ahead < ENOUGH) this.#enoughSince = undefined;
    else this.#enoughSince ??= now;
    const frozen = this.#enoughSince !== undefined && now - this.#enoughSince >= FROZEN;
    return frozen || now - this.#moved.at >= STANDING;
  }
}

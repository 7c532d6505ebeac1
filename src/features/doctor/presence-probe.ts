import type { Frame, Track } from '../../media/frame.ts';
import { SECOND } from '../../media/time.ts';
import { unplayableIn } from './playable.ts';
import { thresholds } from './thresholds.ts';
import type { Values, Verdict } from './verdict.ts';

/** A kind that was heard of within this time is there. */
const PRESENT = 2 * SECOND;

interface Presence {
  /** Monotonic µs of the last frame, or of the publisher's beginning. */
  at: number;
  track: Track | undefined;
  /** What of the track cannot be played. */
  unplayable: Values | undefined;
}

/** Which kinds of tracks really come, and in which codecs. */
export class PresenceProbe {
  readonly #video: Presence;
  readonly #audio: Presence;

  constructor(now: number) {
    this.#video = { at: now, track: undefined, unplayable: undefined };
    this.#audio = { at: now, track: undefined, unplayable: undefined };
  }

  /** Of a main track that is picture or sound. */
  see({ track }: Frame, now: number): void {
    const presence = track.kind === 'video' ? this.#video : this.#audio;
    presence.at = now;
    if (presence.track === track) return;
    presence.track = track;
    presence.unplayable = unplayableIn(track);
  }

  /** A kind comes in a codec that cannot be carried at all, so that no frame of it is seen. `codec`: for people. */
  leaveOut(kind: 'video' | 'audio', codec: string): void {
    const presence = kind === 'video' ? this.#video : this.#audio;
    if (!presence.track) presence.unplayable = { codec, kind, browsers: 'none' };
  }

  /** Verdict on `audio-missing`. */
  noAudio(now: number): Verdict {
    return missing(this.#audio, this.#video, { now, limit: thresholds['audio-missing'].limits.comes.value });
  }

  /** Verdict on `video-missing`. */
  noVideo(now: number): Verdict {
    return missing(this.#video, this.#audio, { now, limit: thresholds['video-missing'].limits.comes.value });
  }

  /** Verdict on `codec-unplayable`; the picture comes first. */
  unplayable(): Verdict {
    const [video, audio] = [this.#video, this.#audio];
    return video.unplayable ?? audio.unplayable ?? (video.track && audio.track ? 'well' : undefined);
  }
}

/** Where neither comes the line is down, which is no fault of either. */
function missing(kind: Presence, other: Presence, { now, limit }: { now: number; limit: number }): Verdict {
  const leftOut = !kind.track && kind.unplayable;
  if (leftOut || (kind.track && now - kind.at < PRESENT)) return 'well';
  const otherComes = other.track !== undefined && now - other.at < PRESENT;
  return otherComes && now - kind.at > limit * SECOND ? {} : undefined;
}

import type { Codec, Frame } from '../../media/frame.ts';
import { SECOND } from '../../media/time.ts';
import { unplayable } from './playable.ts';
import { thresholds } from './thresholds.ts';
import type { Verdict } from './verdict.ts';

/** A kind that was heard of within this time is there. */
const PRESENT = 2 * SECOND;

interface Presence {
  /** Monotonic µs of the last frame, or of the publisher's beginning. */
  at: number;
  codec: Codec | undefined;
}

/** Which kinds of tracks really come, and in which codecs. */
export class PresenceProbe {
  #video: Presence;
  #audio: Presence;

  constructor(now: number) {
    this.#video = { at: now, codec: undefined };
    this.#audio = { at: now, codec: undefined };
  }

  /** Of a main track that is picture or sound. */
  see({ track }: Frame, now: number): void {
    const presence = track.kind === 'video' ? this.#video : this.#audio;
    presence.at = now;
    presence.codec = track.codec;
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
    const kinds = { video: this.#video.codec, audio: this.#audio.codec };
    for (const [kind, codec] of Object.entries(kinds)) {
      if (codec && codec in unplayable) return { codec, kind };
    }
    return kinds.video && kinds.audio ? 'well' : undefined;
  }
}

/** Where neither comes the line is down, which is no fault of either. */
function missing(kind: Presence, other: Presence, { now, limit }: { now: number; limit: number }): Verdict {
  if (kind.codec && now - kind.at < PRESENT) return 'well';
  const otherComes = other.codec !== undefined && now - other.at < PRESENT;
  return otherComes && now - kind.at > limit * SECOND ? {} : undefined;
}

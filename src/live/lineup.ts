import { equalBytes } from '../media/bytes/bytes.ts';
import { sameSize } from '../media/codec/picture-size.ts';
import { sameColorInfo } from '../media/color-info.ts';
import { mainTrack, type Track } from '../media/frame.ts';
import { SECOND } from '../media/time.ts';

/** A returning publisher has this long to send again what there was before. */
const RETURN = SECOND;
/** A track that is silent for so long while another of its kind is not has ended. */
const SILENCE = 5 * SECOND;

/** What becomes of the frames of one of the publisher's tracks. */
export interface Lane {
  /** The stream's own track. */
  readonly track: Track;
  /** It is the one of its kind that is played. */
  main: boolean;
  /** A frame came that decoding can start at. */
  keyed: boolean;
  /** When its last frame came, monotonic µs. */
  at: number;
}

/**
 * The tracks of a stream over all of its publishers, in the order of their numbers: the lowest of a kind is played. What
 * a publisher announces anew without a change stays the same `Track`, so that its viewers notice nothing.
 */
export class Lineup {
  #tracks: readonly Track[] = [];
  /** By the publisher's tracks. */
  readonly #lanes = new Map<Track, Lane>();
  /** When the publisher began, and when silence was looked for, monotonic µs. */
  #began = 0;
  #looked = 0;

  get tracks(): readonly Track[] {
    return this.#tracks;
  }

  clear(): void {
    this.#tracks = [];
    this.#lanes.clear();
  }

  /** The next publisher of the broadcast comes with these tracks; what it has none of may still come. */
  begin(tracks: readonly Track[], now: number): boolean {
    this.#lanes.clear();
    this.#began = now;
    this.#looked = now;
    const own = tracks.map((track) => this.#adopt(track, now));
    const kept = this.#tracks.filter(({ kind }) => !own.some((track) => track.kind === kind));
    return this.#replace([...kept, ...own]);
  }

  /** True where this changes the tracks in force. */
  announce(track: Track, now: number): boolean {
    const own = this.#adopt(track, now);
    const others = this.#tracks.filter(({ id, kind }) => id !== own.id && (kind !== own.kind || this.#isSent(id)));
    return this.#replace([...others, own]);
  }

  lane(track: Track): Lane | undefined {
    return this.#lanes.get(track);
  }

  /** Lets go, once a second at most, what nobody sends any more. True where this changes the tracks in force. */
  settle(now: number): boolean {
    if (now - this.#looked < SECOND || now - this.#began < RETURN) return false;
    this.#looked = now;
    for (const [track, lane] of this.#lanes) if (this.#isOver(lane, now)) this.#lanes.delete(track);
    return this.#replace(this.#tracks.filter(({ id }) => this.#isSent(id)));
  }

  #adopt(track: Track, now: number): Track {
    const known = this.#tracks.find(({ id }) => id === track.id);
    const own = known && sameConfig(known, track) ? known : track;
    const [former, lane] = this.#laneOf(track.id) ?? [];
    if (former) this.#lanes.delete(former);
    const keyed = lane?.track.codec === track.codec && lane.keyed;
    this.#lanes.set(track, { track: own, main: false, keyed, at: now });
    return own;
  }

  #replace(tracks: readonly Track[]): boolean {
    const before = this.#tracks;
    const after = tracks.toSorted((a, b) => a.id - b.id);
    const changed = before.length !== after.length || before.some((track, index) => track !== after[index]);
    if (changed) this.#tracks = after;
    for (const lane of this.#lanes.values()) lane.main = mainTrack(this.#tracks, lane.track.kind) === lane.track;
    return changed;
  }

  #isOver(lane: Lane, now: number): boolean {
    if (now - lane.at < SILENCE || lane.track.kind === 'data') return false;
    return [...this.#lanes.values()].some(({ track, at }) => track.kind === lane.track.kind && now - at < SECOND);
  }

  #isSent(id: number): boolean {
    return this.#laneOf(id) !== undefined;
  }

  #laneOf(id: number): [Track, Lane] | undefined {
    return [...this.#lanes].find(([track]) => track.id === id);
  }
}

function sameConfig(a: Track, b: Track): boolean {
  if (a === b) return true;
  if (a.codec !== b.codec || !equalBytes(a.config, b.config)) return false;
  return sameSize(a.size, b.size) && sameColorInfo(a.color, b.color);
}

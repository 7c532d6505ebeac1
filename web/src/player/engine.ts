import type { ChoicesOf, Wanted } from './choices.ts';
import type { Kind } from './flv-tag.ts';
import type { Loss } from './joiner.ts';
import type { Plays } from './flv-gate.ts';
import type { Way } from './ways.ts';

/**
 * When that was live which the media element shows at a time: by the stream's clock, by the server's clock (ms since
 * 1970), or only how far behind the newest it is. All in ms.
 */
export type Moment = { media: number } | { wall: number } | { behind: number };

/**
 * How playback is kept near live. `page`: by jumps and speeds. `speed`: only by speeds, since what plays cannot jump.
 * `itself`: the media element knows best. `least`: s to keep in the buffer at least. `grain`: media come in pieces of
 * about so many s, so that the buffer goes up and down by as much.
 */
export type Edge = { by: 'page' | 'speed'; least: number; grain?: number } | { by: 'itself' };

export interface EngineOptions {
  way: Way;
  video: HTMLVideoElement;
  base: string;
  /** `live/SLUG` */
  path: string;
  /** Where a way can leave out kinds that cannot be played here, the other one plays alone. */
  plays: Plays;
  /** What the viewer has chosen before. */
  wanted: Wanted;
  /** So many more bytes have come; 0 where it is only known that some did. */
  bytes(count: number): void;
  /** What there is to choose from, and what of it is in use. */
  choices(choices: ChoicesOf): void;
  /** Joining anew is needed, as the stream's tracks changed. */
  change(): void;
  over(loss: Loss): void;
  /** Nothing of this can be played here in this way. */
  unsupported(): void;
}

/** One connection's worth of playing: made when the stream is joined, thrown away when it is left. */
export interface Engine {
  readonly edge: Edge;
  /** The newest stream time that has come; undefined where it is not known. ms */
  readonly latest: number | undefined;
  /** Kinds of media that come; empty as long as that is not known. */
  readonly kinds: readonly Kind[];
  /** When what the media element shows at `time` s was live. */
  moment(time: number): Moment | undefined;
  /** The viewer wants something else of what there is to choose. */
  choose(wanted: Wanted): void;
  destroy(): void;
}

export type OpenEngine = (options: EngineOptions) => Engine;

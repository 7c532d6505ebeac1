import type { Codec } from '../../media/frame.ts';

/**
 * Different sets of codecs in use at a time. Each costs every stream that is played with it a muxing of its own; players
 * that exist know of four.
 */
const MAX_SETS = 16;

const NONE: ReadonlySet<Codec> = new Set();

/** A player's share in a set. */
export interface CodecShare {
  /** Codecs beyond those of plain RTMP that it is sent. */
  readonly reads: ReadonlySet<Codec>;
  /** The same for all players with this set, and empty for plain RTMP. */
  readonly name: string;
  leave(): void;
}

/** The sets of codecs that players of a server announced. */
export class CodecSets {
  /** Players by set. */
  readonly #players = new Map<string, number>();

  /** A share in the set that was announced, or in that of plain RTMP where too many others are in use. */
  join(announced: ReadonlySet<Codec>): CodecShare {
    const name = [...announced].toSorted().join(' ');
    const players = this.#players.get(name) ?? 0;
    if (announced.size === 0 || (players === 0 && this.#players.size >= MAX_SETS))
      return { reads: NONE, name: '', leave() {} };
    this.#players.set(name, players + 1);
    let left = false;
    return {
      reads: announced,
      name,
      leave: () => {
        if (left) return;
        left = true;
        const others = this.#players.get(name)! - 1;
        if (others === 0) this.#players.delete(name);
        else this.#players.set(name, others);
      },
    };
  }
}

import type { Codec } from '../../media/frame.ts';

/**
 * Different sets of codecs in use at a time in one stream. Each costs a muxing of its own; players that exist know of
 * four.
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

/** A set in use, and how many players have it. */
interface CodecSet {
  readonly reads: ReadonlySet<Codec>;
  readonly name: string;
  players: number;
}

/** The sets of codecs that players of a server's streams announced. */
export class CodecSets {
  /** By the stream's path, then by name. */
  readonly #streams = new Map<string, Map<string, CodecSet>>();

  /**
   * A share in the set that a player of this stream announced. Where too many others are in use, the largest of these
   * that it can read, and that of plain RTMP where there is none.
   */
  join(path: string, announced: ReadonlySet<Codec>): CodecShare {
    if (announced.size === 0) return { reads: NONE, name: '', leave() {} };
    const sets = this.#streams.get(path) ?? new Map<string, CodecSet>();
    const name = [...announced].toSorted().join(' ');
    const set =
      sets.get(name) ?? (sets.size < MAX_SETS ? { reads: announced, name, players: 0 } : largest(sets, announced));
    if (!set) return { reads: NONE, name: '', leave() {} };
    set.players++;
    sets.set(set.name, set);
    this.#streams.set(path, sets);
    let left = false;
    return {
      reads: set.reads,
      name: set.name,
      leave: () => {
        if (left) return;
        left = true;
        if (--set.players > 0) return;
        sets.delete(set.name);
        if (sets.size === 0) this.#streams.delete(path);
      },
    };
  }
}

/** The largest of these sets that has nothing in it but what was announced. */
function largest(sets: ReadonlyMap<string, CodecSet>, announced: ReadonlySet<Codec>): CodecSet | undefined {
  let best: CodecSet | undefined;
  for (const set of sets.values()) {
    const isReadable = [...set.reads].every((codec) => announced.has(codec));
    if (isReadable && set.reads.size > (best?.reads.size ?? 0)) best = set;
  }
  return best;
}

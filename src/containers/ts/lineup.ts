import { equalBytes } from '../../media/bytes/bytes.ts';
import { toHex } from '../../media/bytes/hex.ts';
import type { Track } from '../../media/frame.ts';
import { clockPid, programOf, tablePackets, VERSIONS } from './psi-writer.ts';

/** The tracks that a stream has at a time, as its tables tell them. */
export class Lineup {
  tracks: readonly Track[] = [];
  /** The PID that tells the clock. */
  clock: number = clockPid([]);
  /** The packets of PAT and PMT, but for their continuity counters. */
  tables: Uint8Array;
  #program: Uint8Array;
  /** Numbers of versions by what the tables say; the newest last. */
  readonly #versions = new Map<string, number>();
  #version = 0;

  constructor() {
    this.#program = programOf([]);
    this.tables = tablePackets(this.#program, 0);
  }

  /** Puts tracks in force; true where the tables say something else from here on. */
  set(tracks: readonly Track[]): boolean {
    this.tracks = tracks;
    const program = programOf(tracks);
    if (equalBytes(program, this.#program)) return false;
    this.#program = program;
    this.clock = clockPid(tracks);
    this.tables = tablePackets(program, this.#number(program));
    return true;
  }

  /** The tables of some tracks, in force or not: of the same version whenever they are asked for. */
  tablesOf(tracks: readonly Track[]): Uint8Array {
    const program = programOf(tracks);
    return tablePackets(program, this.#versions.get(toHex(program)) ?? this.#number(program));
  }

  /** The next number, which stands for this program from here on. */
  #number(program: Uint8Array): number {
    const name = toHex(program);
    const version = this.#version;
    this.#version = (version + 1) % VERSIONS;
    this.#versions.delete(name);
    this.#versions.set(name, version);
    for (const [oldest] of this.#versions) {
      if (this.#versions.size <= VERSIONS / 2) break;
      this.#versions.delete(oldest);
    }
    return version;
  }
}

import { ProtocolError } from '../../errors.ts';
import type { ByteReader } from '../../media/bytes/byte-reader.ts';
import { fullBoxOf } from './box-reader.ts';
import type { SampleDefaults } from './movie-reader.ts';
import type { TrackLane } from './track-lane.ts';

/** Samples of one run: an hour of pictures at 18 a second, ten minutes of the shortest sounds there are. */
const MAX_SAMPLES = 2 ** 16;

/** Flags of `trun` (ISO/IEC 14496-12, 8.8.8). */
const flag = { dataOffset: 1, firstFlags: 4, duration: 0x100, size: 0x200, flags: 0x400, offset: 0x800 } as const;

export interface RunContext {
  /** Undefined where nobody wants it; it is measured all the same. */
  track: TrackLane | undefined;
  /** From where its data offset counts, and where it begins without one. */
  base: number;
  end: number;
  /** Decode time of the first sample. */
  ticks: number;
  defaults: SampleDefaults;
}

/** One `trun`: reads its table sample by sample, since it may promise far more of them than there will be. */
export class RunReader {
  readonly track: TrackLane | undefined;
  readonly entry: number;
  /** Where its data ends, and the decode time of what follows it. */
  readonly end: number;
  readonly endTicks: number;
  /** Samples that are left, the one that is looked at included. */
  left: number;
  /** Of the sample that is looked at: where its data lies, its bytes, decode time and composition offset in ticks. */
  position: number;
  size = 0;
  ticks: number;
  offset = 0;
  #duration = 0;
  readonly #flags: number;
  readonly #table: ByteReader;
  readonly #defaults: SampleDefaults;

  /** @throws ProtocolError where the table is shorter than its count says, and for too many samples. */
  constructor(trun: Uint8Array, { track, base, end, ticks, defaults }: RunContext) {
    const { flags, reader } = fullBoxOf(trun);
    const count = reader.u32();
    const begin = (flags & flag.dataOffset) !== 0 ? base + reader.i32() : end;
    if ((flags & flag.firstFlags) !== 0) reader.skip(4);
    const width = bytesOf(flags);
    if (count > MAX_SAMPLES) {
      throw new ProtocolError(`A run has ${count} samples; at most ${MAX_SAMPLES} are allowed.`, 'limit-exceeded');
    }
    if (count * width > reader.left) throw new ProtocolError(`A run of ${count} samples has no room for them.`);
    this.track = track;
    this.entry = defaults.entry;
    this.#flags = flags;
    this.#table = reader;
    this.#defaults = defaults;
    const measured = this.#measure(count);
    this.end = begin + measured.size;
    this.endTicks = ticks + measured.duration;
    this.position = begin;
    this.ticks = ticks;
    // Samples without bytes are no frames: where all of them are empty, there is nothing to read.
    this.left = measured.size > 0 ? count : 0;
    if (this.left > 0) this.#load();
  }

  /** Goes on to the next sample. */
  advance(): void {
    this.position += this.size;
    this.ticks += this.#duration;
    this.left--;
    if (this.left > 0) this.#load();
  }

  /** Leaves out what is left. */
  abandon(): void {
    this.left = 0;
  }

  #measure(count: number): { size: number; duration: number } {
    const { size, duration } = this.#defaults;
    if ((this.#flags & (flag.size | flag.duration)) === 0) return { size: count * size, duration: count * duration };
    const { position } = this.#table;
    const sum = { size: 0, duration: 0 };
    for (let i = 0; i < count; i++) {
      this.#load();
      sum.size += this.size;
      sum.duration += this.#duration;
    }
    this.#table.position = position;
    return sum;
  }

  /** Some writers have composition offsets with a sign in version 0, too, where none is meant to be that large. */
  #load(): void {
    const table = this.#table;
    const flags = this.#flags;
    this.#duration = (flags & flag.duration) !== 0 ? table.u32() : this.#defaults.duration;
    this.size = (flags & flag.size) !== 0 ? table.u32() : this.#defaults.size;
    if ((flags & flag.flags) !== 0) table.skip(4);
    this.offset = (flags & flag.offset) !== 0 ? table.i32() : 0;
  }
}

/** Bytes of one sample in the table. */
function bytesOf(flags: number): number {
  const fields = [flag.duration, flag.size, flag.flags, flag.offset].filter((field) => (flags & field) !== 0);
  return 4 * fields.length;
}

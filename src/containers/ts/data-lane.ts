import type { Track } from '../../media/frame.ts';
import type { Findings } from '../findings.ts';
import { LaneRoom } from './lane-room.ts';
import type { LaneTimes } from './lane-times.ts';
import { streamId } from './packet.ts';
import type { Lane, PesHead } from './pes-reader.ts';

const NO_CONFIG = new Uint8Array(0);

/** A metadata access unit cell (ISO/IEC 13818-1, 2.12.4.2), and the two bits that say which part of a unit it is. */
const CELL_HEADER = 5;
const FRAGMENT = { first: 2, last: 1, whole: 3 } as const;

/** Bytes of a PES packet of data; what does not end by itself ends here. */
const MAX_DATA = 0xffff;

/** One track of KLV or ID3: each PES packet is a frame, or holds cells with a frame each. */
export class DataLane implements Lane {
  readonly #track: Track;
  readonly #found: Findings;
  readonly #times: LaneTimes;
  readonly #room = new LaneRoom();
  /** The cells of a unit that goes on. */
  readonly #unit = new LaneRoom();
  #head: PesHead | undefined;

  constructor(options: { id: number; codec: 'klv' | 'id3'; found: Findings; times: LaneTimes }) {
    this.#track = { id: options.id, kind: 'data', codec: options.codec, config: NO_CONFIG };
    this.#found = options.found;
    this.#times = options.times;
    this.#found.track(this.#track);
  }

  begin(head: PesHead): void {
    this.#head = head;
    this.#room.clear();
  }

  append(payload: Uint8Array): void {
    if (this.#room.length + payload.length <= MAX_DATA) this.#room.append(payload);
  }

  finish(): void {
    const bytes = this.#room.bytes.slice();
    const head = this.#head;
    this.#room.clear();
    if (!head || bytes.length === 0) return;
    const dts = this.#times.told(head)?.pts ?? this.#times.now;
    if (dts === undefined) this.#found.drop();
    else if (head.streamId === streamId.metadata) this.#cells(bytes, dts);
    else this.#emit(bytes, dts);
  }

  spoil(): void {
    if (this.#room.length > 0) this.#found.drop();
    this.#room.clear();
    this.#unit.clear();
  }

  end(): void {
    this.#room.clear();
  }

  #cells(bytes: Uint8Array, dts: number): void {
    for (let at = 0; at + CELL_HEADER <= bytes.length;) {
      const part = bytes[at + 2]! >> 6;
      const start = at + CELL_HEADER;
      const end = start + ((bytes[at + 3]! << 8) | bytes[at + 4]!);
      if (end > bytes.length) {
        this.#found.drop();
        return;
      }
      this.#cell(bytes.subarray(start, end), part, dts);
      at = end;
    }
  }

  #cell(data: Uint8Array, part: number, dts: number): void {
    if (part === FRAGMENT.first || part === FRAGMENT.whole) this.#unit.clear();
    this.#unit.append(data);
    if (part !== FRAGMENT.last && part !== FRAGMENT.whole) return;
    this.#emit(this.#unit.bytes.slice(), dts);
    this.#unit.clear();
  }

  #emit(data: Uint8Array, at: number): void {
    if (data.length === 0) return;
    const dts = this.#times.next(at);
    this.#found.frame({ track: this.#track, dts, pts: dts, key: true, data });
  }
}

import { ProtocolError } from '../../errors.ts';
import type { Demuxer, MediaEvent, Unsupported } from '../demuxer.ts';
import { Findings } from '../findings.ts';
import { adaptationFlag, COUNTER, PACKET, PACKET_HEAD, packetFlag, pid as pids, ROOM } from './packet.ts';
import { PacketReader } from './packet-reader.ts';
import { Program } from './program.ts';
import { readPrograms, readStreams } from './program-map.ts';
import { tableId } from './psi-writer.ts';
import { type Section, SectionReader } from './section-reader.ts';
import { kindOf } from './stream-kind.ts';

/** adaptation_field_control. */
const HAS_PAYLOAD = 1;
const HAS_ADAPTATION = 2;

/** What reads the payloads of one PID. */
interface PidReader {
  push(payload: Uint8Array, starts: boolean): void;
  lose(): void;
}

/**
 * Reads MPEG-TS (ISO/IEC 13818-1) of packets of 188, 192 or 204 bytes: the first program that has anything that can be
 * read. Packets that are damaged, encrypted or missing cost the access units that they belong to, and no others. Frames
 * share no memory with the bytes that were pushed.
 *
 * Track ids: 1 video, 2 audio, 3 data, 4 captions; further ones from 0x100 on. Times are those in the stream, with the
 * wraps of their 33 bits undone; of a track, they do not step back but where its clock jumped.
 */
export class TsDemuxer implements Demuxer {
  readonly #found = new Findings();
  readonly #packets = new PacketReader();
  readonly #tables = new Map<number, SectionReader>();
  /** Number of the program by the PID of its map. */
  #maps = new Map<number, number>();
  #version: number | undefined;
  #program: Program = new Program(this.#found);
  /** Number of the program that is read. */
  #chosen: number | undefined;
  /** continuity_counter of the last packet with payload. */
  readonly #counters = new Map<number, number>();
  #ended = false;
  readonly #take = (bytes: Uint8Array, at: number): void => this.#packet(bytes, at);

  constructor() {
    this.#tables.set(pids.pat, new SectionReader((section) => this.#readPrograms(section)));
  }

  /** Codecs that came and cannot be read, each named once. */
  get unsupported(): readonly Unsupported[] {
    return this.#found.unsupported;
  }

  /** Access units that were damaged, or lost with their packets as far as that shows. */
  get damaged(): number {
    return this.#found.damaged;
  }

  push(bytes: Uint8Array): MediaEvent[] {
    if (this.#ended) throw new ProtocolError('The MPEG-TS demuxer has ended with an error.');
    try {
      this.#packets.push(bytes, this.#take);
    } catch (error) {
      this.#ended = true;
      this.#program = new Program(this.#found);
      this.#tables.clear();
      this.#found.take();
      throw error;
    }
    return this.#found.take();
  }

  /** Nothing follows: what was waiting for the beginning of the next picture. */
  end(): MediaEvent[] {
    if (this.#ended) return [];
    this.#ended = true;
    this.#program.end();
    return this.#found.take();
  }

  #packet(bytes: Uint8Array, at: number): void {
    const second = bytes[at + 1]!;
    const pid = ((second & 0x1f) << 8) | bytes[at + 2]!;
    const reader: PidReader | undefined = this.#tables.get(pid) ?? this.#program.readerOf(pid);
    if (!reader) return;
    if ((second & packetFlag.error) !== 0) return; // what its bytes say may be wrong; the next counter tells of it
    const fourth = bytes[at + 3]!;
    let start = at + PACKET_HEAD;
    let discontinuous = false;
    if (((fourth >> 4) & HAS_ADAPTATION) !== 0) {
      const length = bytes[start]!;
      if (length >= ROOM) {
        reader.lose();
        return;
      }
      discontinuous = length > 0 && (bytes[start + 1]! & adaptationFlag.discontinuity) !== 0;
      start += 1 + length;
    }
    if (((fourth >> 4) & HAS_PAYLOAD) === 0) return;
    if (!this.#follows(pid, fourth & COUNTER, discontinuous, reader)) return;
    if (fourth >> 6 !== 0) {
      reader.lose();
      this.#leaveOut(pid);
      return;
    }
    if (start < at + PACKET) reader.push(bytes.subarray(start, at + PACKET), (second & packetFlag.start) !== 0);
  }

  /** False for a packet that was sent twice (2.4.3.3). */
  #follows(pid: number, counter: number, discontinuous: boolean, reader: PidReader): boolean {
    const last = this.#counters.get(pid);
    this.#counters.set(pid, counter);
    if (last === undefined || discontinuous) return true;
    if (counter === last) return false;
    if (counter !== ((last + 1) & COUNTER)) reader.lose();
    return true;
  }

  #leaveOut(pid: number): void {
    const stream = this.#program.kinds.get(pid);
    this.#found.leaveOut(stream?.kind ?? 'data', 'encrypted MPEG-TS');
  }

  #readPrograms({ table, version, body }: Section): void {
    if (table !== tableId.pat) return;
    if (version !== this.#version) this.#maps = new Map();
    this.#version = version;
    for (const [number, pid] of readPrograms(body)) if (!this.#maps.has(pid)) this.#maps.set(pid, number);
    for (const pid of this.#tables.keys()) if (pid !== pids.pat && !this.#maps.has(pid)) this.#tables.delete(pid);
    for (const pid of this.#maps.keys()) {
      if (!this.#tables.has(pid)) this.#tables.set(pid, new SectionReader((section) => this.#readMap(section, pid)));
    }
    const numbers = [...this.#maps.values()];
    if (this.#chosen !== undefined && !numbers.includes(this.#chosen)) this.#chosen = undefined;
  }

  #readMap({ table, extension, body }: Section, pid: number): void {
    if (table !== tableId.pmt || this.#maps.get(pid) !== extension) return;
    if (this.#chosen !== undefined && this.#chosen !== extension) return;
    const streams = readStreams(body);
    const readable = streams.some((stream) => {
      const kind = kindOf(stream);
      return kind !== undefined && 'kind' in kind;
    });
    if (readable) this.#chosen = extension;
    this.#program.set(streams);
  }
}

import {
  adaptationFlag,
  COUNTER,
  PACKET,
  PACKET_HEAD,
  packetFlag,
  PCR,
  PES_FIXED,
  PES_HEAD,
  PES_TIME,
  pid,
  PIDS,
  ROOM,
  SYNC,
} from './packet.ts';
import { type Payload, putPayload } from './payload.ts';
import { putPcr, putTime } from './ticks.ts';

/** PES_packet_length has 16 bits; 0 stands for more, which only pictures may have (2.4.3.7). */
const MAX_LENGTH = 0xffff;

/** First byte of an optional PES header, with data_alignment_indicator: an access unit begins with the payload. */
const ALIGNED = 0x84;
const PTS_ONLY = { flags: 0x80, mark: 2 } as const;
const PTS_DTS = { flags: 0xc0, marks: [3, 1] } as const;

/** Length and flags in front of what an adaptation field holds. */
const ADAPTATION = 2;

/** One access unit on its way into packets. Times and clock in ticks of 33 bits. */
export interface Pes {
  pid: number;
  streamId: number;
  pts: number;
  dts: number;
  payload: Payload;
  /** The clock that its first packet tells. */
  pcr: number | undefined;
  /** Flags of the adaptation field of its first packet, but that of the clock. */
  flags: number;
}

/** Cuts what it is given into transport packets, each PID with its own continuity counter. */
export class PacketWriter {
  /** continuity_counter of the next packet with payload. */
  readonly #counters = new Uint8Array(PIDS);

  /** The tables of a header come before those that are counted here. */
  constructor() {
    this.#counters[pid.pat] = this.#counters[pid.pmt] = 1;
  }

  /** Bytes of all packets of an access unit. */
  sizeOf(pes: Pes): number {
    const first = ROOM - adaptationOf(pes);
    const rest = pesSize(pes) - first;
    return PACKET * (rest > 0 ? 1 + Math.ceil(rest / ROOM) : 1);
  }

  /**
   * Writes the packets of an access unit. The bytes are laid down at the end of their room first, and each packet's share
   * is moved to its place from there: what is written never reaches what is still to be moved.
   */
  write(out: Uint8Array, at: number, pes: Pes): number {
    const end = at + this.sizeOf(pes);
    let from = end - pesSize(pes);
    putPayload(out, putPesHead(out, from, pes), pes.payload);
    const first = adaptationOf(pes);
    for (let packet = at; packet < end; packet += PACKET) {
      const start = packet === at;
      const adaptation = Math.max(start ? first : 0, ROOM - (end - from));
      this.#putHead(out, packet, { pid: pes.pid, start, adaptation });
      const payload = packet + PACKET_HEAD + adaptation;
      if (adaptation > 0) putAdaptation(out, packet + PACKET_HEAD, adaptation, start ? pes : undefined);
      const share = packet + PACKET - payload;
      if (payload !== from) out.copyWithin(payload, from, from + share);
      from += share;
    }
    return end;
  }

  /** Writes a packet that tells nothing but the clock, which takes no continuity counter. */
  putClock(out: Uint8Array, at: number, clock: { pid: number; pcr: number; flags: number }): number {
    out[at] = SYNC;
    out[at + 1] = clock.pid >> 8;
    out[at + 2] = clock.pid;
    out[at + 3] = 0x20 | ((this.#counters[clock.pid]! - 1) & COUNTER);
    putAdaptation(out, at + PACKET_HEAD, ROOM, clock);
    return at + PACKET;
  }

  /** Writes packets that are complete but for their continuity counters. */
  putReady(out: Uint8Array, at: number, packets: Uint8Array): number {
    out.set(packets, at);
    const end = at + packets.length;
    for (let packet = at; packet < end; packet += PACKET) {
      const pid = ((out[packet + 1]! & 0x1f) << 8) | out[packet + 2]!;
      out[packet + 3] = (out[packet + 3]! & ~COUNTER) | this.#count(pid);
    }
    return end;
  }

  #putHead(out: Uint8Array, at: number, head: { pid: number; start: boolean; adaptation: number }): void {
    out[at] = SYNC;
    out[at + 1] = (head.start ? packetFlag.start : 0) | (head.pid >> 8);
    out[at + 2] = head.pid;
    out[at + 3] = (head.adaptation > 0 ? 0x30 : 0x10) | this.#count(head.pid);
  }

  #count(pid: number): number {
    const counter = this.#counters[pid]!;
    this.#counters[pid] = (counter + 1) & COUNTER;
    return counter;
  }
}

/** Bytes of the adaptation field that the first packet has in any case. */
function adaptationOf({ pcr, flags }: Pes): number {
  if (pcr !== undefined) return ADAPTATION + PCR;
  return flags === 0 ? 0 : ADAPTATION;
}

function pesSize({ pts, dts, payload }: Pes): number {
  const times = pts === dts ? PES_TIME : 2 * PES_TIME;
  return PES_HEAD + PES_FIXED + times + payload.head.length + payload.data.length;
}

function putPesHead(out: Uint8Array, at: number, pes: Pes): number {
  const { pts, dts } = pes;
  const length = pesSize(pes) - PES_HEAD;
  const told = length > MAX_LENGTH ? 0 : length;
  out[at] = out[at + 1] = 0;
  out[at + 2] = 1;
  out[at + 3] = pes.streamId;
  out[at + 4] = told >> 8;
  out[at + 5] = told;
  out[at + 6] = ALIGNED;
  const times = at + PES_HEAD + PES_FIXED;
  if (pts === dts) {
    out[at + 7] = PTS_ONLY.flags;
    out[at + 8] = PES_TIME;
    putTime(out, times, PTS_ONLY.mark, pts);
    return times + PES_TIME;
  }
  out[at + 7] = PTS_DTS.flags;
  out[at + 8] = 2 * PES_TIME;
  putTime(out, times, PTS_DTS.marks[0], pts);
  putTime(out, times + PES_TIME, PTS_DTS.marks[1], dts);
  return times + 2 * PES_TIME;
}

/** An adaptation field of `size` bytes; what it does not need is stuffing. */
function putAdaptation(
  out: Uint8Array,
  at: number,
  size: number,
  told: { pcr: number | undefined; flags: number } | undefined,
): void {
  out[at] = size - 1;
  if (size === 1) return;
  const { pcr, flags = 0 } = told ?? {};
  out[at + 1] = flags | (pcr === undefined ? 0 : adaptationFlag.pcr);
  let filled = at + ADAPTATION;
  if (pcr !== undefined) {
    putPcr(out, filled, pcr);
    filled += PCR;
  }
  out.fill(0xff, filled, at + size);
}

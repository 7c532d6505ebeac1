import { ProtocolError } from '../../src/errors.ts';
import { isKeyNal, type ReadPiece, type ReadSample, type ReadTrack } from './media-samples.ts';

const PACKET = 188;
const CLOCK = 90_000;
const WRAP = 2 ** 33;
const VIDEO = new Map<number, 'h264' | 'h265' | undefined>([
  [0x1b, 'h264'],
  [0x24, 'h265'],
]);
const AUDIO = new Set([0x03, 0x04, 0x0f, 0x11, 0x81, 0x87]);

interface Stream {
  pid: number;
  type: number;
  samples: ReadSample[];
}

/** Reads segments of MPEG-TS one after another (ISO/IEC 13818-1), on its own: counters go on from segment to segment. */
export class TransportReader {
  #counters = new Map<number, number>();
  /** Last decode time of each PID, to undo wraps. */
  #last = new Map<number, number>();

  /** The next segment is of another broadcast or encoding: counters and times may start again. */
  restart(): void {
    this.#counters = new Map();
    this.#last = new Map();
  }

  /** @throws ProtocolError where packets do not begin as packets do. */
  read(bytes: Uint8Array): ReadPiece {
    const faults: string[] = [];
    const streams = new Map<number, Stream>();
    let programs: number | undefined;
    let clocks = 0;
    if (bytes.length === 0 || bytes.length % PACKET !== 0) faults.push(`${bytes.length} bytes are no whole packets`);
    for (let at = 0; at + PACKET <= bytes.length; at += PACKET) {
      const packet = bytes.subarray(at, at + PACKET);
      if (packet[0] !== 0x47) throw new ProtocolError(`There is no packet at ${at}.`);
      const pid = ((packet[1]! & 31) << 8) | packet[2]!;
      if (pid === 0x1fff) continue;
      const { payload, begins, jump, random, clock } = partsOf(packet);
      if (clock) clocks++;
      this.#count(pid, packet[3]! & 15, { payload: payload !== undefined, jump, faults });
      if (!payload) continue;
      if (at === 0 && pid !== 0) faults.push('it does not begin with a PAT');
      if (pid === 0 && begins) programs = patOf(payload);
      else if (pid === programs && begins)
        for (const stream of pmtOf(payload)) streams.set(stream.pid, streams.get(stream.pid) ?? stream);
      else if (begins) this.#begin(streams.get(pid), payload, random, bytes.subarray(at));
    }
    if (streams.size === 0) faults.push('it has no PMT');
    if (clocks === 0) faults.push('it has no clock');
    return { container: 'ts', tracks: [...streams.values()].map(trackOf), faults };
  }

  #count(
    pid: number,
    counter: number,
    { payload, jump, faults }: { payload: boolean; jump: boolean; faults: string[] },
  ): void {
    const last = this.#counters.get(pid);
    const due = last === undefined ? counter : payload ? (last + 1) & 15 : last;
    if (counter !== due && !jump) faults.push(`the counter of PID ${pid} is ${counter} and not ${due}`);
    this.#counters.set(pid, counter);
  }

  #begin(stream: Stream | undefined, pes: Uint8Array, random: boolean, rest: Uint8Array): void {
    if (!stream || pes[0] !== 0 || pes[1] !== 0 || pes[2] !== 1) return;
    const flags = pes[7]! >> 6;
    if (flags === 0) return;
    const raw = stampAt(pes, 9);
    const dts = this.#unwrap(stream.pid, flags === 3 ? stampAt(pes, 14) : raw);
    const cts = flags === 3 ? modulo(raw - stampAt(pes, 14)) : 0;
    const codec = VIDEO.get(stream.type);
    const found = codec && keyIn(payloadOf(rest, stream.pid), codec);
    const key = codec ? random : true;
    stream.samples.push({ dts, pts: dts + cts, key, ...(found !== undefined && { keyInBytes: found }) });
  }

  #unwrap(pid: number, raw: number): number {
    const last = this.#last.get(pid) ?? raw;
    const time = last + modulo(raw - last);
    this.#last.set(pid, time);
    return time;
  }
}

/** The difference of two times of 33 bits, the shorter way round. */
function modulo(difference: number): number {
  const positive = ((difference % WRAP) + WRAP) % WRAP;
  return positive >= WRAP / 2 ? positive - WRAP : positive;
}

interface Parts {
  payload: Uint8Array | undefined;
  begins: boolean;
  /** The counter may jump here. */
  jump: boolean;
  random: boolean;
  clock: boolean;
}

function partsOf(packet: Uint8Array): Parts {
  const control = (packet[3]! >> 4) & 3;
  const length = control & 2 ? packet[4]! + 1 : 0;
  const flags = length > 1 ? packet[5]! : 0;
  return {
    payload: control & 1 ? packet.subarray(4 + length) : undefined,
    begins: (packet[1]! & 0x40) !== 0,
    jump: (flags & 0x80) !== 0,
    random: (flags & 0x40) !== 0,
    clock: (flags & 0x10) !== 0,
  };
}

/** PID of the first program's map. */
function patOf(payload: Uint8Array): number {
  const section = payload.subarray(1 + payload[0]!);
  return ((section[10]! & 31) << 8) | section[11]!;
}

function pmtOf(payload: Uint8Array): Stream[] {
  const section = payload.subarray(1 + payload[0]!);
  const end = 3 + (((section[1]! & 15) << 8) | section[2]!) - 4;
  const streams: Stream[] = [];
  for (let at = 12 + (((section[10]! & 15) << 8) | section[11]!); at + 5 <= end;) {
    streams.push({ type: section[at]!, pid: ((section[at + 1]! & 31) << 8) | section[at + 2]!, samples: [] });
    at += 5 + (((section[at + 3]! & 15) << 8) | section[at + 4]!);
  }
  return streams;
}

function stampAt(bytes: Uint8Array, at: number): number {
  const high = (bytes[at]! >> 1) & 7;
  const middle = ((bytes[at + 1]! << 8) | bytes[at + 2]!) >> 1;
  const low = ((bytes[at + 3]! << 8) | bytes[at + 4]!) >> 1;
  return high * 2 ** 30 + middle * 2 ** 15 + low;
}

/** The payloads of one PES packet, joined. */
function payloadOf(bytes: Uint8Array, pid: number): Uint8Array {
  const parts: Uint8Array[] = [];
  for (let at = 0; at + PACKET <= bytes.length; at += PACKET) {
    const packet = bytes.subarray(at, at + PACKET);
    if ((((packet[1]! & 31) << 8) | packet[2]!) !== pid) continue;
    const { payload, begins } = partsOf(packet);
    if (begins && at > 0) break;
    if (payload) parts.push(payload);
  }
  return Buffer.concat(parts);
}

/** Looks for start codes behind the header of a PES packet. */
function keyIn(pes: Uint8Array, codec: 'h264' | 'h265'): boolean {
  for (let at = 9 + pes[8]!; at + 3 < pes.length; at++) {
    if (pes[at] === 0 && pes[at + 1] === 0 && pes[at + 2] === 1 && isKeyNal(codec, pes[at + 3]!)) return true;
  }
  return false;
}

function trackOf({ pid, type, samples }: Stream): ReadTrack {
  // Opus and AV1 are private data with a descriptor; which of them it is does not matter here.
  const kind = VIDEO.has(type) ? 'video' : AUDIO.has(type) || type === 6 ? 'audio' : 'other';
  return { id: pid, kind, scale: CLOCK, samples, seams: [] };
}

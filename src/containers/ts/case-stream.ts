import { concatBytes } from '../../media/bytes/bytes.ts';
import { fromHex } from '../../media/bytes/hex.ts';
import { crc32 } from './crc.ts';
import { PACKET } from './packet.ts';
import { putTime } from './ticks.ts';

/** One PES packet on its way into transport packets. */
export interface CasePes {
  pid: number;
  /** stream_id. */
  id?: number;
  pts?: number;
  dts?: number;
  aligned?: boolean;
  /** PES_packet_length, where it is not the true one. */
  length?: number;
  /** In hexadecimal. */
  payload: string;
}

/** Makes the bytes of cases: the packets of one stream, with continuity counters that run on. */
export class CaseStream {
  readonly packets: Uint8Array[] = [];
  readonly #counters = new Map<number, number>();

  /** The tables as sections in hexadecimal; the second is on 0x1000. */
  tables(pat: string, pmt: string): this {
    return this.section(0, pat).section(0x1000, pmt);
  }

  section(pid: number, hex: string): this {
    const bytes = concatBytes([Uint8Array.of(0), fromHex(hex)]);
    return this.payload(pid, bytes, 0xff);
  }

  pes(pes: CasePes): this {
    return this.payload(pes.pid, pesBytes(pes));
  }

  /** Bytes of one PID in as many packets as they need; filled behind, or with an adaptation field. */
  payload(pid: number, bytes: Uint8Array, filler?: number): this {
    for (let at = 0; at < bytes.length; at += 184) {
      const part = bytes.subarray(at, at + 184);
      const out = new Uint8Array(PACKET).fill(0xff);
      const stuffing = filler === undefined ? 184 - part.length : 0;
      out.set([0x47, (at === 0 ? 0x40 : 0) | (pid >> 8), pid & 0xff, (stuffing > 0 ? 0x30 : 0x10) | this.#count(pid)]);
      if (stuffing > 0) out[4] = stuffing - 1;
      if (stuffing > 1) out[5] = 0;
      out.set(part, 4 + stuffing);
      this.packets.push(out);
    }
    return this;
  }

  /** Changes the last packet, or the one so many before it. */
  change(change: (packet: Uint8Array) => void, back = 0): this {
    change(this.packets.at(-1 - back)!);
    return this;
  }

  /** Takes away a packet, so many before the last one. */
  lose(back = 0): this {
    this.packets.splice(this.packets.length - 1 - back, 1);
    return this;
  }

  /** All packets, each with so many bytes in front and behind. */
  bytes(front = 0, behind = 0): Uint8Array {
    return concatBytes(
      this.packets.flatMap((packet) => [new Uint8Array(front), packet, new Uint8Array(behind).fill(0x55)]),
    );
  }

  #count(pid: number): number {
    const counter = this.#counters.get(pid) ?? 0;
    this.#counters.set(pid, (counter + 1) & 15);
    return counter;
  }
}

function pesBytes({ id = 0xe0, pts, dts, aligned = false, length, payload }: CasePes): Uint8Array {
  const times = new Uint8Array(dts === undefined ? (pts === undefined ? 0 : 5) : 10);
  if (pts !== undefined) putTime(times, 0, dts === undefined ? 2 : 3, pts);
  if (dts !== undefined) putTime(times, 5, 1, dts);
  const data = fromHex(payload);
  const told = length ?? 3 + times.length + data.length;
  const flags = pts === undefined ? 0 : dts === undefined ? 0x80 : 0xc0;
  const head = [0, 0, 1, id, told >> 8, told & 0xff, aligned ? 0x84 : 0x80, flags, times.length];
  return concatBytes([Uint8Array.from(head), times, data]);
}

/** A section in hexadecimal with the checksum that it lacks. */
export function withCrc(hex: string): string {
  return hex + crc32(fromHex(hex)).toString(16).padStart(8, '0');
}

/** An ADTS frame of 44.1 kHz in stereo; hexadecimal. */
export function adtsFrame(data: string): string {
  const length = 7 + fromHex(data).length;
  const low = ((length << 5) | 0x1f).toString(16).padStart(4, '0');
  return `fff15080${low}fc${data}`;
}

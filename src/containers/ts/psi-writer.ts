import { concatBytes } from '../../media/bytes/bytes.ts';
import { mainTrack, type Track } from '../../media/frame.ts';
import { carriageOf, programDescriptors } from './carriage.ts';
import { crc32 } from './crc.ts';
import { COUNTER, PACKET, PACKET_HEAD, packetFlag, pid, ROOM, SYNC } from './packet.ts';

/** The one program of the stream. */
const PROGRAM = 1;
const STREAM = 1;

/** table_id (2.4.4.4, 2.4.4.9). */
export const tableId = { pat: 0, pmt: 2 } as const;

/** Bytes before section_length ends, and of the checksum. */
const SECTION_HEAD = 3;
const CRC = 4;
/** Most bytes of a section behind its length (2.4.4.9). */
const MAX_SECTION = 1021;

/** version_number has five bits. */
export const VERSIONS = 32;

/** What a PMT says but its version: equal for tracks among which no player finds a difference. */
export function programOf(tracks: readonly Track[]): Uint8Array {
  const info = programDescriptors(tracks, PROGRAM);
  const parts = [word(0xe000 | clockPid(tracks)), word(0xf000 | info.length), info];
  let left = MAX_SECTION - CRC - 5 - info.length - 4; // what stands before the version, and the two words above
  for (const track of tracks) {
    const carriage = carriageOf(track);
    if (!carriage) continue;
    const { pid: of, streamType, descriptors } = carriage;
    left -= 5 + descriptors.length;
    if (left < 0) break;
    parts.push(Uint8Array.of(streamType), word(0xe000 | of), word(0xf000 | descriptors.length), descriptors);
  }
  return concatBytes(parts);
}

/** The PID whose packets tell the clock: that of the picture, or of what there is. */
export function clockPid(tracks: readonly Track[]): number {
  const carried = tracks.filter((track) => carriageOf(track));
  const track = mainTrack(carried, 'video') ?? mainTrack(carried, 'audio') ?? carried[0];
  return (track && carriageOf(track))?.pid ?? pid.none;
}

/** The packets of PAT and PMT, with continuity counters from 0 on. */
export function tablePackets(program: Uint8Array, version: number): Uint8Array {
  const pat = section(tableId.pat, STREAM, { version: 0, body: concatBytes([word(PROGRAM), word(0xe000 | pid.pmt)]) });
  const pmt = section(tableId.pmt, PROGRAM, { version, body: program });
  return concatBytes([packets(pid.pat, pat), packets(pid.pmt, pmt)]);
}

function section(id: number, extension: number, { version, body }: { version: number; body: Uint8Array }): Uint8Array {
  const length = 5 + body.length + CRC;
  const head = [id, 0xb0 | (length >> 8), length, extension >> 8, extension, 0xc1 | (version << 1), 0, 0];
  const bytes = concatBytes([Uint8Array.from(head), body, new Uint8Array(CRC)]);
  const crc = crc32(bytes.subarray(0, SECTION_HEAD + length - CRC));
  new DataView(bytes.buffer).setUint32(bytes.length - CRC, crc);
  return bytes;
}

function packets(of: number, bytes: Uint8Array): Uint8Array {
  const whole = concatBytes([Uint8Array.of(0), bytes]); // pointer_field
  const out = new Uint8Array(PACKET * Math.ceil(whole.length / ROOM)).fill(0xff);
  for (let i = 0; i * ROOM < whole.length; i++) {
    const start = i === 0 ? packetFlag.start : 0;
    out.set([SYNC, start | (of >> 8), of & 0xff, 0x10 | (i & COUNTER)], i * PACKET);
    out.set(whole.subarray(i * ROOM, (i + 1) * ROOM), i * PACKET + PACKET_HEAD);
  }
  return out;
}

function word(value: number): Uint8Array {
  return Uint8Array.of(value >> 8, value);
}

import { MAX_PACKETS } from './audio-reader.ts';
import { crc16, crc8 } from './crc.ts';
import { flacLimits } from './flac.ts';

/** Sync code, and the bit that says whether blocks differ in size (RFC 9639, 9.1). */
const SYNC = [0xff, 0xf8] as const;
const VARIABLE = 1;
const FIXED_HEADER = 4;
/** A coded number has at most 7 bytes (9.1.5). */
const MAX_NUMBER = 7;
/** A subframe of a byte, and the checksum. */
const MIN_REST = 3;

/** Hz by the code of the sample rate (9.1.2). */
const RATES: readonly (number | undefined)[] = [
  undefined,
  88_200,
  176_400,
  192_000,
  8000,
  16_000,
  22_050,
  24_000,
  32_000,
  44_100,
  48_000,
  96_000,
];
const rateCode = { fromConfig: 0, kiloHertz: 12, hertz: 13, tens: 14, forbidden: 15 } as const;
const blockCode = { reserved: 0, first: 1, byte: 6, word: 7 } as const;

/** Bits by their code (9.1.4); 0 means that the config tells. */
const DEPTHS: readonly (number | undefined)[] = [0, 8, 12, undefined, 16, 20, 24, 32];

/** Channels by their code (9.1.3): from 8 on two that are coded as one and the difference. */
const INDEPENDENT = 8;
const STEREO_MODES = 3;

/** The header of one frame. */
export interface FlacHeader {
  /** Samples of each channel. */
  samples: number;
  /** Hz; undefined where the config tells. */
  sampleRate?: number;
  channels: number;
  /** Bits of a sample; undefined where the config tells. */
  bitDepth?: number;
  /** True where the blocks of the stream may differ in size. */
  variable: boolean;
  /** Bytes of the header. */
  length: number;
}

/** One frame. */
export interface FlacFrame {
  header: FlacHeader;
  data: Uint8Array;
}

/** Reads the frame header at `at` (RFC 9639, 9.1); undefined where there is none, or its checksum is wrong. */
export function parseFlacHeader(bytes: Uint8Array, at = 0): FlacHeader | undefined {
  if (bytes[at] !== SYNC[0] || (bytes[at + 1]! & ~VARIABLE) !== SYNC[1] || bytes.length - at < FIXED_HEADER) {
    return undefined;
  }
  const b2 = bytes[at + 2]!;
  const b3 = bytes[at + 3]!;
  const bitDepth = DEPTHS[(b3 >> 1) & 7];
  const channels = channelsOf(b3 >> 4);
  const number = numberLength(bytes, at + FIXED_HEADER);
  if (bitDepth === undefined || (b3 & 1) !== 0 || channels === 0 || number === 0) return undefined;
  const block = readBlock(bytes, b2 >> 4, at + FIXED_HEADER + number);
  const rate = block && readRate(bytes, b2 & 15, block.next);
  if (!rate || bytes[rate.next] !== crc8(bytes, at, rate.next)) return undefined;
  const header: FlacHeader = {
    samples: block.value,
    channels,
    variable: (bytes[at + 1]! & VARIABLE) !== 0,
    length: rate.next + 1 - at,
  };
  if (rate.value > 0) header.sampleRate = rate.value;
  if (bitDepth > 0) header.bitDepth = bitDepth;
  return header;
}

/** 0 for a reserved code. */
function channelsOf(code: number): number {
  if (code < INDEPENDENT) return code + 1;
  return code < INDEPENDENT + STEREO_MODES ? 2 : 0;
}

/** Bytes of the coded number: as many as the first one has ones in front, all others `10xxxxxx`. 0 for what is none. */
function numberLength(bytes: Uint8Array, at: number): number {
  const first = bytes[at];
  if (first === undefined) return 0;
  const length = first < 0x80 ? 1 : Math.clz32(~(first << 24));
  if (length > MAX_NUMBER || (first >= 0x80 && length < 2)) return 0;
  for (let i = 1; i < length; i++) if ((bytes[at + i]! & 0xc0) !== 0x80) return 0;
  return length;
}

interface Coded {
  value: number;
  /** Where the next field begins; behind the end where this one is cut off. */
  next: number;
}

function readBlock(bytes: Uint8Array, code: number, at: number): Coded | undefined {
  if (code === blockCode.reserved) return undefined;
  if (code === blockCode.first) return { value: 192, next: at };
  if (code < blockCode.byte) return { value: 144 << code, next: at };
  if (code > blockCode.word) return { value: 1 << code, next: at };
  const size = code - blockCode.byte + 1;
  const value = unsigned(bytes, at, size) + 1;
  return value <= flacLimits.maxBlock ? { value, next: at + size } : undefined;
}

/** The value is 0 where the config tells. */
function readRate(bytes: Uint8Array, code: number, at: number): Coded | undefined {
  if (code === rateCode.forbidden) return undefined;
  if (code < rateCode.kiloHertz) return { value: RATES[code] ?? 0, next: at };
  const size = code === rateCode.kiloHertz ? 1 : 2;
  const unit = code === rateCode.kiloHertz ? 1000 : code === rateCode.tens ? 10 : 1;
  const value = unsigned(bytes, at, size) * unit;
  return value > 0 ? { value, next: at + size } : undefined;
}

/** Reads past the end give 0: the checksum, further on, is not there then. */
function unsigned(bytes: Uint8Array, at: number, size: number): number {
  let value = 0;
  for (let i = 0; i < size; i++) value = (value << 8) | (bytes[at + i] ?? 0);
  return value;
}

/**
 * The whole frames of a message, from its first byte on, at most `MAX_PACKETS`. No frame tells its length: it ends where
 * its checksum is right and the message ends or the next one begins.
 */
export function splitFlac(bytes: Uint8Array): FlacFrame[] {
  const frames: FlacFrame[] = [];
  let start = 0;
  let header = parseFlacHeader(bytes);
  let crc = 0;
  for (let at = 0; header && at < bytes.length && frames.length < MAX_PACKETS;) {
    crc = crc16(crc, bytes[at++]!);
    if (crc !== 0 || at - start < header.length + MIN_REST) continue;
    const next = parseFlacHeader(bytes, at);
    if (!next && at < bytes.length) continue;
    frames.push({ header, data: bytes.subarray(start, at) });
    start = at;
    header = next;
  }
  return frames;
}

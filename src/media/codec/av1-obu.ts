import { ProtocolError } from '../../errors.ts';
import { MAX_UNIT } from './video-reader.ts';

/** obu_type (AV1, 6.2.2). 0 and 9 to 14 are reserved; decoders pass over them. */
export const obuType = {
  sequenceHeader: 1,
  temporalDelimiter: 2,
  frameHeader: 3,
  tileGroup: 4,
  metadata: 5,
  frame: 6,
  redundantFrameHeader: 7,
  tileList: 8,
  padding: 15,
} as const;

/** What one temporal unit may hold; a peer's sizes are believed only up to here. */
export interface ObuLimits {
  /** Bytes of one temporal unit. */
  readonly unit: number;
  /** OBUs in one temporal unit. */
  readonly count: number;
  /** Bytes of one sequence header; the largest that the syntax allows has a few hundred. */
  readonly sequenceHeader: number;
  /** Bytes of an av1C, with metadata that holds for the whole stream. */
  readonly config: number;
}

export const obuLimits: ObuLimits = {
  unit: MAX_UNIT,
  count: 1024,
  sequenceHeader: 1024,
  config: 64 * 1024,
};

/** A leb128 has at most 8 bytes, and a value below 2^32 (AV1, 4.10.5). */
const MAX_LEB128 = 8;
const MAX_LEB128_VALUE = 2 ** 32 - 1;

const FORBIDDEN = 0x80;
const EXTENSION = 0x04;
const HAS_SIZE = 0x02;

/** Where one OBU lies in the bytes of its temporal unit. */
export interface ObuSpan {
  type: number;
  start: number;
  /** Where its header and its size field are over. */
  payload: number;
  end: number;
  /** True where its size stands in front of its payload. */
  sized: boolean;
}

/**
 * Finds the OBUs of a temporal unit in the low-overhead format (AV1, 5.3). One without a size field goes on to the end.
 * What is cut off at the end is left out, and so is all from where the bytes are damaged: no OBU begins, or its size is
 * none, or beyond the end.
 *
 * @throws ProtocolError above the limits.
 */
export function splitObus(data: Uint8Array, limits: ObuLimits = obuLimits): ObuSpan[] {
  if (data.length > limits.unit) {
    throw new ProtocolError(`A temporal unit has more than ${limits.unit} bytes.`, 'limit-exceeded');
  }
  const spans: ObuSpan[] = [];
  let start = 0;
  while (start < data.length) {
    const header = data[start]!;
    let payload = start + headerLength(header);
    if ((header & FORBIDDEN) !== 0 || payload > data.length) break;
    const sized = (header & HAS_SIZE) !== 0;
    let end = data.length;
    if (sized) {
      const size = readLeb128(data, payload);
      if (!size) break;
      payload += size.length;
      end = payload + size.value;
      if (end > data.length) break;
    }
    if (spans.length >= limits.count) {
      throw new ProtocolError(`A temporal unit has more than ${limits.count} OBUs.`, 'limit-exceeded');
    }
    spans.push({ type: (header >> 3) & 15, start, payload, end, sized });
    start = end;
  }
  return spans;
}

/** Writes the OBUs at `spans` in `data` one after the other, each with its size. */
export function joinObus(data: Uint8Array, spans: readonly ObuSpan[]): Uint8Array {
  let length = 0;
  for (const span of spans) length += span.end - span.start + missingSize(span);
  const out = new Uint8Array(length);
  let at = 0;
  for (const span of spans) {
    if (span.sized) {
      out.set(data.subarray(span.start, span.end), at);
      at += span.end - span.start;
      continue;
    }
    out.set(data.subarray(span.start, span.payload), at);
    out[at]! |= HAS_SIZE;
    at = writeLeb128(out, at + span.payload - span.start, span.end - span.payload);
    out.set(data.subarray(span.payload, span.end), at);
    at += span.end - span.payload;
  }
  return out;
}

/** One OBU with its size and without an extension. */
export function buildObu(type: number, payload: Uint8Array): Uint8Array {
  const out = new Uint8Array(1 + leb128Length(payload.length) + payload.length);
  out[0] = (type << 3) | HAS_SIZE;
  out.set(payload, writeLeb128(out, 1, payload.length));
  return out;
}

/**
 * Reads a leb128 (AV1, 4.10.5): its value and the bytes it took. Undefined where it is cut off, has more than 8 bytes, or
 * a value of 2^32 or more.
 */
export function readLeb128(data: Uint8Array, at: number): { value: number; length: number } | undefined {
  let value = 0;
  for (let i = 0; i < MAX_LEB128; i++) {
    const byte = data[at + i];
    if (byte === undefined) return undefined;
    value += (byte & 0x7f) * 2 ** (7 * i);
    if ((byte & 0x80) !== 0) continue;
    return value > MAX_LEB128_VALUE ? undefined : { value, length: i + 1 };
  }
  return undefined;
}

/** Bytes that the shortest leb128 of a value takes. */
export function leb128Length(value: number): number {
  let length = 1;
  for (let rest = value; rest >= 0x80; rest = Math.floor(rest / 0x80)) length++;
  return length;
}

/** Writes the shortest leb128 of a value below 2^32 into `out`; gives the offset behind it. */
export function writeLeb128(out: Uint8Array, at: number, value: number): number {
  let rest = value;
  let position = at;
  for (; rest >= 0x80; rest = Math.floor(rest / 0x80)) out[position++] = (rest % 0x80) | 0x80;
  out[position++] = rest;
  return position;
}

function headerLength(header: number): number {
  return (header & EXTENSION) === 0 ? 1 : 2;
}

function missingSize({ sized, payload, end }: ObuSpan): number {
  return sized ? 0 : leb128Length(end - payload);
}

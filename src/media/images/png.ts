import { ProtocolError } from '../../errors.ts';
import { ByteReader } from '../bytes/byte-reader.ts';
import { concatBytes } from '../bytes/bytes.ts';
import { crc32 } from './crc32.ts';
import { shownFor } from './frame-time.ts';
import type { Picture } from './picture.ts';

const SIGNATURE = 8;
/** Largest number that PNG has (ISO/IEC 15948, 7.1). */
const MAX_UINT31 = 0x7fffffff;
/** Bit depths of each colour type (11.2.1). */
const DEPTHS: Readonly<Record<number, readonly number[]>> = {
  0: [1, 2, 4, 8, 16],
  2: [8, 16],
  3: [1, 2, 4, 8],
  4: [8, 16],
  6: [8, 16],
};
/** What is needed to show the picture as it was meant. All else is dropped, profiles too: their texts name people and machines. */
const KEPT: ReadonlySet<string> = new Set([
  ...['IHDR', 'PLTE', 'IDAT', 'IEND', 'tRNS', 'gAMA', 'cHRM', 'sRGB', 'sBIT', 'cICP'],
  ...['acTL', 'fcTL', 'fdAT'],
]);
/** Chunks that may be there once (5.6), of those that are kept. */
const ONCE: ReadonlySet<string> = new Set(['PLTE', 'tRNS', 'gAMA', 'cHRM', 'sRGB', 'sBIT', 'cICP', 'acTL']);

/** What is known of a file while its chunks are read. */
interface State {
  width: number;
  height: number;
  color: number;
  /** As acTL says; 0 for a still picture. */
  announced: number;
  frames: number;
  /** The frame that was begun last has pictures of its own. */
  filled: boolean;
  /** The next number of fcTL and fdAT. */
  sequence: number;
  duration: number;
  /** IDAT has not begun, is going on, or is over. */
  data: 'before' | 'in' | 'after';
  readonly seen: Set<string>;
}

/** Reads PNG, animated too (ISO/IEC 15948; PNG, third edition, 11.3.6). Throws `ProtocolError`. */
export function readPng(bytes: Uint8Array): Picture {
  const reader = new ByteReader(bytes, SIGNATURE);
  const parts = [bytes.subarray(0, SIGNATURE)];
  const state = readHeader(reader, parts);
  for (let type = ''; type !== 'IEND';) {
    const begin = reader.position;
    const chunk = readChunk(reader);
    ({ type } = chunk);
    enter(state, type, chunk.data);
    if (KEPT.has(type)) parts.push(bytes.subarray(begin, reader.position));
  }
  if (reader.left > 0) throw broken('Something is behind the end of the picture.');
  if (state.data === 'before') throw broken('It has no pixels.');
  if (state.color === 3 && !state.seen.has('PLTE')) throw broken('It has no palette.');
  if (state.frames !== state.announced || !state.filled) throw broken('It has other frames than it says.');
  const { width, height } = state;
  const frames = Math.max(1, state.frames);
  const duration = frames > 1 ? state.duration : 0;
  return { type: 'image/png', width, height, frames, duration, bytes: concatBytes(parts) };
}

function readHeader(reader: ByteReader, parts: Uint8Array[]): State {
  const begin = reader.position;
  const { type, data } = readChunk(reader);
  if (type !== 'IHDR' || data.length !== 13) throw broken('It does not begin with its size.');
  const header = new ByteReader(data);
  const [width, height] = [header.u32(), header.u32()];
  const [depth, color, compression, filter, interlace] = header.take(5) as unknown as [number, ...number[]];
  if (width === 0 || height === 0 || width > MAX_UINT31 || height > MAX_UINT31) throw broken('It has no size.');
  if (!DEPTHS[color!]?.includes(depth) || compression !== 0 || filter !== 0 || interlace! > 1)
    throw broken('Its pixels are of no kind that there is.');
  parts.push(reader.bytes.subarray(begin, reader.position));
  const none = { announced: 0, frames: 0, filled: true, sequence: 0, duration: 0 };
  return { width, height, color: color!, ...none, data: 'before', seen: new Set() };
}

function readChunk(reader: ByteReader): { type: string; data: Uint8Array } {
  const length = reader.u32();
  if (length > MAX_UINT31) throw broken('A chunk is longer than chunks are.');
  const begin = reader.position;
  const type = String.fromCharCode(...reader.take(4));
  if (!/^[A-Za-z]{4}$/.test(type)) throw broken('A chunk has no name.');
  const data = reader.take(length);
  if (reader.u32() !== crc32(reader.bytes, begin, begin + 4 + length)) throw broken('A checksum is wrong.');
  return { type, data };
}

function enter(state: State, type: string, data: Uint8Array): void {
  if (ONCE.has(type) && state.seen.has(type)) throw broken(`There is a second ${type}.`);
  if (ONCE.has(type)) {
    if (state.data !== 'before') throw broken(`${type} comes too late.`);
    state.seen.add(type);
  }
  if (type !== 'IDAT' && state.data === 'in') state.data = 'after';
  // What begins with a capital letter has to be understood to show the picture (5.4).
  if (!KEPT.has(type) && /^[A-Z]/.test(type)) throw broken(`Nobody knows what ${type} is.`);
  if (type === 'IHDR') throw broken('There is a second IHDR.');
  if (type === 'IDAT') enterPixels(state, data);
  if (type === 'PLTE' && (data.length % 3 !== 0 || data.length === 0 || data.length > 768))
    throw broken('Its palette is none.');
  if (type === 'IEND' && data.length > 0) throw broken('Something is in its end.');
  if (type === 'acTL') enterAnimation(state, data);
  if (type === 'fcTL') enterFrame(state, data);
  if (type === 'fdAT') enterFramePixels(state, data);
}

function enterPixels(state: State, data: Uint8Array): void {
  if (state.data === 'after') throw broken('Its pixels are in several places.');
  if (state.data === 'before' && data.length >= 2) checkZlib(data[0]!, data[1]!);
  state.data = 'in';
  // Without a frame before it, it is shown only where nothing moves.
  if (state.frames > 0) state.filled = true;
}

/** The window of deflate, and a checksum (RFC 1950, 2.2). */
function checkZlib(first: number, second: number): void {
  if ((first & 15) !== 8 || first >> 4 > 7 || (first * 256 + second) % 31 !== 0 || (second & 32) !== 0)
    throw broken('Its pixels are not packed as pixels are.');
}

function enterAnimation(state: State, data: Uint8Array): void {
  const reader = new ByteReader(data);
  state.announced = reader.u32();
  reader.skip(4);
  if (state.announced === 0 || reader.left > 0) throw broken('It moves without frames.');
}

function enterFrame(state: State, data: Uint8Array): void {
  const reader = new ByteReader(data);
  count(state, reader.u32());
  const [width, height, x, y] = [reader.u32(), reader.u32(), reader.u32(), reader.u32()];
  const [delay, unit] = [reader.u16(), reader.u16()];
  const [dispose, blend] = [reader.u8(), reader.u8()];
  if (!state.seen.has('acTL') || !state.filled || state.frames >= state.announced || reader.left > 0)
    throw broken('A frame comes where none belongs.');
  const isFirst = state.data === 'before';
  if (isFirst && (x !== 0 || y !== 0 || width !== state.width || height !== state.height))
    throw broken('The first frame is not the whole picture.');
  if (width === 0 || height === 0 || x + width > state.width || y + height > state.height)
    throw broken('A frame is outside of the picture.');
  if (dispose > 2 || blend > 1) throw broken('A frame is shown in no way that there is.');
  state.frames++;
  state.filled = false;
  state.duration += shownFor((delay * 1000) / (unit || 100));
}

function enterFramePixels(state: State, data: Uint8Array): void {
  const reader = new ByteReader(data);
  count(state, reader.u32());
  if (state.frames === 0 || state.data !== 'after') throw broken('Pixels of a frame come where none belong.');
  if (!state.filled && reader.left >= 2) checkZlib(reader.u8(), reader.u8());
  state.filled = true;
}

function count(state: State, number: number): void {
  if (number !== state.sequence++) throw broken('Its frames are out of order.');
}

function broken(words: string): ProtocolError {
  return new ProtocolError(`This PNG is damaged. ${words}`);
}

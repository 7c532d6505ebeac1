import { ProtocolError } from '../../errors.ts';
import { concatBytes } from '../bytes/bytes.ts';
import { shownFor } from './frame-time.ts';
import type { Picture } from './picture.ts';

/** Of the container, of each chunk, and of a frame. */
const [FILE_HEADER, CHUNK_HEADER, FRAME_HEADER] = [12, 8, 16];
/** What VP8X says is there (RFC 9649, 2.7.1). */
const [PROFILE, EXIF, XMP, ANIMATION] = [0x20, 0x08, 0x04, 0x02];

interface Size {
  width: number;
  height: number;
}

interface Chunk {
  readonly type: string;
  readonly data: Uint8Array;
  /** With its header and the byte that makes it even. */
  readonly whole: Uint8Array;
}

/** Reads WebP (RFC 9649): lossy, lossless and animated. Throws `ProtocolError`. */
export function readWebp(bytes: Uint8Array): Picture {
  if (u32(bytes, 4) + CHUNK_HEADER !== bytes.length) throw broken('It does not end where it says.');
  const chunks = chunksOf(bytes);
  const [first] = chunks;
  if (first?.type === 'VP8X') return readExtended(first, chunks.slice(1));
  if (!first || chunks.length > 1) throw broken('Something is beside its pixels.');
  return { ...sizeOf(first), ...STILL, bytes: file([first.whole]) };
}

const STILL = { type: 'image/webp', frames: 1, duration: 0 } as const;

function readExtended(first: Chunk, rest: readonly Chunk[]): Picture {
  if (first.data.length !== 10) throw broken('It does not begin with its size.');
  const header = Uint8Array.from(first.whole);
  const animated = (first.data[0]! & ANIMATION) !== 0;
  header[CHUNK_HEADER]! &= ~(PROFILE | EXIF | XMP);
  // Bits without a meaning yet.
  header[CHUNK_HEADER]! &= 0x3e;
  header.fill(0, CHUNK_HEADER + 1, CHUNK_HEADER + 4);
  const canvas = { width: u24(first.data, 4) + 1, height: u24(first.data, 7) + 1 };
  const parts: Uint8Array[] = [header];
  if (!animated) {
    const still = stillOf(rest);
    const { width, height } = sizeOf(still.at(-1)!);
    if (width !== canvas.width || height !== canvas.height) throw broken('Its pixels are of another size.');
    return { ...canvas, ...STILL, bytes: file([...parts, ...still.map(({ whole }) => whole)]) };
  }
  if (rest.some(({ type }) => isPixels(type))) throw broken('It moves and stands still.');
  const loops = rest.filter(({ type }) => type === 'ANIM');
  if (loops.length !== 1 || loops[0]!.data.length !== 6) throw broken('It moves, and does not say how.');
  parts.push(loops[0]!.whole);
  let [frames, duration] = [0, 0];
  for (const { type, data } of rest) {
    if (type !== 'ANMF') continue;
    const frame = readFrame(data, canvas);
    parts.push(frame.bytes);
    frames++;
    duration += frame.duration;
  }
  if (frames === 0) throw broken('It has no pixels.');
  return { type: 'image/webp', ...canvas, frames, duration: frames > 1 ? duration : 0, bytes: file(parts) };
}

/** One picture of an animation: where, how long, and its pixels. */
function readFrame(data: Uint8Array, canvas: Size): { bytes: Uint8Array; duration: number } {
  if (data.length < FRAME_HEADER) throw broken('A frame ends too soon.');
  const [x, y] = [2 * u24(data, 0), 2 * u24(data, 3)];
  const [width, height] = [u24(data, 6) + 1, u24(data, 9) + 1];
  if (x + width > canvas.width || y + height > canvas.height) throw broken('A frame is outside of the picture.');
  const pixels = stillOf(chunksOf(data, FRAME_HEADER));
  const size = sizeOf(pixels.at(-1)!);
  if (size.width !== width || size.height !== height) throw broken('A frame is of another size.');
  const content = concatBytes([data.slice(0, FRAME_HEADER), ...pixels.map(({ whole }) => whole)]);
  content[FRAME_HEADER - 1]! &= 3;
  return { bytes: chunk('ANMF', content), duration: shownFor(u24(data, 12)) };
}

/** The chunks of one picture: its pixels, and what of them is seen through. */
function stillOf(chunks: readonly Chunk[]): Chunk[] {
  const kept = chunks.filter(({ type }) => type === 'ALPH' || isPixels(type));
  const [first, second, ...more] = kept;
  const isOne = first !== undefined && second === undefined && isPixels(first.type);
  const isWithAlpha = first?.type === 'ALPH' && second?.type === 'VP8 ' && more.length === 0;
  if (!isOne && !isWithAlpha) throw broken('It has not one picture.');
  return kept;
}

function isPixels(type: string): boolean {
  return type === 'VP8 ' || type === 'VP8L';
}

/** The size that the pixels themselves say (RFC 6386, 9.1; RFC 9649, 3.4). */
function sizeOf({ type, data }: Chunk): Size {
  if (type === 'VP8 ') {
    const isKey = data.length >= 10 && (data[0]! & 1) === 0 && u24(data, 3) === 0x2a019d;
    if (!isKey || u24(data, 0) >> 5 > data.length) throw broken('Its pixels are no picture.');
    return checked({ width: u16(data, 6) & 0x3fff, height: u16(data, 8) & 0x3fff });
  }
  if (type !== 'VP8L' || data.length < 5 || data[0] !== 0x2f || data[4]! >> 5 !== 0)
    throw broken('Its pixels are no picture.');
  const bits = u32(data, 1);
  return checked({ width: (bits & 0x3fff) + 1, height: ((bits >>> 14) & 0x3fff) + 1 });
}

function checked(size: Size): Size {
  if (size.width === 0 || size.height === 0) throw broken('It has no size.');
  return size;
}

/** The chunks from a place on, to the last byte. */
function chunksOf(bytes: Uint8Array, from: number = FILE_HEADER): Chunk[] {
  const chunks: Chunk[] = [];
  for (let at = from; at < bytes.length;) {
    const begin = at + CHUNK_HEADER;
    if (begin > bytes.length) throw broken('Something is behind the end of the picture.');
    const length = u32(bytes, at + 4);
    const end = begin + length + (length & 1);
    if (end > bytes.length) throw broken('It ends too soon.');
    if ((length & 1) === 1 && bytes[end - 1] !== 0) throw broken('Something is between its parts.');
    const type = String.fromCharCode(...bytes.subarray(at, at + 4));
    chunks.push({ type, data: bytes.subarray(begin, begin + length), whole: bytes.subarray(at, end) });
    at = end;
  }
  return chunks;
}

function file(chunks: readonly Uint8Array[]): Uint8Array {
  const out = concatBytes([new Uint8Array(FILE_HEADER), ...chunks]);
  out.set(ascii('RIFF'));
  new DataView(out.buffer).setUint32(4, out.length - CHUNK_HEADER, true);
  out.set(ascii('WEBP'), 8);
  return out;
}

/** The content is of an even number of bytes. */
function chunk(type: string, content: Uint8Array): Uint8Array {
  const out = new Uint8Array(CHUNK_HEADER + content.length);
  out.set(ascii(type));
  new DataView(out.buffer).setUint32(4, content.length, true);
  out.set(content, CHUNK_HEADER);
  return out;
}

function ascii(text: string): Uint8Array {
  return Uint8Array.from(text, (letter) => letter.charCodeAt(0));
}

function u16(bytes: Uint8Array, at: number): number {
  return bytes[at]! | (bytes[at + 1]! << 8);
}

function u24(bytes: Uint8Array, at: number): number {
  return u16(bytes, at) | (bytes[at + 2]! << 16);
}

function u32(bytes: Uint8Array, at: number): number {
  return u24(bytes, at) + bytes[at + 3]! * 0x1000000;
}

function broken(words: string): ProtocolError {
  return new ProtocolError(`This WebP is damaged. ${words}`);
}

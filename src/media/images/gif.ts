import { ProtocolError } from '../../errors.ts';
import { ByteReader } from '../bytes/byte-reader.ts';
import { concatBytes } from '../bytes/bytes.ts';
import { shownFor } from './frame-time.ts';
import type { Picture } from './picture.ts';

const SIGNATURE = 6;
const [EXTENSION, IMAGE, TRAILER] = [0x21, 0x2c, 0x3b];
const [CONTROL, PLAIN_TEXT, COMMENT, APPLICATION] = [0xf9, 0x01, 0xfe, 0xff];
/** How often an animation is shown: the only application block that is kept. */
const LOOP = 'NETSCAPE2.0';

interface State {
  readonly width: number;
  readonly height: number;
  readonly hasTable: boolean;
  /** Said of the image that follows: when and how it is shown. */
  control: Uint8Array | undefined;
  looped: boolean;
  frames: number;
  duration: number;
}

/** Reads GIF87a and GIF89a, and keeps of its blocks the images, how they are shown and how often. Throws `ProtocolError`. */
export function readGif(bytes: Uint8Array): Picture {
  const reader = new ByteReader(bytes, SIGNATURE);
  const [width, height] = [u16(reader), u16(reader)];
  const flags = reader.u8();
  reader.skip(2);
  if (width === 0 || height === 0) throw broken('It has no size.');
  const hasTable = (flags & 0x80) !== 0;
  if (hasTable) reader.skip(tableSize(flags));
  const parts = [bytes.subarray(0, reader.position)];
  const state: State = { width, height, hasTable, control: undefined, looped: false, frames: 0, duration: 0 };
  for (;;) {
    const block = reader.u8();
    if (block === TRAILER) break;
    if (block === EXTENSION) readExtension(reader, state, parts);
    else if (block === IMAGE) readImage(reader, state, parts);
    else throw broken('A block is of no kind that there is.');
  }
  if (reader.left > 0) throw broken('Something is behind the end of the picture.');
  if (state.frames === 0) throw broken('It has no pixels.');
  parts.push(Uint8Array.of(TRAILER));
  const { frames, duration } = state;
  return {
    type: 'image/gif',
    width,
    height,
    frames,
    duration: frames > 1 ? duration : 0,
    bytes: concatBytes(parts),
  };
}

function readExtension(reader: ByteReader, state: State, parts: Uint8Array[]): void {
  const begin = reader.position - 1;
  const label = reader.u8();
  if (label === CONTROL) {
    if (reader.u8() !== 4) throw broken('A block has another size than it has.');
    reader.skip(4);
    if (reader.u8() !== 0) throw broken('A block does not end.');
    state.control = reader.bytes.subarray(begin, reader.position);
  } else if (label === APPLICATION) {
    if (isLoop(reader) && !state.looped) {
      parts.push(reader.bytes.subarray(begin, reader.position));
      state.looped = true;
    }
  } else if (label === COMMENT) skipBlocks(reader);
  else if (label === PLAIN_TEXT) {
    // Nobody shows it; what was said of it is not said of the next image.
    skipBlocks(reader);
    state.control = undefined;
  } else throw broken('A block is of no kind that there is.');
}

/** Reads an application block. True for one that says how often all is shown, and nothing else. */
function isLoop(reader: ByteReader): boolean {
  const name = String.fromCharCode(...reader.take(reader.u8()));
  const begin = reader.position;
  skipBlocks(reader);
  const { bytes, position } = reader;
  return name === LOOP && position - begin === 5 && bytes[begin] === 3 && bytes[begin + 1] === 1;
}

function readImage(reader: ByteReader, state: State, parts: Uint8Array[]): void {
  const begin = reader.position - 1;
  const [x, y, width, height] = [u16(reader), u16(reader), u16(reader), u16(reader)];
  const flags = reader.u8();
  if (width === 0 || height === 0 || x + width > state.width || y + height > state.height)
    throw broken('A frame is outside of the picture.');
  if ((flags & 0x80) !== 0) reader.skip(tableSize(flags));
  else if (!state.hasTable) throw broken('A frame has no colours.');
  const bits = reader.u8();
  if (bits < 2 || bits > 8) throw broken('Its pixels are not packed as pixels are.');
  if (skipBlocks(reader) === 0) throw broken('A frame has no pixels.');
  if (state.control) parts.push(state.control);
  parts.push(reader.bytes.subarray(begin, reader.position));
  const delay = state.control ? (state.control[4]! | (state.control[5]! << 8)) * 10 : 0;
  state.frames++;
  state.duration += shownFor(delay);
  state.control = undefined;
}

/** Skips blocks up to the empty one. Gives how many bytes were in them. */
function skipBlocks(reader: ByteReader): number {
  let total = 0;
  for (;;) {
    const size = reader.u8();
    if (size === 0) return total;
    reader.skip(size);
    total += size;
  }
}

/** Bytes of a table of colours. */
function tableSize(flags: number): number {
  return 3 * 2 ** ((flags & 7) + 1);
}

function u16(reader: ByteReader): number {
  const value = reader.u16();
  return ((value & 0xff) << 8) | (value >> 8);
}

function broken(words: string): ProtocolError {
  return new ProtocolError(`This GIF is damaged. ${words}`);
}

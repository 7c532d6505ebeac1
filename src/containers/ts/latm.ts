import { ProtocolError } from '../../errors.ts';
import { BitReader } from '../../media/bytes/bit-reader.ts';
import { objectType } from '../../media/codec/aac.ts';

/** Bytes of LOAS in front of an AudioMuxElement. */
const HEADER = 3;
/** An AudioSpecificConfig is at most so many bits here: rates written out, SBR, extensions. */
const MAX_CONFIG = 1024;
const TYPE_ESCAPE = 31;
const RATE_ESCAPE = 15;
const ER_BSAC = 22;
/** Types with a GASpecificConfig that is no longer than this reads. */
const PLAIN_TYPES: ReadonlySet<number> = new Set([1, 2, 3, 4]);
/** frameLengthType of payloads that tell their lengths in bytes. */
const TOLD_LENGTH = 0;

/** One AudioMuxElement. */
export interface LatmFrame {
  /** AudioSpecificConfig, where it comes with the frame. */
  config?: Uint8Array;
  /** Raw frames of AAC. */
  data: Uint8Array[];
}

/** How the frames of a stream are laid out, which is told now and then. */
interface Layout {
  subFrames: number;
  otherBits: number;
}

/**
 * Reads AAC in LATM (ISO/IEC 14496-3, 1.7.3): one program with one layer, which is all that is broadcast.
 *
 * `@throws ProtocolError` for anything else, and for what is damaged.
 */
export class LatmReader {
  #layout: Layout | undefined;

  /** Reads one LOAS frame, in full; undefined while the layout is not known. */
  read(bytes: Uint8Array): LatmFrame | undefined {
    const bits = new BitReader(bytes.subarray(HEADER));
    const frame: LatmFrame = { data: [] };
    if (!bits.flag()) frame.config = this.#readLayout(bits, bytes.subarray(HEADER));
    if (!this.#layout) return undefined;
    for (let i = 0; i <= this.#layout.subFrames; i++) {
      let length = 0;
      for (let byte = 255; byte === 255;) length += byte = bits.bits(8);
      frame.data.push(takeBits(bits, 8 * length));
    }
    return frame;
  }

  #readLayout(bits: BitReader, bytes: Uint8Array): Uint8Array {
    const version = bits.bit();
    if (version === 1 && bits.flag()) throw new ProtocolError('LATM is of an unknown version.');
    if (version === 1) readValue(bits); // taraBufferFullness
    const sameTiming = bits.flag();
    const subFrames = bits.bits(6);
    if (bits.bits(4) !== 0 || bits.bits(3) !== 0 || !sameTiming) {
      throw new ProtocolError('LATM with several programs or layers cannot be read.');
    }
    const config = readConfig(bits, bytes, version === 1 ? readValue(bits) : undefined);
    if (bits.bits(3) !== TOLD_LENGTH) throw new ProtocolError('LATM with frames of a fixed length cannot be read.');
    bits.skip(8); // latmBufferFullness
    let otherBits = 0;
    if (bits.flag()) {
      if (version === 1) otherBits = readValue(bits);
      else for (let more = true; more;) [more, otherBits] = [bits.flag(), otherBits * 256 + bits.bits(8)];
    }
    if (bits.flag()) bits.skip(8); // crcCheckSum
    this.#layout = { subFrames, otherBits };
    return config;
  }
}

/** An AudioSpecificConfig, of which older versions do not tell the length, as whole bytes. */
function readConfig(bits: BitReader, bytes: Uint8Array, told: number | undefined): Uint8Array {
  const start = bits.position;
  let length = told;
  if (length === undefined) {
    skipConfig(bits);
    length = bits.position - start;
  }
  if (length > MAX_CONFIG) throw new ProtocolError('An AAC config in LATM is too long.', 'limit-exceeded');
  const again = new BitReader(bytes);
  again.skip(start);
  const config = takeBits(again, length);
  if (told !== undefined) bits.skip(length);
  return config;
}

function skipConfig(bits: BitReader): void {
  let type = readType(bits);
  skipRate(bits);
  const channels = bits.bits(4);
  if (type === objectType.sbr || type === objectType.ps) {
    skipRate(bits);
    type = readType(bits);
    if (type === ER_BSAC) bits.skip(4);
  }
  if (!PLAIN_TYPES.has(type) || channels === 0)
    throw new ProtocolError('LATM holds a kind of AAC that cannot be read.');
  bits.skip(1); // frameLengthFlag
  if (bits.flag()) bits.skip(14); // coreCoderDelay
  bits.skip(1); // extensionFlag
}

function readType(bits: BitReader): number {
  const type = bits.bits(5);
  return type === TYPE_ESCAPE ? 32 + bits.bits(6) : type;
}

function skipRate(bits: BitReader): void {
  if (bits.bits(4) === RATE_ESCAPE) bits.skip(24);
}

/** LatmGetValue (table 1.43). */
function readValue(bits: BitReader): number {
  return bits.bits(8 * (bits.bits(2) + 1));
}

/** So many bits from wherever they begin, as bytes; the last one is filled with zeros. */
function takeBits(bits: BitReader, count: number): Uint8Array {
  if (count > bits.left) throw new ProtocolError('A LATM frame ends too soon.');
  const out = new Uint8Array(Math.ceil(count / 8));
  for (let i = 0, left = count; left > 0; i++, left -= 8) {
    out[i] = left >= 8 ? bits.bits(8) : bits.bits(left) << (8 - left);
  }
  return out;
}

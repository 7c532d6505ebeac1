import { ProtocolError } from '../../errors.ts';
import { ByteReader } from '../../media/bytes/byte-reader.ts';
import { fourCcWords } from '../flv/four-cc.ts';
import { BOX_HEADER } from './box-writer.ts';

/** Boxes in another one. A movie has one for each track and a handful beside, a fragment as well. */
const MAX_CHILDREN = 1024;

/** A box within bytes that are there in full. */
export interface Box {
  type: number;
  /** What follows size and type, not copied. */
  body: Uint8Array;
}

/**
 * The boxes that `bytes` are made of (ISO/IEC 14496-12, 4.2). A rest that is too short for one is passed over: QuickTime
 * ends some lists with zeros. How deep boxes lie in each other is bounded by the code that asks for them.
 *
 * @throws ProtocolError for one that is longer than what is left, or shorter than its header, and for too many.
 */
export function boxesIn(bytes: Uint8Array): Box[] {
  const boxes: Box[] = [];
  for (const reader = new ByteReader(bytes); reader.left >= BOX_HEADER;) {
    const size = reader.u32();
    const type = reader.u32();
    if (size < BOX_HEADER || size - BOX_HEADER > reader.left) {
      throw new ProtocolError(`A box “${fourCcWords(type)}” of ${size} bytes does not fit where it is.`);
    }
    if (boxes.length >= MAX_CHILDREN) {
      throw new ProtocolError(`There are more than ${MAX_CHILDREN} boxes in one.`, 'limit-exceeded');
    }
    boxes.push({ type, body: reader.take(size - BOX_HEADER) });
  }
  return boxes;
}

/** The body of the first box of a type; undefined where there is none. */
export function childOf(boxes: readonly Box[], type: number): Uint8Array | undefined {
  return boxes.find((box) => box.type === type)?.body;
}

/** The boxes in the first box of a type; none where there is no such. */
export function childrenOf(boxes: readonly Box[], type: number): Box[] {
  const body = childOf(boxes, type);
  return body ? boxesIn(body) : [];
}

/** A box that begins with a version and flags. */
export interface FullBox {
  version: number;
  flags: number;
  /** Stands behind them. */
  reader: ByteReader;
}

/** @throws ProtocolError where there is no version. */
export function fullBoxOf(body: Uint8Array): FullBox {
  const reader = new ByteReader(body);
  return { version: reader.u8(), flags: reader.u24(), reader };
}

/** A number of 32 or 64 bits, by version. Larger than 2^53 it is not exact, and refused where it counts. */
export function unsigned({ version, reader }: FullBox): number {
  return version === 0 ? reader.u32() : reader.u32() * 2 ** 32 + reader.u32();
}

/** The same with a sign. */
export function signed({ version, reader }: FullBox): number {
  return version === 0 ? reader.i32() : reader.i32() * 2 ** 32 + reader.u32();
}

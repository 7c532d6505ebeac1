import { ByteReader } from '../../src/media/bytes/byte-reader.ts';

/** A box of ISO/IEC 14496-12: its type, and what is in it. */
export interface Box {
  readonly type: string;
  readonly start: number;
  readonly end: number;
  readonly body: Uint8Array;
}

/** The boxes that lie side by side in these bytes. @throws ProtocolError where they do not fit. */
export function boxesOf(bytes: Uint8Array): Box[] {
  const reader = new ByteReader(bytes);
  const boxes: Box[] = [];
  while (reader.left > 0) {
    const start = reader.position;
    let size = reader.u32();
    const type = String.fromCharCode(...reader.take(4));
    if (size === 1) size = reader.u32() * 2 ** 32 + reader.u32();
    if (size === 0) size = bytes.length - start;
    const body = reader.take(Math.max(-1, size - (reader.position - start)));
    boxes.push({ type, start, end: reader.position, body });
  }
  return boxes;
}

/** The first box at the end of this way: `['trak', 'mdia', 'mdhd']`. */
export function boxAt(boxes: readonly Box[], ...way: readonly string[]): Box | undefined {
  const [type, ...rest] = way;
  const found = boxes.find((box) => box.type === type);
  return !found || rest.length === 0 ? found : boxAt(boxesOf(found.body), ...rest);
}

/** Version and flags of a full box, and a reader behind them. */
export function fullBox(body: Uint8Array): { version: number; flags: number; reader: ByteReader } {
  const reader = new ByteReader(body);
  return { version: reader.u8(), flags: reader.u24(), reader };
}

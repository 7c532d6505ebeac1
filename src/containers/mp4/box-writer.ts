import { concatBytes } from '../../media/bytes/bytes.ts';
import { ByteWriter } from '../../media/bytes/byte-writer.ts';
import { boxType } from './box-type.ts';

/** Size and type of a box. */
export const BOX_HEADER = 8;

/** What `write` writes. */
export function written(write: (writer: ByteWriter) => void): Uint8Array {
  const writer = new ByteWriter();
  write(writer);
  return writer.finish();
}

/** One box with these parts (ISO/IEC 14496-12, 4.2). */
export function box(type: string, ...parts: readonly Uint8Array[]): Uint8Array {
  const content = concatBytes([new Uint8Array(0), ...parts]);
  return written((writer) => {
    writer.u32(BOX_HEADER + content.length);
    writer.u32(boxType(type));
    writer.bytes(content);
  });
}

/** One box that has a version and flags (ISO/IEC 14496-12, 4.2). */
export function fullBox(
  type: string,
  { version = 0, flags = 0 }: { version?: number; flags?: number },
  ...parts: readonly Uint8Array[]
): Uint8Array {
  return box(
    type,
    written((writer) => writer.u32((version << 24) | flags)),
    ...parts,
  );
}

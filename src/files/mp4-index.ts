import { type FileHandle, open } from 'node:fs/promises';
import { ProtocolError } from '../errors.ts';
import { checkMp4Tables, editsIn, typeAt } from './mp4-tables.ts';

/** Size, type, and the size of a box above 4 GiB. */
const HEADER = 16;
/** Bytes of an index; that of a film of many hours has some 20 MB. */
const MAX_INDEX = 256 * 2 ** 20;
/** Boxes, each of which is looked at: those of a day in fragments of less than a second. */
const MAX_BOXES = 2 ** 18;

/**
 * Looks at the index of an MP4 file before anything else does, and tells how many parts its longest edit list has. Passes
 * over what is no MP4.
 *
 * @throws ProtocolError where it promises more than a file of this size can hold, or has too many boxes.
 */
export async function checkMp4Index(path: string, size: number): Promise<{ edits: number }> {
  const file = await open(path, 'r');
  let edits = 0;
  let boxes = 0;
  try {
    for (let at = 0; at + HEADER <= size;) {
      if (++boxes > MAX_BOXES) {
        throw new ProtocolError(`The file has more than ${MAX_BOXES} boxes.`, 'limit-exceeded');
      }
      const view = await viewOf(file, at, HEADER);
      const small = view.getUint32(0);
      const length = small === 1 ? Number(view.getBigUint64(8)) : small === 0 ? size - at : small;
      if (length < 8) break;
      const type = typeAt(view, 0);
      if (type === 'moov' || type === 'moof') {
        if (length > MAX_INDEX) throw new ProtocolError(`The index of the file has ${length} bytes.`, 'limit-exceeded');
        const { buffer } = await viewOf(file, at, Math.min(length, size - at));
        const index = new Uint8Array(buffer);
        checkMp4Tables(index, size);
        edits = Math.max(edits, editsIn(index));
      }
      at += length;
    }
    return { edits };
  } finally {
    await file.close();
  }
}

async function viewOf(file: FileHandle, at: number, length: number): Promise<DataView> {
  const bytes = new Uint8Array(length);
  await file.read(bytes, 0, length, at);
  return new DataView(bytes.buffer);
}

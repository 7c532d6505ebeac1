import { type FileHandle, open } from 'node:fs/promises';
import { ProtocolError } from '../errors.ts';
import { checkMp4Tables, typeAt } from './mp4-tables.ts';

/** Size, type, and the size of a box above 4 GiB. */
const HEADER = 16;
/** Bytes of an index; that of a film of many hours has some 20 MB. */
const MAX_INDEX = 256 * 2 ** 20;

/**
 * Looks at the index of an MP4 file before anything else does. Passes over what is no MP4.
 *
 * @throws ProtocolError where it promises more than a file of this size can hold.
 */
export async function checkMp4Index(path: string, size: number): Promise<void> {
  const file = await open(path, 'r');
  try {
    for (let at = 0; at + HEADER <= size;) {
      const view = await viewOf(file, at, HEADER);
      const small = view.getUint32(0);
      const length = small === 1 ? Number(view.getBigUint64(8)) : small === 0 ? size - at : small;
      if (length < 8) return;
      const type = typeAt(view, 0);
      if (type === 'moov' || type === 'moof') {
        if (length > MAX_INDEX) throw new ProtocolError(`The index of the file has ${length} bytes.`, 'limit-exceeded');
        const { buffer } = await viewOf(file, at, Math.min(length, size - at));
        checkMp4Tables(new Uint8Array(buffer), size);
      }
      at += length;
    }
  } finally {
    await file.close();
  }
}

async function viewOf(file: FileHandle, at: number, length: number): Promise<DataView> {
  const bytes = new Uint8Array(length);
  await file.read(bytes, 0, length, at);
  return new DataView(bytes.buffer);
}

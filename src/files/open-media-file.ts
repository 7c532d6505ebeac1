import { open, stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { RoomcastError } from '../errors.ts';
import type { MediaFile } from './media-file.ts';
import { readError } from './read-error.ts';
import { streamFormatOf, TELLING } from './stream-format.ts';

/**
 * Opens a media file.
 *
 * @throws RoomcastError in words: no such file, not readable, empty, not a media file.
 */
export async function openMediaFile(path: string): Promise<MediaFile> {
  const size = await sizeOf(path);
  const format = streamFormatOf(size.head);
  // An MP4 file has an index, or can be read as if it had one.
  if (format && format.name !== 'mp4') {
    const { openRecording } = await import('./recording-file.ts');
    return openRecording(path, size.bytes, format);
  }
  const { openContainerFile } = await import('./container-file.ts');
  return openContainerFile(path, size.bytes);
}

/**
 * The absolute path of a file that is named by a path or a `file:` URL.
 *
 * @throws RoomcastError for another URL, which it does not repeat.
 */
export function pathOf(source: string | URL): string {
  if (typeof source === 'string' && !/^file:/i.test(source)) return resolve(source);
  try {
    return fileURLToPath(source);
  } catch (cause) {
    throw new RoomcastError(
      'bad-request',
      'The source is neither a path nor the file: URL of a file on this machine.',
      {
        cause,
      },
    );
  }
}

/**
 * Looks at a file without reading more than its beginning.
 *
 * @throws RoomcastError in words where it is no file that can be read.
 */
export async function sizeOf(path: string): Promise<{ bytes: number; head: Uint8Array }> {
  let handle;
  try {
    // To open a pipe would wait for somebody who writes, and nothing could end that.
    const found = await stat(path);
    if (!found.isFile()) throw new RoomcastError('bad-request', `${path} is not a file.`);
    if (found.size === 0) throw new RoomcastError('bad-request', `${path} is empty.`);
    handle = await open(path, 'r');
    const head = new Uint8Array(TELLING);
    const { bytesRead } = await handle.read(head, 0, head.length, 0);
    return { bytes: found.size, head: head.subarray(0, bytesRead) };
  } catch (error) {
    throw readError(path, error);
  } finally {
    await handle?.close();
  }
}

import { open } from 'node:fs/promises';
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { RoomcastError } from '../errors.ts';
import type { Frame, Kind, Track } from '../media/frame.ts';

/** A file of pictures and sound that can be read from its start, as often as wanted. */
export interface MediaFile {
  /** `flv`, `mp4`, `mov`, `mkv`, `webm`. */
  readonly format: string;
  /** Bytes. */
  readonly size: number;
  /** µs, as the file says; absent where it does not. */
  readonly duration?: number;
  /** What there is to read, in the file's order. The first of a kind has the id that a publisher's main track has. */
  readonly tracks: readonly Track[];
  /** What is in the file and cannot be read. */
  readonly unsupported: readonly Unsupported[];
  /** Pixels of a track's pictures where its codec config does not tell them. */
  sizeOf(track: Track): { width: number; height: number } | undefined;
  /**
   * Every frame from the start, in decode order, on one clock that starts at 0. What cannot be read at the end of a
   * damaged file is left out.
   *
   * @throws ProtocolError where what was read is no media, or is above a limit.
   */
  frames(): AsyncGenerator<Frame, void>;
  close(): Promise<void>;
}

/** A track that is left out, by the name of its codec. */
export interface Unsupported {
  kind: Kind;
  codec: string;
}

const FLV = [0x46, 0x4c, 0x56] as const;

/**
 * Opens a media file.
 *
 * @throws RoomcastError in words: no such file, not readable, empty, not a media file.
 */
export async function openMediaFile(path: string): Promise<MediaFile> {
  const size = await sizeOf(path);
  if (size.head.every((byte, index) => byte === FLV[index])) {
    const { openFlvFile } = await import('./flv-file.ts');
    return openFlvFile(path, size.bytes);
  }
  const { openContainerFile } = await import('./container-file.ts');
  return openContainerFile(path, size.bytes);
}

/** The absolute path of a file that is named by a path or a `file:` URL. */
export function pathOf(source: string | URL): string {
  return source instanceof URL ? fileURLToPath(source) : resolve(source);
}

/**
 * Looks at a file without reading more than its beginning.
 *
 * @throws RoomcastError in words where it is no file that can be read.
 */
export async function sizeOf(path: string): Promise<{ bytes: number; head: Uint8Array }> {
  let handle;
  try {
    handle = await open(path, 'r');
    const stat = await handle.stat();
    if (!stat.isFile()) throw new RoomcastError('bad-request', `${path} is not a file.`);
    if (stat.size === 0) throw new RoomcastError('bad-request', `${path} is empty.`);
    const head = new Uint8Array(FLV.length);
    await handle.read(head, 0, head.length, 0);
    return { bytes: stat.size, head };
  } catch (error) {
    throw inWords(path, error);
  } finally {
    await handle?.close();
  }
}

function inWords(path: string, error: unknown): unknown {
  if (error instanceof RoomcastError) return error;
  const { code } = error as NodeJS.ErrnoException;
  if (code === 'ENOENT' || code === 'ENOTDIR') {
    return new RoomcastError('not-found', `There is no file ${path}.`, { cause: error });
  }
  if (code === 'EACCES' || code === 'EPERM') {
    return new RoomcastError('denied', `${path} may not be read by this user.`, { cause: error });
  }
  return new RoomcastError('bad-request', `${path} cannot be read: ${code ?? String(error)}.`, { cause: error });
}

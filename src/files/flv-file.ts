import { createReadStream } from 'node:fs';
import { RoomcastError } from '../errors.ts';
import type { Frame } from '../media/frame.ts';
import { FlvStream } from './flv-stream.ts';
import type { MediaFile } from './media-file.ts';
import { readError } from './read-error.ts';

/** Bytes that are read at once. */
const CHUNK = 256 * 1024;

/** Opens an FLV file. @throws RoomcastError where it is none, or nothing in it can be read. */
export async function openFlvFile(path: string, size: number): Promise<MediaFile> {
  const first = await begin(path);
  const { tracks, duration, unsupported } = first;
  await first.close();
  if (!tracks.some(({ kind }) => kind !== 'data') && unsupported.length === 0) {
    throw new RoomcastError('bad-request', `${path} is FLV with neither pictures nor sound in it.`);
  }
  return {
    format: 'flv',
    size,
    ...(duration === undefined ? {} : { duration }),
    tracks,
    unsupported,
    async *frames(): AsyncGenerator<Frame, void> {
      yield* (await begin(path)).frames();
    },
    close: async () => {},
  };
}

function begin(path: string): Promise<FlvStream> {
  return FlvStream.open(bytesOf(path));
}

/** The bytes of a file, in pieces that are not used again. */
async function* bytesOf(path: string): AsyncGenerator<Uint8Array, void> {
  try {
    for await (const chunk of createReadStream(path, { highWaterMark: CHUNK })) {
      const { buffer, byteOffset, length } = chunk as Buffer;
      yield new Uint8Array(buffer, byteOffset, length);
    }
  } catch (error) {
    throw readError(path, error);
  }
}

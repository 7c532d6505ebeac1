import { createReadStream } from 'node:fs';
import { RoomcastError } from '../errors.ts';
import type { Frame } from '../media/frame.ts';
import type { MediaFile } from './media-file.ts';
import { readError } from './read-error.ts';
import { RecordingReader } from './recording-reader.ts';
import { RecordingStream } from './recording-stream.ts';
import type { StreamFormat } from './stream-format.ts';

/** Bytes that are read at once. */
const CHUNK = 256 * 1024;

const TITLES: Readonly<Record<StreamFormat['name'], string>> = { flv: 'FLV', mp4: 'MP4', ts: 'MPEG-TS' };

/** Opens the recording of a stream. @throws RoomcastError where it is none, or nothing in it can be read. */
export async function openRecording(path: string, size: number, format: StreamFormat): Promise<MediaFile> {
  const begin = (): Promise<RecordingStream> => RecordingStream.open(bytesOf(path), new RecordingReader(format.open()));
  const first = await begin();
  const { tracks, duration, unsupported } = first;
  await first.close();
  if (!tracks.some(({ kind }) => kind !== 'data') && unsupported.length === 0) {
    throw new RoomcastError('bad-request', `${path} is ${TITLES[format.name]} with neither pictures nor sound in it.`);
  }
  return {
    format: format.name,
    size,
    ...(duration === undefined ? {} : { duration }),
    tracks,
    unsupported,
    async *frames(): AsyncGenerator<Frame, void> {
      yield* (await begin()).frames();
    },
    close: async () => {},
  };
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

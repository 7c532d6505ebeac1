import { createReadStream } from 'node:fs';
import { publisherMetadata } from '../containers/flv/index.ts';
import { RoomcastError } from '../errors.ts';
import type { Frame, Kind, Track } from '../media/frame.ts';
import { FlvStream } from './flv-stream.ts';
import type { MediaFile, Unsupported } from './media-file.ts';

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
    unsupported: unsupported.map(namedByKind),
    sizeOf: () => sizeIn(tracks),
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
  for await (const chunk of createReadStream(path, { highWaterMark: CHUNK })) {
    const { buffer, byteOffset, length } = chunk as Buffer;
    yield new Uint8Array(buffer, byteOffset, length);
  }
}

/** The decoder names what it left out as `video vp6f` or, where FLV has numbers, by its title. */
function namedByKind(name: string): Unsupported {
  const [first, ...rest] = name.split(' ');
  if (rest.length > 0 && (first === 'video' || first === 'audio')) return { kind: first, codec: rest.join(' ') };
  const kind: Kind = /Sorenson|Screen|VP6/.test(name) ? 'video' : /PCM|moser|Speex/.test(name) ? 'audio' : 'data';
  return { kind, codec: name };
}

/** What the metadata says of the picture. */
function sizeIn(tracks: readonly Track[]): { width: number; height: number } | undefined {
  const { width, height } = publisherMetadata(tracks);
  if (typeof width !== 'number' || typeof height !== 'number' || width <= 0 || height <= 0) return undefined;
  return { width, height };
}

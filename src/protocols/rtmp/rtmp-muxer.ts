import { flvBodyHead, flvConfigBody, flvMetadataBody, flvTagType } from '../../containers/flv/index.ts';
import type { Muxer } from '../../containers/muxer.ts';
import { concatBytes } from '../../media/bytes/bytes.ts';
import type { Frame, Track } from '../../media/frame.ts';
import { toMs } from '../../media/time.ts';
import { writeMessage } from './chunk-writer.ts';
import { chunkStream, MEDIA_STREAM, messageType } from './message.ts';

const EMPTY = new Uint8Array(0);
/** A message's length has 24 bits (5.3.1.2.1). */
const MAX_BODY = 0xff_ffff;

/** Writes frames as RTMP messages whose bytes all players share: full headers, one chunk size, one message stream. */
export class RtmpMuxer implements Muxer {
  /** Time of the last frame, which an announcement between frames takes over. */
  #ms = 0;

  carries(track: Track): boolean {
    return flvTagType(track.codec) !== undefined;
  }

  /** `onMetaData`, then the sequence headers, at time 0. */
  header(tracks: readonly Track[]): Uint8Array {
    return concatBytes([metadata(tracks, 0), ...tracks.map((track) => config(track, 0))]);
  }

  announce(track: Track, tracks: readonly Track[]): Uint8Array {
    return concatBytes([metadata(tracks, this.#ms), config(track, this.#ms)]);
  }

  /** Nothing for a frame that is too large for a message. */
  mux(frame: Frame): Uint8Array {
    const head = flvBodyHead(frame);
    if (head.length + frame.data.length > MAX_BODY) return EMPTY;
    this.#ms = toMs(frame.dts);
    return media(frame.track, this.#ms, head, frame.data);
  }
}

function media(track: Track, timestamp: number, head: Uint8Array, data?: Uint8Array): Uint8Array {
  const lane =
    track.kind === 'video' ? chunkStream.video : track.kind === 'audio' ? chunkStream.audio : chunkStream.data;
  const type = flvTagType(track.codec);
  if (type === undefined) return EMPTY;
  return writeMessage({ chunkStream: lane, type, streamId: MEDIA_STREAM, timestamp, head, ...(data ? { data } : {}) });
}

function config(track: Track, timestamp: number): Uint8Array {
  const body = flvConfigBody(track);
  return body ? media(track, timestamp, body) : EMPTY;
}

function metadata(tracks: readonly Track[], timestamp: number): Uint8Array {
  const head = flvMetadataBody(tracks);
  return writeMessage({ chunkStream: chunkStream.data, type: messageType.data, streamId: MEDIA_STREAM, timestamp, head });
}

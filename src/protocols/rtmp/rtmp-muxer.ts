import { flvBodyHead, flvColorBody, flvConfigBody, flvMetadataBody, flvTagType } from '../../containers/flv/index.ts';
import type { Muxer } from '../../containers/muxer.ts';
import { concatBytes } from '../../media/bytes/bytes.ts';
import type { Codec, Frame, Track } from '../../media/frame.ts';
import { toMs } from '../../media/time.ts';
import { Blocks } from '../../media/bytes/blocks.ts';
import { OUT_CHUNK, writeMessage } from './chunk-writer.ts';
import { chunkStream, MEDIA_STREAM, messageType } from './message.ts';
import { reads } from './negotiation.ts';

const EMPTY = new Uint8Array(0);
/** A message's length has 24 bits (5.3.1.2.1). */
const MAX_BODY = 0xff_ffff;

export interface RtmpMuxerOptions {
  /** The message stream; players all have the same. */
  streamId?: number;
  /** AMF0 in front of the metadata; publishers put `@setDataFrame` there. */
  metadataHead?: Uint8Array;
  /** Codecs beyond those of plain RTMP that the peer reads; all of them unless it is said. */
  reads?: ReadonlySet<Codec>;
}

/** Writes frames as RTMP messages whose bytes all players share: full headers, one chunk size, one message stream. */
export class RtmpMuxer implements Muxer {
  readonly inline = true;
  readonly #streamId: number;
  readonly #metadataHead: Uint8Array;
  readonly #reads: ReadonlySet<Codec> | undefined;
  /** Time of the last frame, which an announcement between frames takes over. */
  #ms = 0;
  readonly #blocks = new Blocks();
  readonly #allocate = (length: number): Uint8Array => this.#blocks.allocate(length);

  constructor({ streamId = MEDIA_STREAM, metadataHead = EMPTY, reads: codecs }: RtmpMuxerOptions = {}) {
    this.#reads = codecs;
    this.#streamId = streamId;
    this.#metadataHead = metadataHead;
  }

  carries(track: Track): boolean {
    if (flvTagType(track.codec) === undefined) return false;
    return this.#reads === undefined || reads(this.#reads, track.codec);
  }

  /** `onMetaData`, then the sequence headers, at time 0. */
  header(tracks: readonly Track[]): Uint8Array {
    return concatBytes([this.#metadata(tracks, 0), ...tracks.map((track) => this.#config(track, 0))]);
  }

  announce(track: Track, tracks: readonly Track[]): Uint8Array {
    return concatBytes([this.#metadata(tracks, this.#ms), this.#config(track, this.#ms)]);
  }

  /** Nothing for a frame that is too large for a message, or of a track that RTMP cannot carry. */
  mux(frame: Frame): Uint8Array {
    const head = flvBodyHead(frame);
    if (head.length + frame.data.length > MAX_BODY) return EMPTY;
    this.#ms = toMs(frame.dts);
    return this.#media(frame.track, this.#ms, head, frame.data);
  }

  #media(track: Track, timestamp: number, head: Uint8Array, data: Uint8Array = EMPTY): Uint8Array {
    const type = flvTagType(track.codec);
    if (type === undefined) return EMPTY;
    const message = { chunkStream: lanes[track.kind], type, streamId: this.#streamId, timestamp, head, data };
    return writeMessage(message, OUT_CHUNK, this.#allocate);
  }

  /** Colours go out whether a player announced that it reads metadata or not: FFmpeg does, and never says so. */
  #config(track: Track, timestamp: number): Uint8Array {
    const bodies = [flvConfigBody(track), flvColorBody(track)].filter((body) => body !== undefined);
    return concatBytes(bodies.map((body) => this.#media(track, timestamp, body)));
  }

  #metadata(tracks: readonly Track[], timestamp: number): Uint8Array {
    const type = messageType.data;
    const [head, data] = [this.#metadataHead, flvMetadataBody(tracks)];
    return writeMessage({ chunkStream: chunkStream.data, type, streamId: this.#streamId, timestamp, head, data });
  }
}

const lanes: Readonly<Record<Track['kind'], number>> = {
  video: chunkStream.video,
  audio: chunkStream.audio,
  data: chunkStream.data,
};

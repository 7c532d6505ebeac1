import { concatBytes } from '../../media/bytes/bytes.ts';
import type { Frame, Track } from '../../media/frame.ts';
import { toMs } from '../../media/time.ts';
import type { Muxer } from '../muxer.ts';
import { flvBodyHead, flvConfigBody, flvTagType, MAX_BODY } from './body.ts';
import { flvMetadataBody } from './metadata.ts';
import { flvHeader, flvTag, tagType } from './tag.ts';

const EMPTY = new Uint8Array(0);

/**
 * Writes FLV (Annex E). Times are the stream's own, continuous for every joiner: a viewer who comes after an hour starts
 * at 3 600 000 ms. They are written modulo 2^32 ms.
 */
export class FlvMuxer implements Muxer {
  readonly inline = true;
  /** Time of the last frame, which an announcement between frames takes over. */
  #ms = 0;

  /**
   * Captions are not carried apart: they travel inside their pictures. Nor is what a publisher says of colours beside
   * the config: players in browsers take a metadata packet for a picture.
   */
  carries(track: Track): boolean {
    return flvTagType(track.codec) !== undefined;
  }

  /** File header, `onMetaData`, then the sequence headers, at time 0. */
  header(tracks: readonly Track[]): Uint8Array {
    const types = tracks.map((track) => flvTagType(track.codec));
    return concatBytes([
      flvHeader({ audio: types.includes(tagType.audio), video: types.includes(tagType.video) }),
      flvTag(tagType.script, 0, flvMetadataBody(tracks)),
      ...tracks.map((track) => configTag(track, 0)),
    ]);
  }

  /** The metadata anew, and for sound and picture the sequence header. */
  announce(track: Track, tracks: readonly Track[]): Uint8Array {
    const metadata = flvTag(tagType.script, this.#ms, flvMetadataBody(tracks));
    return concatBytes([metadata, configTag(track, this.#ms)]);
  }

  /** One tag; nothing for a frame that is too large for one, or of a track that FLV cannot carry. */
  mux(frame: Frame): Uint8Array {
    const type = flvTagType(frame.track.codec);
    const head = flvBodyHead(frame);
    if (type === undefined || head.length + frame.data.length > MAX_BODY) return EMPTY;
    this.#ms = toMs(frame.dts);
    return flvTag(type, this.#ms, head, frame.data);
  }
}

function configTag(track: Track, ms: number): Uint8Array {
  const body = flvConfigBody(track);
  const type = flvTagType(track.codec);
  return body && type !== undefined ? flvTag(type, ms, body) : EMPTY;
}

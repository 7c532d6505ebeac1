import type { Piece, SegmentMuxer } from '../src/containers/segment-muxer.ts';
import type { Codec, Kind, Track } from '../src/media/frame.ts';
import { toMs } from '../src/media/time.ts';

/**
 * Segments that people can read: `[v1 a17]` is an init segment, `|3 K40 P80 A100>120 ` the third piece, with which a
 * segment begins (`+3` would go on with it): a key frame, a picture, and a sound whose next is at 120 ms.
 */
export class WordSegmentMuxer implements SegmentMuxer {
  readonly #carries: readonly (Kind | Codec)[];
  readonly #full: boolean;

  /** `full`: a word is as long as its frame's data. */
  constructor(options: { carries?: readonly (Kind | Codec)[]; full?: boolean } = {}) {
    this.#carries = options.carries ?? ['video', 'audio'];
    this.#full = options.full ?? false;
  }

  carries(track: Track): boolean {
    return this.#carries.includes(track.kind) || this.#carries.includes(track.codec);
  }

  init(tracks: readonly Track[]): Uint8Array {
    return new TextEncoder().encode(`[${tracks.map(({ kind, config }) => `${kind[0]}${config[0] ?? 0}`).join(' ')}]`);
  }

  write({ frames, sequence, begins, next }: Piece): Uint8Array {
    const words = frames.map((frame, index) => {
      const letter = frame.track.kind === 'audio' ? 'A' : frame.key ? 'K' : 'P';
      const isLast = !frames.slice(index + 1).some(({ track }) => track === frame.track);
      const after = isLast ? next(frame.track) : undefined;
      const word = `${letter}${toMs(frame.dts)}${after === undefined ? '' : `>${toMs(after)}`}`;
      return word.padEnd(this.#full ? frame.data.length - 1 : 0);
    });
    return new TextEncoder().encode(`${begins ? '|' : '+'}${sequence} ${words.join(' ')} `);
  }
}

export function textOf(bytes: Uint8Array | undefined): string {
  return new TextDecoder().decode(bytes ?? new Uint8Array()).trim();
}

import type { Muxer } from '../src/containers/muxer.ts';
import type { Codec, Frame, Kind, Track } from '../src/media/frame.ts';
import { toMs } from '../src/media/time.ts';

/**
 * A container that people can read: one word for each thing, with what is in it. A header is `[v1 a1]`, an announcement
 * `+v2`, a key frame `K40`, a picture `P80`, a sound `A100` (times in ms). `v1` is a video track whose config begins with
 * the byte 1. With `full` a word is as long as its frame's data.
 */
export class WordMuxer implements Muxer {
  /** What it was asked to write, in order. */
  readonly calls: string[] = [];
  readonly #carries: readonly (Kind | Codec)[];
  readonly #full: boolean;
  readonly inline: boolean;

  constructor(options: { carries?: readonly (Kind | Codec)[]; full?: boolean; inline?: boolean } = {}) {
    this.inline = options.inline ?? true;
    this.#carries = options.carries ?? ['video', 'audio'];
    this.#full = options.full ?? false;
  }

  carries(track: Track): boolean {
    return this.#carries.includes(track.kind) || this.#carries.includes(track.codec);
  }

  header(tracks: readonly Track[]): Uint8Array {
    return this.#word(`[${tracks.map(nameOf).join(' ')}]`);
  }

  announce(track: Track): Uint8Array {
    return this.#word(`+${nameOf(track)}`);
  }

  mux(frame: Frame): Uint8Array {
    const letter = frame.track.kind === 'video' ? (frame.key ? 'K' : 'P') : frame.track.kind === 'audio' ? 'A' : 'D';
    return this.#word(`${letter}${toMs(frame.dts)}`, this.#full ? frame.data.length : 0);
  }

  #word(text: string, length = 0): Uint8Array {
    this.calls.push(text);
    return new TextEncoder().encode(`${text.padEnd(length - 1)} `);
  }
}

/** The words in muxed bytes. */
export function wordsOf(buffers: readonly Uint8Array[]): string[] {
  const text = buffers.map((bytes) => new TextDecoder().decode(bytes)).join('');
  return text.match(/\[[^\]]*\]|\S+/g) ?? [];
}

function nameOf(track: Track): string {
  return `${track.kind[0]}${track.config[0] ?? 0}`;
}

import type { Frame, Track } from '../media/frame.ts';

/** Of each frame: decode time, presentation time, where it ends in the bytes, the place of its track, and 1 for a key. */
const FIELDS = 5;

/**
 * Frames that are kept for long and seldom asked for, in two allocations: what is kept as objects costs the collector
 * something again and again.
 */
export class PackedFrames {
  readonly #tracks: Track[] = [];
  readonly #fields: Float64Array;
  readonly #bytes: Uint8Array;

  constructor(frames: readonly Frame[]) {
    const fields = new Float64Array(frames.length * FIELDS);
    const bytes = new Uint8Array(frames.reduce((sum, { data }) => sum + data.length, 0));
    let at = 0;
    let end = 0;
    for (const { track, dts, pts, key, data } of frames) {
      bytes.set(data, end);
      end += data.length;
      fields[at++] = dts;
      fields[at++] = pts;
      fields[at++] = end;
      fields[at++] = this.#place(track);
      fields[at++] = key ? 1 : 0;
    }
    this.#fields = fields;
    this.#bytes = bytes;
  }

  /** The frames anew, over the bytes that are kept. */
  unpack(): Frame[] {
    const fields = this.#fields;
    const frames: Frame[] = [];
    let begin = 0;
    for (let at = 0; at < fields.length;) {
      const [dts, pts, end] = [fields[at++]!, fields[at++]!, fields[at++]!];
      const [track, key] = [this.#tracks[fields[at++]!]!, fields[at++] === 1];
      frames.push({ track, dts, pts, key, data: this.#bytes.subarray(begin, end) });
      begin = end;
    }
    return frames;
  }

  #place(track: Track): number {
    const place = this.#tracks.indexOf(track);
    return place < 0 ? this.#tracks.push(track) - 1 : place;
  }
}

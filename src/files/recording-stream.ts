import type { Unsupported } from '../containers/demuxer.ts';
import type { Frame, Track } from '../media/frame.ts';
import { SECOND } from '../media/time.ts';
import type { RecordingReader } from './recording-reader.ts';

/** Tracks that begin later than this are found when they come. */
const HEAD_TIME = 2 * SECOND;
/** Frames that are held while the tracks are looked for. */
const HEAD_FRAMES = 2000;

/** A recording as it comes from a file or a program: which tracks there are, then the frames. */
export class RecordingStream {
  readonly #reader: RecordingReader;
  readonly #chunks: AsyncIterator<Uint8Array>;
  #held: Frame[] = [];
  #over = false;

  private constructor(chunks: AsyncIterable<Uint8Array>, reader: RecordingReader) {
    this.#reader = reader;
    this.#chunks = chunks[Symbol.asyncIterator]();
  }

  /**
   * Reads until the tracks are known.
   *
   * @throws ProtocolError for another format than that of the reader.
   */
  static async open(chunks: AsyncIterable<Uint8Array>, reader: RecordingReader): Promise<RecordingStream> {
    const stream = new RecordingStream(chunks, reader);
    try {
      while (!stream.#over && !stream.#knows()) stream.#held.push(...(await stream.#more()));
      return stream;
    } catch (error) {
      await stream.close();
      throw error;
    }
  }

  /** The tracks so far. */
  get tracks(): Track[] {
    return this.#reader.tracks;
  }

  /** Codecs that came and cannot be read. */
  get unsupported(): readonly Unsupported[] {
    return this.#reader.unsupported;
  }

  /** µs, as the metadata says. */
  get duration(): number | undefined {
    return this.#reader.duration;
  }

  /** Every frame, once. */
  async *frames(): AsyncGenerator<Frame, void> {
    try {
      yield* this.#held.splice(0);
      while (!this.#over) yield* await this.#more();
    } finally {
      await this.close();
    }
  }

  /** Stops reading. */
  async close(): Promise<void> {
    this.#over = true;
    this.#held = [];
    await this.#chunks.return?.();
  }

  async #more(): Promise<Frame[]> {
    const { value, done } = await this.#chunks.next();
    if (!done) return this.#reader.push(value);
    this.#over = true;
    return this.#reader.end();
  }

  #knows(): boolean {
    const last = this.#held.at(-1);
    return last !== undefined && (last.dts >= HEAD_TIME || this.#held.length >= HEAD_FRAMES);
  }
}

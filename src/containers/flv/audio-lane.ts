import type { AudioReader } from '../../media/codec/audio-reader.ts';
import { createAudioReader } from '../../media/codec/readers.ts';
import { codecs } from '../../media/codec/table.ts';
import type { Codec, Track } from '../../media/frame.ts';
import { SECOND } from '../../media/time.ts';
import type { Found } from './found.ts';

/** One track of sound, whatever codec it has at the moment. */
export class AudioLane {
  readonly #id: number;
  #reader: AudioReader | undefined;
  #codec: Codec | undefined;
  #track: Track | undefined;
  #sampleRate = 0;

  constructor(id: number) {
    this.#id = id;
  }

  /** The reader in use for a codec; a new one where the codec is another than before. */
  readerOf(codec: Codec): AudioReader {
    if (!this.#reader || this.#codec !== codec) {
      this.#reader = createAudioReader(codec);
      this.#codec = codec;
    }
    return this.#reader;
  }

  /** A codec config, as this codec has it in FLV. */
  configure(codec: Codec, config: Uint8Array, found: Found): void {
    this.adopt(this.readerOf(codec).configure(config), found);
  }

  /** The packets in one message. */
  sound(codec: Codec, data: Uint8Array, found: Found): void {
    const units = this.readerOf(codec).read(data);
    if (units.length === 0) found.drop();
    let samples = 0;
    for (const unit of units) {
      this.adopt(unit.config, found);
      if (this.#track?.codec !== codec) found.drop();
      else found.sound(this.#track, unit.data, this.#sampleRate > 0 ? (samples * SECOND) / this.#sampleRate : 0);
      samples += unit.samples;
    }
  }

  /** Puts a config in force where it is new. */
  adopt(config: Uint8Array | undefined, found: Found): void {
    if (!config) return;
    this.#track = { id: this.#id, kind: 'audio', codec: this.#codec!, config };
    this.#sampleRate = codecs[this.#track.codec].describe(config).sampleRate ?? 0;
    found.track(this.#track);
  }
}

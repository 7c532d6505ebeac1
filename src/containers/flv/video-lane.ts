import { createVideoReader } from '../../media/codec/readers.ts';
import type { VideoReader } from '../../media/codec/video-reader.ts';
import { sameSize } from '../../media/codec/picture-size.ts';
import type { NalLimits } from '../../media/codec/nal.ts';
import { type ColorInfo, sameColorInfo } from '../../media/color-info.ts';
import type { Codec, Track } from '../../media/frame.ts';
import { type Found, trackId } from './found.ts';

const NO_CONFIG = new Uint8Array(0);

/** One track of pictures, whatever codec it has at the moment. */
export class VideoLane {
  readonly #id: number;
  readonly #limits: NalLimits;
  #reader: VideoReader | undefined;
  #codec: Codec | undefined;
  #track: Track | undefined;
  #color: { codec: Codec; info: ColorInfo } | undefined;
  #size: Track['size'];
  /** Captions are read from the pictures that are played. */
  readonly #captions: Track | undefined;
  #captioned = false;

  constructor(id: number, limits: NalLimits) {
    this.#id = id;
    this.#limits = limits;
    if (id === trackId.video) {
      this.#captions = { id: trackId.captions, kind: 'data', codec: 'captions', config: NO_CONFIG };
    }
  }

  /** A codec config, as this codec has it in FLV. */
  configure(codec: Codec, config: Uint8Array, found: Found): void {
    this.#adopt(this.#readerOf(codec).configure(config), found);
  }

  /**
   * What the publisher says of the colours, of pictures that come now or later. FFmpeg tells those of every track without
   * its number: what is said of another codec than that of the pictures is not about these.
   */
  paint(codec: Codec, info: ColorInfo, found: Found): void {
    if (this.#codec && this.#codec !== codec) return;
    if (this.#color?.codec === codec && sameColorInfo(this.#color.info, info)) return;
    this.#color = { codec, info };
    if (this.#track?.codec === codec) this.#adopt(this.#track.config, found);
  }

  /** One access unit; `cts` in ms. */
  picture(codec: Codec, data: Uint8Array, cts: number, found: Found): void {
    const unit = this.#readerOf(codec).read(data);
    const grown = unit.size && !sameSize(this.#size, unit.size);
    if (grown) this.#size = unit.size;
    this.#adopt(unit.config ?? (grown ? this.#track?.config : undefined), found);
    if (unit.data.length === 0) {
      if (unit.damaged) found.drop();
      return;
    }
    if (this.#track?.codec !== codec) {
      found.drop();
      return;
    }
    if (unit.captions) this.#caption(unit.captions, cts, found);
    found.unit(this.#track, unit.data, cts, unit.key);
  }

  #readerOf(codec: Codec): VideoReader {
    if (!this.#reader || this.#codec !== codec) {
      this.#reader = createVideoReader(codec, this.#limits);
      this.#codec = codec;
      this.#size = undefined;
    }
    return this.#reader;
  }

  #adopt(config: Uint8Array | undefined, found: Found): void {
    if (!config) return;
    const { codec, info } = this.#color ?? {};
    const color = info && codec === this.#codec && { color: info };
    const size = this.#size && { size: this.#size };
    this.#track = { id: this.#id, kind: 'video', codec: this.#codec!, config, ...color, ...size };
    found.track(this.#track);
  }

  #caption(data: Uint8Array, cts: number, found: Found): void {
    if (!this.#captions) return;
    if (!this.#captioned) {
      this.#captioned = true;
      found.track(this.#captions);
    }
    found.unit(this.#captions, data, cts);
  }
}

import type { AudioReader } from '../media/codec/audio-reader.ts';
import { nalLimits } from '../media/codec/nal.ts';
import { createAudioReader, createVideoReader } from '../media/codec/readers.ts';
import type { VideoReader } from '../media/codec/video-reader.ts';
import { sameSize } from '../media/codec/picture-size.ts';
import { codecs, describeTrack } from '../media/codec/table.ts';
import type { Codec, Frame, Track } from '../media/frame.ts';
import { SECOND } from '../media/time.ts';

/** One packet of a file, times in µs. */
export interface Packet {
  dts: number;
  pts: number;
  data: Uint8Array;
}

interface PacketLaneOptions {
  id: number;
  codec: Codec;
  config?: Uint8Array | undefined;
  size?: Track['size'];
}

/** Turns the packets of one track of a file into frames as everything else wants them. */
export class PacketLane {
  readonly #id: number;
  readonly #codec: Codec;
  readonly #video: VideoReader | undefined;
  readonly #audio: AudioReader | undefined;
  #track: Track | undefined;
  #size: Track['size'];
  #sampleRate = 0;

  /** `config` and `size`: as the container has them, where it has them. */
  constructor({ id, codec, config, size }: PacketLaneOptions) {
    this.#id = id;
    this.#codec = codec;
    this.#size = size;
    if (codecs[codec].kind === 'video') this.#video = createVideoReader(codec, nalLimits);
    else this.#audio = createAudioReader(codec);
    if (config && config.length > 0) this.#adopt((this.#video ?? this.#audio)!.configure(config));
  }

  /** The track in the configuration that is in force; undefined until it is known. */
  get track(): Track | undefined {
    return this.#track;
  }

  /** The frames in a packet: one, none where it cannot be used, several where it holds several sounds. */
  read({ dts, pts, data }: Packet): Frame[] {
    if (this.#video) {
      const unit = this.#video.read(data);
      const isOther = unit.size !== undefined && !sameSize(this.#size, unit.size);
      if (isOther) this.#size = unit.size;
      this.#adopt(unit.config ?? (isOther ? this.#track?.config : undefined));
      if (!this.#track || unit.data.length === 0) return [];
      return [{ track: this.#track, dts, pts, key: unit.key, data: unit.data }];
    }
    const frames: Frame[] = [];
    let samples = 0;
    for (const unit of this.#audio!.read(data)) {
      this.#adopt(unit.config);
      const time = dts + (this.#sampleRate > 0 ? Math.round((samples * SECOND) / this.#sampleRate) : 0);
      if (this.#track) frames.push({ track: this.#track, dts: time, pts: time, key: true, data: unit.data });
      samples += unit.samples;
    }
    return frames;
  }

  #adopt(config: Uint8Array | undefined): void {
    if (!config) return;
    const track: Track = { id: this.#id, kind: codecs[this.#codec].kind, codec: this.#codec, config };
    const { width, sampleRate = 0 } = describeTrack(track);
    this.#track = width === undefined && this.#size ? { ...track, size: this.#size } : track;
    this.#sampleRate = sampleRate;
  }
}

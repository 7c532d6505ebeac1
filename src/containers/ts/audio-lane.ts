import type { AudioReader } from '../../media/codec/audio-reader.ts';
import { createAudioReader } from '../../media/codec/readers.ts';
import { codecs } from '../../media/codec/table.ts';
import type { Codec, Track } from '../../media/frame.ts';
import { SECOND } from '../../media/time.ts';
import type { Findings } from '../findings.ts';
import {
  ac3Length,
  adtsLength,
  type Framing,
  isEac3At,
  loasLength,
  MORE,
  mpegAudioLength,
  NO_FRAME,
  opusHead,
  opusLength,
} from './framing.ts';
import { LaneRoom } from './lane-room.ts';
import type { LaneTimes } from './lane-times.ts';
import { LatmReader } from './latm.ts';
import type { Lane, PesHead } from './pes-reader.ts';

/** How sound is framed in an elementary stream. */
export type SoundForm = 'adts' | 'latm' | 'mpeg' | 'ac3' | 'opus';

const framings: Readonly<Record<SoundForm, Framing>> = {
  adts: adtsLength,
  latm: loasLength,
  mpeg: mpegAudioLength,
  ac3: ac3Length,
  opus: opusLength,
};

const first: Readonly<Record<SoundForm, Codec>> = { adts: 'aac', latm: 'aac', mpeg: 'mp3', ac3: 'ac3', opus: 'opus' };

/** One track of sound: cuts the elementary stream into frames, wherever PES packets begin and end. */
export class AudioLane implements Lane {
  readonly #id: number;
  readonly #form: SoundForm;
  readonly #found: Findings;
  readonly #times: LaneTimes;
  readonly #framing: Framing;
  readonly #latm = new LatmReader();
  #codec: Codec;
  #reader: AudioReader;
  readonly #room = new LaneRoom();
  #track: Track | undefined;
  #sampleRate = 0;
  /** Time of the first frame that begins in this PES packet. µs */
  #mark: { at: number; dts: number } | undefined;
  /** Time of a frame that told one, and samples since; absent before the first. */
  #base: number | undefined;
  #samples = 0;

  /** `config` is what is known before the first frame. */
  constructor(options: {
    id: number;
    form: SoundForm;
    found: Findings;
    times: LaneTimes;
    config?: Uint8Array | undefined;
  }) {
    this.#id = options.id;
    this.#form = options.form;
    this.#found = options.found;
    this.#times = options.times;
    this.#framing = framings[options.form];
    this.#codec = first[options.form];
    this.#reader = createAudioReader(this.#codec);
    const { config } = options;
    if (config) this.#adopt(this.#found.attempt(() => this.#reader.configure(config)));
  }

  begin(head: PesHead): void {
    const times = this.#times.told(head);
    this.#mark = times && { at: this.#room.length, dts: times.pts };
  }

  append(payload: Uint8Array): void {
    this.#room.append(payload);
  }

  finish(): void {
    const { bytes } = this.#room;
    let at = 0;
    while (at < bytes.length) {
      const length = this.#framing(bytes, at);
      if (length === MORE || at + length > bytes.length) {
        if (!this.#mark || !this.#isCut(bytes, at)) break;
        this.#found.drop();
        at = this.#mark.at;
      } else if (length === NO_FRAME || (this.#isCut(bytes, at) && this.#framing(bytes, at + length) === NO_FRAME)) {
        at = this.#next(bytes, at + 1);
      } else {
        this.#frame(bytes.slice(at, at + length), at);
        at += length;
      }
    }
    this.#room.drop(at);
    this.#mark = undefined;
  }

  spoil(): void {
    if (this.#room.length > 0) this.#found.drop();
    this.#mark = undefined;
    this.#room.clear();
  }

  end(): void {
    this.#room.clear();
  }

  /** What is left of the PES packet before might be the beginning of a frame that never came. */
  #isCut(bytes: Uint8Array, at: number): boolean {
    return this.#mark !== undefined && at < this.#mark.at && this.#framing(bytes, this.#mark.at) > 0;
  }

  /** Where the next frame may begin. */
  #next(bytes: Uint8Array, from: number): number {
    this.#found.drop();
    let at = from;
    while (at < bytes.length && this.#framing(bytes, at) === NO_FRAME) at++;
    return at;
  }

  #frame(bytes: Uint8Array, at: number): void {
    if (this.#mark && at >= this.#mark.at) {
      this.#base = this.#mark.dts;
      this.#samples = 0;
      this.#mark = undefined;
    }
    for (const { data, samples, config } of this.#found.attempt(() => this.#read(bytes)) ?? []) {
      this.#adopt(config);
      this.#emit(data);
      this.#samples += samples;
    }
  }

  #read(bytes: Uint8Array): ReturnType<AudioReader['read']> {
    if (this.#form === 'ac3') this.#choose(isEac3At(bytes, 0) ? 'eac3' : 'ac3');
    if (this.#form === 'opus') return this.#reader.read(bytes.subarray(opusHead(bytes)?.start ?? 0));
    if (this.#form !== 'latm') return this.#reader.read(bytes);
    const frame = this.#latm.read(bytes);
    if (!frame) return [];
    if (frame.config) this.#adopt(this.#reader.configure(frame.config));
    return frame.data.flatMap((data) => this.#reader.read(data));
  }

  /** AC-3 and E-AC-3 are told apart by their frames: tables often say the wrong one. */
  #choose(codec: Codec): void {
    if (this.#codec === codec) return;
    this.#codec = codec;
    this.#reader = createAudioReader(codec);
  }

  #adopt(config: Uint8Array | undefined): void {
    if (!config) return;
    const { sampleRate = 0 } = codecs[this.#codec].describe(config);
    if (this.#base !== undefined) this.#base += this.#sinceBase();
    this.#samples = 0;
    this.#sampleRate = sampleRate;
    this.#track = { id: this.#id, kind: 'audio', codec: this.#codec, config };
    this.#found.track(this.#track);
  }

  #emit(data: Uint8Array): void {
    if (!this.#track || this.#base === undefined) {
      this.#found.drop();
      return;
    }
    const pts = Math.round(this.#base + this.#sinceBase());
    const dts = this.#times.next(pts);
    this.#found.frame({ track: this.#track, dts, pts: dts, key: true, data });
  }

  #sinceBase(): number {
    return this.#sampleRate > 0 ? (this.#samples * SECOND) / this.#sampleRate : 0;
  }
}

import { parseEac3Frame } from '../../media/codec/eac3-frame.ts';
import { parseFlacHeader } from '../../media/codec/flac-frame.ts';
import { parseOpusHead } from '../../media/codec/opus.ts';
import { parseOpusPacket } from '../../media/codec/opus-packet.ts';
import { describeTrack } from '../../media/codec/table.ts';
import { unlessBroken } from '../../media/codec/unless-broken.ts';
import type { Frame, Track } from '../../media/frame.ts';
import { MAX_COMPOSITION } from '../../media/frame.ts';
import { SECOND } from '../../media/time.ts';
import type { Sample } from './fragment.ts';
import { timescaleOf, toTicks } from './timescale.ts';

/** Of a picture that nothing follows yet, where neither the codec nor pictures before it tell. */
const USUAL_RATE = 30;
/** Pictures may stand for longer, but the one after a pause is not promised to stand as long. µs */
const MAX_GUESS = MAX_COMPOSITION;

/** A track's times in ticks, and how long its samples last. */
export class TrackClock {
  readonly track: Track;
  readonly timescale: number;
  readonly #ticksPerSample: number;
  readonly #frameSamples: number;
  readonly #channels: number;
  /** Of Opus in a packet. */
  readonly #streams: number;
  /** What a picture lasts that nothing follows yet. */
  #usual: number;
  /** Decode time of the last sample. */
  #last: number | undefined;

  constructor(track: Track) {
    const { sampleRate = 0, frameSamples = 0, channels = 1, frameRate = USUAL_RATE } = describeTrack(track);
    this.track = track;
    this.timescale = timescaleOf(track);
    this.#ticksPerSample = sampleRate > 0 ? this.timescale / sampleRate : 0;
    this.#frameSamples = frameSamples;
    this.#channels = channels;
    this.#streams = track.codec === 'opus' ? (unlessBroken(() => parseOpusHead(track.config))?.streams ?? 1) : 1;
    this.#usual = Math.round(this.timescale / frameRate);
  }

  /** Decode time of a frame in ticks. */
  ticks(us: number): number {
    return toTicks(us, this.timescale);
  }

  /** The sample of a frame that is decoded at so many ticks; `next`: the decode time of the one after it, where known. */
  sample({ pts, key, data, track }: Frame, ticks: number, next: number | undefined): Sample {
    this.#learn(ticks);
    const duration = next === undefined ? this.#expected(data) : next - ticks;
    return { duration, offset: toTicks(pts, this.timescale) - ticks, key: key || track.kind !== 'video', data };
  }

  #learn(ticks: number): void {
    const delta = this.#last === undefined ? 0 : ticks - this.#last;
    this.#last = ticks;
    if (delta > 0 && delta <= (MAX_GUESS / SECOND) * this.timescale) this.#usual = delta;
  }

  /** Of sound it is exact, of pictures as long as the last one took. */
  #expected(data: Uint8Array): number {
    const samples = this.track.kind === 'audio' ? this.#samplesIn(data) : 0;
    return samples > 0 && this.#ticksPerSample > 0 ? samples * this.#ticksPerSample : this.#usual;
  }

  #samplesIn(data: Uint8Array): number {
    switch (this.track.codec) {
      case 'opus':
        return parseOpusPacket(data, this.#streams)?.samples ?? 0;
      case 'flac':
        return parseFlacHeader(data)?.samples ?? this.#frameSamples;
      case 'eac3':
        return parseEac3Frame(data)?.samples ?? 0;
      case 'pcma':
      case 'pcmu':
        return data.length / this.#channels;
      default:
        return this.#frameSamples;
    }
  }
}

/** The clocks of a muxer's tracks; one begins anew with each configuration. */
export class TrackClocks {
  readonly #clocks = new Map<number, TrackClock>();

  of(track: Track): TrackClock {
    let clock = this.#clocks.get(track.id);
    if (clock?.track !== track) this.#clocks.set(track.id, (clock = new TrackClock(track)));
    return clock;
  }
}

import { ProtocolError } from '../../errors.ts';
import { equalBytes } from '../../media/bytes/bytes.ts';
import type { AudioReader } from '../../media/codec/audio-reader.ts';
import { nalLimits } from '../../media/codec/nal.ts';
import { sameSize } from '../../media/codec/picture-size.ts';
import { createAudioReader, createVideoReader } from '../../media/codec/readers.ts';
import { codecs, describeTrack } from '../../media/codec/table.ts';
import type { VideoReader } from '../../media/codec/video-reader.ts';
import { sameColorInfo } from '../../media/color-info.ts';
import type { Codec, Kind, Track } from '../../media/frame.ts';
import { SECOND } from '../../media/time.ts';
import type { Findings } from '../findings.ts';
import { captionsOfTrack } from './inner-tracks.ts';
import type { MovieTrack, SampleDefaults } from './movie-reader.ts';
import type { SampleEntry } from './sample-entry-reader.ts';
import { toMicroseconds } from './timescale.ts';

/** Times of a stream in µs are whole numbers up to here, and so are sums of a few of them: 142 years. */
const MAX_TIME = 2 ** 52;

/** A sample whose data came; times in µs. */
export interface ReadSample {
  dts: number;
  pts: number;
  /** Number of its sample entry, from 1. */
  entry: number;
  data: Uint8Array;
}

/** One track of a fragmented MP4, whatever codec it has at the moment: turns its samples into frames. */
export class TrackLane {
  readonly id: number;
  /** Decode time of the next fragment where it does not tell. */
  next = 0;
  readonly #found: Findings;
  #movie: MovieTrack;
  #entry: SampleEntry | undefined;
  #video: VideoReader | undefined;
  #audio: AudioReader | undefined;
  #codec: Codec | undefined;
  #track: Track | undefined;
  #size: Track['size'];
  #sampleRate = 0;
  readonly #captions: Track;
  #captioned = false;

  constructor(movie: MovieTrack, found: Findings) {
    this.id = movie.id;
    this.#movie = movie;
    this.#found = found;
    this.#captions = captionsOfTrack(movie.id);
    this.begin(movie);
  }

  get kind(): Kind {
    return this.#movie.kind;
  }

  get defaults(): SampleDefaults {
    return this.#movie.defaults;
  }

  /** A `moov` tells of the track, be it once more. */
  begin(movie: MovieTrack): void {
    this.#movie = movie;
    this.next = 0;
    this.#entry = undefined;
    this.#use(movie.defaults.entry);
  }

  /** Ticks as µs of the stream. @throws ProtocolError for a time that µs do not tell exactly. */
  time(ticks: number): number {
    const time = toMicroseconds(ticks + this.#movie.shift, this.#movie.timescale);
    if (Math.abs(time) > MAX_TIME) throw new ProtocolError('A sample lies beyond the time of any stream.');
    return time;
  }

  read(sample: ReadSample): void {
    this.#use(sample.entry);
    const found = this.#found;
    if (!this.#codec) found.drop();
    else if (this.#video) found.attempt(() => this.#picture(this.#video!, sample));
    else found.attempt(() => this.#sound(this.#audio!, sample));
  }

  #use(number: number): void {
    const entry = this.#movie.entries[number - 1] ?? this.#movie.entries[0];
    if (!entry || entry === this.#entry) return;
    this.#entry = entry;
    this.#size = undefined;
    if (entry.codec === undefined) {
      this.#codec = undefined;
      this.#found.leaveOut(this.kind, entry.name);
      return;
    }
    this.#start(entry.codec);
    const reader = this.#video ?? this.#audio!;
    const news = entry.config.length > 0 ? this.#found.attempt(() => reader.configure(entry.config)) : undefined;
    // The size and the colours of a picture may be news where its config is none.
    const { config } = this.#track ?? {};
    if (news) this.#adopt(news);
    else if (config && this.#track?.codec === entry.codec) this.#adopt(config);
  }

  /** Goes on with the reader of a codec, or begins with one. */
  #start(codec: Codec): void {
    if (this.#codec === codec) return;
    this.#codec = codec;
    this.#track = undefined;
    this.#video = codecs[codec].kind === 'video' ? createVideoReader(codec, nalLimits) : undefined;
    this.#audio = this.#video ? undefined : createAudioReader(codec);
  }

  #picture(reader: VideoReader, { dts, pts, data }: ReadSample): void {
    const unit = reader.read(data);
    if (unit.size) this.#size = unit.size;
    const config = unit.config ?? (unit.size && this.#track?.config);
    if (config) this.#adopt(config);
    if (unit.data.length === 0) {
      if (unit.damaged) this.#found.drop();
      return;
    }
    if (!this.#track) {
      this.#found.drop();
      return;
    }
    if (unit.captions) this.#caption(unit.captions, dts, pts);
    this.#found.frame({ track: this.#track, dts, pts, key: unit.key, data: unit.data });
  }

  #sound(reader: AudioReader, { dts, data }: ReadSample): void {
    const units = reader.read(data);
    if (units.length === 0) this.#found.drop();
    let samples = 0;
    for (const unit of units) {
      if (unit.config) this.#adopt(unit.config);
      const time = dts + (this.#sampleRate > 0 ? Math.round((samples * SECOND) / this.#sampleRate) : 0);
      if (this.#track) this.#found.frame({ track: this.#track, dts: time, pts: time, key: true, data: unit.data });
      else this.#found.drop();
      samples += unit.samples;
    }
  }

  /** Puts what is known in force, and says so where it is new. */
  #adopt(config: Uint8Array): void {
    const plain: Track = { id: this.id, kind: this.kind, codec: this.#codec!, config };
    const { width, color: own } = describeTrack(plain);
    const { config: points, ...beside } = this.#entry?.color ?? {};
    // What the codec tells itself need not be told twice.
    const color = own || !points ? beside : { config: points, ...beside };
    const size = this.kind === 'video' && width === undefined ? (this.#size ?? this.#entry?.size) : undefined;
    const track = { ...plain, ...(Object.keys(color).length > 0 && { color }), ...(size && { size }) };
    if (this.#track && sameTrack(this.#track, track)) return;
    this.#track = track;
    this.#sampleRate = describeTrack(track).sampleRate ?? 0;
    this.#found.track(track);
  }

  #caption(data: Uint8Array, dts: number, pts: number): void {
    if (!this.#captioned) {
      this.#captioned = true;
      this.#found.track(this.#captions);
    }
    this.#found.frame({ track: this.#captions, dts, pts, key: true, data });
  }
}

function sameTrack(a: Track, b: Track): boolean {
  return equalBytes(a.config, b.config) && sameColorInfo(a.color, b.color) && sameSize(a.size, b.size);
}

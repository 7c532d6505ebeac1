import { publisherMetadata } from '../containers/flv/index.ts';
import type { MediaEvent } from '../containers/demuxer.ts';
import { describeTrack } from '../media/codec/table.ts';
import type { Codec, Frame, Kind, Track } from '../media/frame.ts';
import { rounded } from '../media/rounding.ts';
import { SECOND } from '../media/time.ts';

/** Behind the point, of rates and seconds. */
export const DIGITS = 3;

/** One track as `roomcast probe` tells of it. Absent is what does not apply, or could not be found out. */
export interface ProbeTrack {
  id: number;
  kind: Kind;
  codec: Codec;
  /** RFC 6381. */
  codecs?: string;
  /** Pixels. */
  width?: number;
  height?: number;
  /** Pictures a second on average. */
  frameRate?: number;
  /** Hz. */
  sampleRate?: number;
  channels?: number;
  /** bit/s on average. */
  bitRate?: number;
  /** Seconds between key frames on average. */
  gop?: number;
}

/** What was counted of a track. Times are decode times in µs. */
interface Count {
  track: Track;
  frames: number;
  bytes: number;
  first: number;
  last: number;
  keys: number;
  firstKey: number;
  lastKey: number;
}

/** Looks at a stream and keeps count of it. */
export class Census {
  readonly #counts = new Map<number, Count>();
  readonly #tracks = new Map<number, Track>();

  add(event: MediaEvent): void {
    if (event.type === 'track') this.#tracks.set(event.track.id, event.track);
    else this.#count(event.frame);
  }

  /** µs from the first frame to the end of the last. */
  get span(): number {
    const all = this.#played();
    if (all.length === 0) return 0;
    return Math.max(...all.map((count) => count.last + lengthOf(count))) - Math.min(...all.map(({ first }) => first));
  }

  /** Bytes of all frames. */
  get bytes(): number {
    return this.#played().reduce((sum, { bytes }) => sum + bytes, 0);
  }

  /** True where there are pictures and each track of them has shown a whole GOP. */
  get sawGops(): boolean {
    const video = this.#played().filter(({ track }) => track.kind === 'video');
    return video.length > 0 && video.every(({ keys }) => keys > 1);
  }

  get hasVideo(): boolean {
    return [...this.#tracks.values()].some(({ kind }) => kind === 'video');
  }

  /** The tracks with pictures and sound, as far as they are known by now. */
  tracks(): ProbeTrack[] {
    const { width, height } = publisherMetadata([...this.#tracks.values()]);
    const told = typeof width === 'number' && typeof height === 'number' ? { width, height } : undefined;
    return [...this.#tracks.values()]
      .filter(({ kind }) => kind !== 'data')
      .toSorted((a, b) => a.id - b.id)
      .map((track) => this.#describe(track, told));
  }

  #played(): Count[] {
    return [...this.#counts.values()].filter(({ track }) => track.kind !== 'data');
  }

  #count({ track, dts, key, data }: Frame): void {
    this.#tracks.set(track.id, track);
    let count = this.#counts.get(track.id);
    if (!count) {
      count = { track, frames: 0, bytes: 0, first: dts, last: dts, keys: 0, firstKey: dts, lastKey: dts };
      this.#counts.set(track.id, count);
    }
    count.frames++;
    count.bytes += data.length;
    count.first = Math.min(count.first, dts);
    count.last = Math.max(count.last, dts);
    if (!key) return;
    if (count.keys++ === 0) count.firstKey = dts;
    count.lastKey = dts;
  }

  #describe(track: Track, size: Size | undefined): ProbeTrack {
    const { id, kind, codec } = track;
    const { codecs, frameRate, sampleRate, channels, ...info } = describeTrack(track);
    const count = this.#counts.get(id);
    const picture =
      kind === 'video'
        ? {
            width: info.width ?? size?.width,
            height: info.height ?? size?.height,
            frameRate: rateOf(count) ?? frameRate,
          }
        : { sampleRate, channels };
    const all = { id, kind, codec, codecs, ...picture, bitRate: bitRateOf(count), gop: gopOf(kind, count) };
    return Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined)) as unknown as ProbeTrack;
  }
}

interface Size {
  width: number;
  height: number;
}

/** Of the last frame, which is as long as the others on average. µs. */
function lengthOf({ frames, first, last }: Count): number {
  return frames > 1 ? (last - first) / (frames - 1) : 0;
}

function rateOf(count: Count | undefined): number | undefined {
  const length = count ? lengthOf(count) : 0;
  return length > 0 ? rounded(SECOND / length, DIGITS) : undefined;
}

function bitRateOf(count: Count | undefined): number | undefined {
  if (!count) return undefined;
  const span = count.last - count.first + lengthOf(count);
  return span > 0 ? Math.round((count.bytes * 8 * SECOND) / span) : undefined;
}

function gopOf(kind: Kind, count: Count | undefined): number | undefined {
  if (kind !== 'video' || !count || count.keys < 2) return undefined;
  return rounded((count.lastKey - count.firstKey) / (count.keys - 1) / SECOND, DIGITS);
}

import type { TrackInfo } from '../../../src/client/index.ts';
import { isNative, type Way, ways } from './ways.ts';

/** What has to be known of a track to say whether it can be played. */
export type Media = Pick<TrackInfo, 'kind' | 'codec' | 'codecs'>;

/** Types to ask the browser for. `%` is the stream’s own RFC 6381 string, or the one after it where that is not known. */
type Types = readonly [pattern: string, codecs: string][];

const VIDEO = 'video/mp4; codecs="%"';
const AUDIO = 'audio/mp4; codecs="%"';

/** Codecs that common browsers play, all or some of them, from MP4. */
const inMp4: Readonly<Record<string, Types>> = {
  h264: [[VIDEO, 'avc1.42E01E']],
  h265: [[VIDEO, 'hvc1.1.6.L93.B0']],
  av1: [[VIDEO, 'av01.0.04M.08']],
  vp9: [[VIDEO, 'vp09.00.10.08']],
  aac: [[AUDIO, 'mp4a.40.2']],
  mp3: [
    [AUDIO, 'mp4a.6B'],
    ['audio/mp4; codecs="mp3"', ''],
  ],
  opus: [['audio/mp4; codecs="opus"', '']],
  flac: [['audio/mp4; codecs="flac"', '']],
  ac3: [[AUDIO, 'ac-3']],
  eac3: [[AUDIO, 'ec-3']],
};

/**
 * Codecs that the player library hands on to the browser from FLV. It plays MP3 as raw frames. What is not here it cannot
 * read, whatever the browser plays: VP8 and VP9, AC-3 and E-AC-3, G.711.
 */
const inFlv: Readonly<Record<string, Types>> = {
  ...Object.fromEntries(
    ['h264', 'h265', 'av1', 'aac', 'opus', 'flac'].map((codec): [string, Types] => [codec, inMp4[codec]!]),
  ),
  mp3: [
    ['audio/mpeg', ''],
    ['audio/mp4; codecs="mp3"', ''],
  ],
};

const HLS = 'application/vnd.apple.mpegurl';

/** Codecs that FLV has always had: every player reads them. The others need one that knows Enhanced FLV. */
const OLD: ReadonlySet<string> = new Set(['h264', 'aac', 'mp3', 'pcma', 'pcmu']);
/** Codecs that no common player takes from FLV, FFmpeg 8.1 among them. */
const NOWHERE: ReadonlySet<string> = new Set(['vp8']);

/** Asks the browser whether it plays a type. */
export type Supports = (type: string) => boolean;

/** What a browser plays. */
export interface Means {
  /** From memory; undefined where it does not play from there. */
  memory: Supports | undefined;
  /** By the media element alone. */
  element: Supports;
}

/** A program that plays a stream from its address. `mpv`: a current one, which knows Enhanced FLV. */
export type Outside = 'VLC' | 'mpv';

/** The first picture and the first sound that cannot be played here; `all`: there is no way to play anything. */
export interface Unplayable {
  video?: Media;
  audio?: Media;
  all: boolean;
  /** What plays both, from the stream’s address; undefined where nothing common does. */
  outside: Outside | undefined;
}

/** Whether a track can be played here, one way. */
export function plays(media: Media, way: Way, means: Means = meansHere()): boolean {
  const supports = isNative(way) ? means.element : means.memory;
  const types = way === 'ws-flv' || way === 'http-flv' ? inFlv : inMp4;
  if (!supports || !Object.hasOwn(types, media.codec)) return false;
  return types[media.codec]!.some(([pattern, codecs]) => supports(pattern.replace('%', media.codecs ?? codecs)));
}

/**
 * The ways to play a stream here, the best first: those that play picture and sound, then those that play one of them.
 * Only FLV is taken apart on its way, so that one kind can be left out; the other ways play all or nothing.
 */
export function waysFor(tracks: readonly Media[], means: Means = meansHere()): Way[] {
  const here = mainOf(tracks);
  const whole: Way[] = [];
  const half: Way[] = [];
  for (const way of ways) {
    if (way === 'native-hls' ? !means.element(HLS) : !isNative(way) && !means.memory) continue;
    const played = here.filter((media) => plays(media, way, means)).length;
    if (played === here.length) whole.push(way);
    else if (played > 0 && (way === 'ws-flv' || way === 'http-flv')) half.push(way);
  }
  return [...whole, ...half];
}

/** What of a stream cannot be played here: its first picture and its first sound are those that matter. */
export function unplayable(tracks: readonly Media[], means: Means = meansHere()): Unplayable {
  const here = mainOf(tracks);
  const [best] = waysFor(tracks, means);
  const alone = here.filter((media) => (best ? [best] : ways).every((way) => !plays(media, way, means)));
  // Each would play alone, but there is no way for both.
  const refused = best || alone.length > 0 ? alone : here;
  return {
    ...Object.fromEntries(refused.map((media) => [media.kind, media])),
    all: here.length > 0 && !best,
    outside: outsideFor(here),
  };
}

/** The first picture and the first sound. */
function mainOf(tracks: readonly Media[]): Media[] {
  return (['video', 'audio'] as const).flatMap((kind) => tracks.find((track) => track.kind === kind) ?? []);
}

/** Names what is to be played: the same for as long as nothing changes that a decoder would notice. */
export function mediaKey(tracks: readonly Media[]): string {
  return tracks.flatMap(({ kind, codec, codecs }) => (kind === 'data' ? [] : [codecs ?? codec])).join();
}

/** A player that can open the address of a stream with these codecs: all of them, or it has half of the stream. */
function outsideFor(tracks: readonly Media[]): Outside | undefined {
  if (tracks.some(({ codec }) => NOWHERE.has(codec))) return undefined;
  return tracks.every(({ codec }) => OLD.has(codec)) ? 'VLC' : 'mpv';
}

/** Whether it is the browser that cannot play them; otherwise the page has no way to at least one. */
export function browsersMay(tracks: readonly Media[]): boolean {
  return tracks.every(({ codec }) => Object.hasOwn(inMp4, codec));
}

/** What this browser plays. */
function meansHere(): Means {
  const source = mediaSource();
  const element = document.createElement('video');
  return {
    memory: source && ((type) => source.isTypeSupported(type)),
    element: (type) => element.canPlayType(type) !== '',
  };
}

/** What the browser has to play from memory: iPhones have only the second. */
export function mediaSource(): typeof MediaSource | undefined {
  const { MediaSource: plain, ManagedMediaSource: managed } = globalThis as {
    MediaSource?: typeof MediaSource;
    ManagedMediaSource?: typeof MediaSource;
  };
  return plain ?? managed;
}

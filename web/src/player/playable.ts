import type { TrackInfo } from '../../../src/client/index.ts';

/** What has to be known of a track to say whether it can be played. */
export type Media = Pick<TrackInfo, 'kind' | 'codec' | 'codecs'>;

/**
 * Codecs that the player library hands on to the browser, with the types to ask the browser for. `%` is the stream’s own
 * RFC 6381 string, or the one after it where that is not known. What is not here it cannot read, whatever the browser
 * plays: VP8 and VP9, AC-3 and E-AC-3, G.711.
 */
const types: Readonly<Record<string, readonly [pattern: string, codecs: string][]>> = {
  h264: [['video/mp4; codecs="%"', 'avc1.42E01E']],
  h265: [['video/mp4; codecs="%"', 'hvc1.1.6.L93.B0']],
  av1: [['video/mp4; codecs="%"', 'av01.0.04M.08']],
  aac: [['audio/mp4; codecs="%"', 'mp4a.40.2']],
  mp3: [
    ['audio/mpeg', ''],
    ['audio/mp4; codecs="mp3"', ''],
  ],
  opus: [['audio/mp4; codecs="opus"', '']],
  flac: [['audio/mp4; codecs="flac"', '']],
};

/** Codecs that FLV has always had: every player reads them. The others need one that knows Enhanced FLV. */
const OLD: ReadonlySet<string> = new Set(['h264', 'aac', 'mp3', 'pcma', 'pcmu']);
/** Codecs that no common player takes from FLV, FFmpeg 8.1 among them. */
const NOWHERE: ReadonlySet<string> = new Set(['vp8']);

/** Asks the browser whether it plays a type. */
export type Supports = (type: string) => boolean;

/** A program that plays a stream from its address. `mpv`: a current one, which knows Enhanced FLV. */
export type Outside = 'VLC' | 'mpv';

/** The first picture and the first sound that cannot be played here; `all`: there is nothing that can. */
export interface Unplayable {
  video?: Media;
  audio?: Media;
  all: boolean;
  /** What plays both, from the stream’s address; undefined where nothing common does. */
  outside: Outside | undefined;
}

/** Whether a track can be played here. */
export function plays(media: Media, supports: Supports = supportedHere): boolean {
  const ways = Object.hasOwn(types, media.codec) ? types[media.codec]! : [];
  return ways.some(([pattern, codecs]) => supports(pattern.replace('%', media.codecs ?? codecs)));
}

/** What of a stream cannot be played here: its first picture and its first sound are those that matter. */
export function unplayable(tracks: readonly Media[], supports: Supports = supportedHere): Unplayable {
  const video = tracks.find(({ kind }) => kind === 'video');
  const audio = tracks.find(({ kind }) => kind === 'audio');
  const refused = { ...refusedOf('video', video, supports), ...refusedOf('audio', audio, supports) };
  const here = [video, audio].filter((track) => track !== undefined);
  return {
    ...refused,
    all: here.length > 0 && here.length === Object.keys(refused).length,
    outside: outsideFor(here),
  };
}

function refusedOf(
  kind: 'video' | 'audio',
  track: Media | undefined,
  supports: Supports,
): Pick<Unplayable, 'video' | 'audio'> {
  return track && !plays(track, supports) ? { [kind]: track } : {};
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
  return tracks.every(({ codec }) => Object.hasOwn(types, codec));
}

function supportedHere(type: string): boolean {
  return mediaSource()?.isTypeSupported(type) ?? false;
}

/** What the browser has to play from memory: iPhones have only the second. */
export function mediaSource(): typeof MediaSource | undefined {
  const { MediaSource: plain, ManagedMediaSource: managed } = globalThis as {
    MediaSource?: typeof MediaSource;
    ManagedMediaSource?: typeof MediaSource;
  };
  return plain ?? managed;
}

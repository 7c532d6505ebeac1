import { push } from '../../src/push/push.ts';
import { long } from '../long.ts';
import { enhancedFilms, type EnhancedName } from './enhanced-films.ts';
import { ask } from './judge/judge.ts';
import type { Verdict } from './judge/verdict.ts';

/** One who publishes a film by Enhanced RTMP. */
export interface EnhancedRow {
  publisher: string;
  film: EnhancedName;
  /** `FFmpeg 8: AV1 and Opus`. */
  title: string;
  /** Tracks of sound beyond the first are sent, too. */
  allTracks: boolean;
  /** By how much sound and picture may move against each other. */
  maxOffsetMs: number;
  /** Sends the file to its end; resolves with what was in it and with what the publisher complained of. */
  send(file: string, url: string, pause: Pause): Promise<Verdict>;
}

/** Those who can pause do so at this place of the film, in seconds, until all have come. */
interface Pause {
  at: number;
  until: Promise<unknown>;
}

/** RTMP rounds times to the millisecond. */
const ROUNDING_MS = 1;
/** Matroska has the samples that a decoder of Opus drops before the time of the first packet, FFmpeg behind it. */
const CODEC_DELAY_MS = 7;

/** Films that `npm test` has published, and those that only the long form has besides. */
const BY_FFMPEG: EnhancedName[] = ['hevc', 'hdr10', 'av1', 'flac', 'languages'];
const BY_FFMPEG_LONG: EnhancedName[] = ['vp9', 'ac3', 'eac3', 'plain', 'mixed', 'sizes', 'surround', 'surround-aac'];
const BY_PUSH: EnhancedName[] = ['hevc', 'vp9'];
const BY_PUSH_LONG: EnhancedName[] = ['av1', 'hdr10', 'flac', 'ac3', 'eac3', 'languages', 'surround', 'surround-aac'];

export const enhancedRows: readonly EnhancedRow[] = [
  ...[...BY_FFMPEG, ...(long ? BY_FFMPEG_LONG : [])].map(byFfmpeg),
  ...[...BY_PUSH, ...(long ? BY_PUSH_LONG : [])].map(byPush),
];

function byFfmpeg(film: EnhancedName): EnhancedRow {
  return {
    ...rowOf('FFmpeg 8', film),
    allTracks: true,
    maxOffsetMs: ROUNDING_MS,
    send: (file, url, { at, until }) =>
      ask({ task: 'publish', file, url, hdr10: film === 'hdr10', pauseAt: at }, undefined, until),
  };
}

function byPush(film: EnhancedName): EnhancedRow {
  return {
    ...rowOf('roomcast push', film),
    allTracks: false,
    maxOffsetMs: enhancedFilms[film].container === 'mkv' ? CODEC_DELAY_MS : ROUNDING_MS,
    async send(file, url) {
      const [verdict] = await Promise.all([ask({ task: 'read', url: file }), push(file, url).done]);
      return verdict;
    },
  };
}

function rowOf(publisher: string, film: EnhancedName): Pick<EnhancedRow, 'publisher' | 'film' | 'title'> {
  return { publisher, film, title: `${publisher}: ${enhancedFilms[film].name}` };
}

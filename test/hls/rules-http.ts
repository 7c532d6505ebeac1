import type { MediaPlaylist } from './playlist.ts';
import type { Rule } from './rule.ts';
import { edgeOf, holds, lengthOf } from './window.ts';

/** A request for something of a stream, and its answer. */
export interface Exchange {
  readonly url: string;
  readonly kind: 'multivariant' | 'media' | 'init' | 'segment' | 'part';
  /** Headers that were sent, by their names in small letters. */
  readonly sent: Readonly<Record<string, string>>;
  readonly status: number;
  /** Headers of the answer, by their names in small letters. */
  readonly headers: Readonly<Record<string, string>>;
  /** The body, unpacked. */
  readonly bytes: Uint8Array;
  /** ms until the head of the answer came. */
  readonly took: number;
  /** 1.1 or 2. */
  readonly http: string;
  /** Of a media playlist: what was known before the request, and what the answer is. */
  readonly before?: MediaPlaylist;
  readonly playlist?: MediaPlaylist;
}

const TYPES: Record<Exchange['kind'], RegExp> = {
  multivariant: /^application\/vnd\.apple\.mpegurl(?:;|$)/,
  media: /^application\/vnd\.apple\.mpegurl(?:;|$)/,
  init: /^video\/mp4$/,
  segment: /^video\/(?:mp4|mp2t)$/,
  part: /^video\/(?:mp4|mp2t)$/,
};
/** Seconds for which a shared cache may keep a playlist that was asked for as it is. */
const FRESH = 1;
/** ms that an answer needs beside the time for which it may be held. */
const WAY = 1000;
/** B.1: the highest number that may be asked for is so much above the last one. */
const AHEAD = 2;

/** What must be true of an answer over HTTP. */
export const httpRules: readonly Rule<Exchange>[] = [
  {
    id: 'C-HLS-18/type',
    sentence: 'The content type is that of playlists, of MP4 or of MPEG-TS.',
    *broken({ kind, status, headers }) {
      const type = headers['content-type'] ?? 'none';
      if (status < 300 && !TYPES[kind].test(type)) yield type;
    },
  },
  {
    id: 'C-HLS-18/origin',
    sentence: 'Pages of any origin may read the answer, be it good or bad.',
    *broken({ headers }) {
      if (headers['access-control-allow-origin'] !== '*') yield 'it does not say so';
      if ('access-control-allow-credentials' in headers) yield 'it takes cookies';
    },
  },
  {
    id: 'C-HLS-18/fresh',
    sentence: 'A playlist is kept for a second at most, and one that was waited for until it is old.',
    *broken({ url, kind, status, headers, playlist }) {
      if (!isPlaylist(kind) || status !== 200) return;
      const limit = waitOf(url) && playlist ? 6 * playlist.targetDuration : FRESH;
      const age = ageOf(headers);
      if (playlist?.ended) return;
      if (age === undefined || age > limit) yield headers['cache-control'] ?? 'nothing is said of caches';
    },
  },
  {
    id: 'C-HLS-18/immutable',
    sentence: 'Segments, parts and maps never change and say so.',
    *broken({ kind, status, headers }) {
      if (isPlaylist(kind) || status >= 300) return;
      const control = headers['cache-control'] ?? '';
      if (!/\bimmutable\b/.test(control) || !((ageOf(headers) ?? 0) > FRESH)) yield `"${control}"`;
    },
  },
  {
    id: 'C-HLS-18/missing',
    sentence: 'What is not there, or not now, is not remembered by caches.',
    *broken({ status, headers }) {
      const age = ageOf(headers);
      if (status >= 400 && (age === undefined || age > FRESH)) yield `${status} "${headers['cache-control'] ?? ''}"`;
    },
  },
  {
    id: 'C-HLS-18/tag',
    sentence: 'Every answer has an ETag, and what is still the same is not sent again.',
    *broken({ status, headers, sent }) {
      if (status !== 200 && status !== 206) return;
      if (!/^(?:W\/)?"[^"]+"$/.test(headers.etag ?? '')) yield headers.etag ?? 'none';
      else if (sent['if-none-match'] === headers.etag) yield 'it was sent again';
    },
  },
  {
    id: 'C-HLS-21/early',
    sentence: 'A playlist that is waited for comes when it has what was asked for, and never before.',
    *broken({ url, playlist }) {
      const wait = waitOf(url);
      if (!wait || wait.sequence === undefined || !playlist || playlist.ended) return;
      // Without a part, the first part of the segment may do: so Safari asks, and is not to wait for all of it.
      const part = wait.part ?? (playlist.partTarget === undefined ? undefined : 0);
      if (!holds(playlist, wait.sequence, part)) {
        const { sequence, parts } = edgeOf(playlist);
        yield `${wait.sequence}.${wait.part ?? '*'} was asked for and it ends before ${sequence}.${parts}`;
      }
    },
  },
  {
    id: 'C-HLS-23/alone',
    sentence: '_HLS_part without _HLS_msn is refused (6.2.5.2).',
    *broken({ url, kind, status }) {
      const wait = waitOf(url);
      if (kind === 'media' && wait?.part !== undefined && wait.sequence === undefined && status !== 400)
        yield `it is answered with ${status}`;
    },
  },
  {
    id: 'C-HLS-24/far',
    sentence: 'Who asks for what is more than two segments ahead is refused at once (6.2.5.2).',
    *broken({ url, status, took, before, playlist }) {
      const wait = waitOf(url);
      const known = playlist ?? before;
      if (wait?.sequence === undefined || !known || known.ended) return;
      const last = edgeOf(known).sequence - (known.open ? 0 : 1);
      if (wait.sequence > last + AHEAD && (status !== 400 || took > WAY))
        yield `${status} after ${Math.round(took)} ms`;
    },
  },
  {
    id: 'C-HLS-24/held',
    sentence: 'Nobody is held for longer than three target durations, and who was gets 503 (6.2.5.2).',
    *broken({ url, kind, status, took, before }) {
      if (kind !== 'media' || !before || !waitOf(url)) return;
      if (took > 3000 * before.targetDuration + WAY) yield `${Math.round(took)} ms`;
      if (status === 503 && took < 1000 * before.targetDuration) yield `503 after ${Math.round(took)} ms`;
    },
  },
  {
    id: 'C-HLS-25/plain',
    sentence: 'A playlist that is asked for as it is comes at once, whatever the source does.',
    *broken({ url, kind, status, took }) {
      if (!isPlaylist(kind) || waitOf(url)) return;
      if (status >= 500) yield `it is answered with ${status}`;
      // What names the variants may wait for the first of them.
      if (kind === 'media' && took > WAY) yield `${Math.round(took)} ms`;
    },
  },
  {
    id: 'C-HLS-26/asked',
    sentence: 'A playlist leaves out segments only for those who ask for that.',
    *broken({ url, playlist }) {
      if (playlist?.skipped !== undefined && !new URL(url).searchParams.get('_HLS_skip')) yield 'it does';
    },
  },
  {
    id: 'C-HLS-26/shorter',
    sentence: 'A delta update is had by asking for it, once there is something to leave out.',
    *broken({ url, playlist }) {
      const until = playlist?.control?.canSkipUntil;
      if (!playlist || until === undefined || new URL(url).searchParams.get('_HLS_skip') !== 'YES') return;
      const first = playlist.segments[0];
      if (playlist.skipped === undefined && first && lengthOf(playlist) - first.duration > until) yield 'it is whole';
    },
  },
  {
    id: 'C-HLS-30/gzip',
    sentence: 'Playlists are packed for whoever takes that, and say that it depends; segments are not.',
    *broken({ kind, status, headers, sent, bytes }) {
      if (status !== 200 || bytes.length === 0) return;
      const packed = headers['content-encoding'] === 'gzip';
      if (!isPlaylist(kind)) {
        if (packed) yield 'a segment is packed';
        return;
      }
      if (packed !== /\bgzip\b/.test(sent['accept-encoding'] ?? '')) yield packed ? 'it is packed' : 'it is not packed';
      if (!/\baccept-encoding\b/i.test(headers.vary ?? '')) yield 'Vary does not say so';
    },
  },
  {
    id: 'C-HLS-30/http2',
    sentence: 'Over TLS low latency is had with HTTP/2 (B.1).',
    *broken({ url, http, playlist }) {
      if (url.startsWith('https:') && playlist?.partTarget !== undefined && http !== '2') yield `HTTP/${http}`;
    },
  },
];

/** What a player waits for, where it does. */
export function waitOf(url: string): { sequence: number | undefined; part: number | undefined } | undefined {
  const { searchParams } = new URL(url);
  const number = (name: string): number | undefined => {
    const value = searchParams.get(name);
    return value === null ? undefined : Number(value);
  };
  const [sequence, part] = [number('_HLS_msn'), number('_HLS_part')];
  return sequence === undefined && part === undefined ? undefined : { sequence, part };
}

/** What is read as text. */
export function isPlaylist(kind: Exchange['kind']): boolean {
  return kind === 'multivariant' || kind === 'media';
}

/** Seconds for which a cache may keep the answer; undefined where it is not told. */
function ageOf(headers: Exchange['headers']): number | undefined {
  const control = headers['cache-control'] ?? '';
  if (/\bno-(?:store|cache)\b/.test(control)) return 0;
  const age = /\bmax-age=(\d+)\b/.exec(control);
  return age ? Number(age[1]) : undefined;
}

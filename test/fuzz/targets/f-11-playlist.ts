import { isDeepStrictEqual } from 'node:util';
import { delta, media, mediaWith, multivariant, refused, vod } from '../../hls/playlist-cases.ts';
import { type MediaPlaylist, type Playlist, playlistLimits } from '../../hls/playlist.ts';
import { readPlaylist } from '../../hls/playlist-reader.ts';
import type { FuzzTarget } from '../target.ts';

const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);

/** What makes readers slow: lists whose end must be looked for, and lines of all that is allowed. */
const slow = [
  mediaWith(`#EXT-X-PART:URI="${'a,'.repeat(2000)}`),
  mediaWith(`#EXT-X-PART:${'='.repeat(5000)}`),
  mediaWith(`#EXT-X-PART:${'A=","'.repeat(5000)}`),
  mediaWith(`#EXT-X-DATERANGE:ID="${'"'.repeat(5000)}`),
  mediaWith(`#EXTINF:${'1'.repeat(5000)},`),
  mediaWith(`#EXT-X-PROGRAM-DATE-TIME:${'2026-'.repeat(1000)}`),
  mediaWith(...Array<string>(2000).fill('#EXTINF:1,\na')),
  mediaWith(...Array<string>(4000).fill('#EXT-X-PART:URI="a",DURATION=1')),
];

/** A whole MiB of playlist, in one line and in as many as there may be. */
const large = [
  `#EXTM3U\n#${'a'.repeat(playlistLimits.bytes - 9)}`,
  `#EXTM3U\n${'a'.repeat(playlistLimits.bytes - 8)}`,
  `#EXTM3U\n#EXT-X-PART:${'"'.repeat(playlistLimits.bytes - 20)}`,
  `#EXTM3U${'\n'.repeat(playlistLimits.bytes - 7)}`,
];

/** Playlists that a server sends which is not to be trusted. */
export const target: FuzzTarget = {
  id: 'F-11',
  title: 'HLS playlists',
  // It reads some of them twice.
  patience: 2,
  seeds: [
    ...[media, multivariant, delta, vod, ...slow].map(bytesOf),
    ...refused.map(({ text }) => bytesOf(text)).filter(({ length }) => length < 100_000),
    ...large.map(bytesOf),
    Uint8Array.of(0xff, 0xfe, 0x23, 0),
  ],
  run(bytes) {
    const playlist = readPlaylist(bytes);
    if (playlist.kind === 'media') checkMedia(playlist);
    else if (playlist.variants.length > playlistLimits.variants) throw new Error('There are too many variants.');
  },
  /** Other ends of lines, comments and empty lines say the same. */
  roundTrip(bytes) {
    const lines = new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes).split(/\r?\n/);
    const before: Playlist = readPlaylist(bytes);
    if (2 * lines.length > playlistLimits.lines || 2 * bytes.length > playlistLimits.bytes) return;
    if (!isDeepStrictEqual(readPlaylist(bytesOf(lines.join('\r\n'))), before)) throw new Error('CRLF changes it.');
    const loose = lines.flatMap((line) => (line === '' ? [] : [line, '#']));
    if (!isDeepStrictEqual(readPlaylist(bytesOf(loose.join('\n'))), before)) throw new Error('Comments change it.');
  },
};

/** Numbers that can be counted with, and in their order. */
function checkMedia({ segments, open, sequence, skipped = 0 }: MediaPlaylist): void {
  const all = open ? [...segments, open] : segments;
  for (const [index, segment] of all.entries()) {
    if (segment.sequence !== sequence + skipped + index) throw new Error('A segment has another number.');
    for (const range of [segment.map?.range, ...segment.parts.map((part) => part.range)]) {
      if (range && !Number.isSafeInteger(range.offset + range.length)) throw new Error('A byte range is too far.');
    }
    if (segment.at !== undefined && !Number.isFinite(segment.at)) throw new Error('A date is none.');
  }
  for (const { duration, range } of segments) {
    if (!(duration >= 0 && duration <= playlistLimits.duration)) throw new Error('A duration is none.');
    if (range && !Number.isSafeInteger(range.offset + range.length)) throw new Error('A byte range is too far.');
  }
}

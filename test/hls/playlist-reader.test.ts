import { Parser as M3u8Parser } from 'm3u8-parser';
import { parse } from 'hls-parser';
import { describe, expect, test } from 'vitest';
import { ProtocolError } from '../../src/errors.ts';
import { delta, media, mediaWith, multivariant, refused, vod } from './playlist-cases.ts';
import type { MediaPlaylist, MultivariantPlaylist } from './playlist.ts';
import { readPlaylist } from './playlist-reader.ts';

const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);
const readMedia = (text: string): MediaPlaylist => readPlaylist(bytesOf(text)) as MediaPlaylist;

describe('a media playlist', () => {
  test('is read with all that it says', () => {
    const map2 = { uri: 'init-2.mp4', range: { length: 800, offset: 0 } };
    expect(readMedia(media)).toEqual({
      kind: 'media',
      version: 6,
      needs: 6,
      independent: true,
      unknown: [],
      targetDuration: 2,
      sequence: 7,
      discontinuitySequence: 1,
      ended: false,
      iFramesOnly: false,
      control: { canBlockReload: true, canSkipDateRanges: false, canSkipUntil: 12, holdBack: 6, partHoldBack: 1.5 },
      partTarget: 0.5,
      segments: [
        {
          ...{ sequence: 7, continuity: 1, discontinuity: false, map: { uri: 'init-1.mp4' } },
          ...{ at: Date.UTC(2026, 0, 1), parts: [], uri: 's7.m4s', duration: 2, gap: false },
        },
        {
          ...{ sequence: 8, continuity: 1, discontinuity: false, map: { uri: 'init-1.mp4' } },
          ...{ parts: [], uri: 's8.m4s', duration: 1.5, gap: false },
        },
        {
          ...{ sequence: 9, continuity: 2, discontinuity: true, map: map2 },
          at: Date.UTC(2026, 0, 1, 0, 0, 4) - 3_600_000,
          parts: [
            { uri: 's9.0.m4s', duration: 0.5, independent: true, gap: false },
            { uri: 's9.1.m4s', duration: 0.5, independent: false, gap: false },
          ],
          ...{ uri: 's9.m4s', duration: 1, gap: false },
        },
      ],
      open: {
        ...{ sequence: 10, continuity: 2, discontinuity: false, map: map2 },
        parts: [
          { uri: 's10.m4s', duration: 0.5, independent: true, gap: false, range: { length: 1000, offset: 0 } },
          { uri: 's10.m4s', duration: 0.5, independent: false, gap: false, range: { length: 500, offset: 1000 } },
        ],
      },
      hints: [{ type: 'PART', uri: 's10.m4s', start: 1500 }],
      reports: [{ uri: '../a1/media.m3u8', lastSequence: 10, lastPart: 1 }],
      dateRanges: [],
    });
  });

  test('that leaves segments out goes on behind them', () => {
    const { skipped, sequence, needs, segments } = readMedia(delta);
    expect({ skipped, sequence, needs }).toEqual({ skipped: 3, sequence: 100, needs: 9 });
    expect(segments.map((segment) => segment.sequence)).toEqual([103]);
  });

  test('of a film has ranges that go on, gaps, a start and an end', () => {
    const { segments, ...playlist } = readMedia(vod);
    expect(segments.map(({ range, gap }) => ({ range, gap }))).toEqual([
      { range: { length: 1000, offset: 0 }, gap: false },
      { range: { length: 1000, offset: 1000 }, gap: false },
      { range: undefined, gap: true },
    ]);
    expect(playlist).toMatchObject({ type: 'VOD', ended: true, start: { offset: -12.5, precise: true }, needs: 8 });
    expect(playlist.unknown).toEqual(['EXT-X-SOMETHING-NEW']);
    expect(playlist.dateRanges).toEqual(['ad']);
  });

  test('may have lines that end as Windows ends them, and no end of the last', () => {
    expect(readMedia(media.trimEnd().replaceAll('\n', '\r\n'))).toEqual(readMedia(media));
  });

  test('knows a discontinuity and a date before anything follows them', () => {
    const { open } = readMedia(mediaWith('#EXTINF:1,', 'a.ts', '#EXT-X-DISCONTINUITY'));
    expect(open).toEqual({ sequence: 1, continuity: 1, discontinuity: true, parts: [] });
  });

  test('reads the highest number that can be counted with', () => {
    expect(readMedia(mediaWith('#EXT-X-MEDIA-SEQUENCE:9007199254740991')).sequence).toBe(Number.MAX_SAFE_INTEGER);
  });
});

describe('a multivariant playlist', () => {
  test('is read with all that it says', () => {
    const { variants, renditions, independent, needs } = readPlaylist(bytesOf(multivariant)) as MultivariantPlaylist;
    expect({ independent, needs }).toEqual({ independent: true, needs: 1 });
    expect(variants).toEqual([
      {
        ...{ uri: 'v1.m3u8', bandwidth: 2_500_000, averageBandwidth: 2_000_000 },
        ...{ codecs: ['avc1.64001f', 'mp4a.40.2'], width: 1280, height: 720, frameRate: 25 },
        ...{ audio: 'audio', closedCaptions: 'cc' },
      },
      {
        ...{ uri: 'v2.m3u8', bandwidth: 800_000, codecs: ['avc1.42c01e', 'mp4a.40.2'], width: 640, height: 360 },
        ...{ frameRate: 25, audio: 'audio', closedCaptions: 'NONE' },
      },
    ]);
    expect(renditions.map(({ type, group, preset, autoSelect }) => [type, group, preset, autoSelect])).toEqual([
      ['AUDIO', 'audio', true, true],
      ['CLOSED-CAPTIONS', 'cc', false, true],
    ]);
  });
});

describe('refused is', () => {
  test.each(refused)('$name', ({ text, says }) => {
    const reading = (): unknown => readPlaylist(bytesOf(text));
    expect(reading).toThrow(ProtocolError);
    expect(reading).toThrow(says);
  });

  test('what is not UTF-8', () => {
    const bytes = bytesOf(media);
    bytes[bytes.length - 2] = 0xff;
    expect(() => readPlaylist(bytes)).toThrow(/not UTF-8/);
  });
});

describe('other readers of playlists', () => {
  test.each([
    { name: 'media', text: media },
    { name: 'film', text: vod },
  ])('find the same segments in the $name', ({ text }) => {
    const ours = readMedia(text).segments.map(({ uri, duration, discontinuity }) => [uri, duration, discontinuity]);
    const m3u8 = new M3u8Parser();
    m3u8.push(text);
    m3u8.end();
    const theirs = m3u8.manifest.segments.map((found) => [found.uri, found.duration, found.discontinuity === true]);
    expect(theirs).toEqual(ours);
    const parsed = parse(text);
    if (parsed.isMasterPlaylist) throw new Error('It is no multivariant playlist.');
    const others = parsed.segments.filter(({ uri }) => uri !== '');
    expect(others.map((found) => [found.uri, found.duration, found.discontinuity === true])).toEqual(ours);
  });
});

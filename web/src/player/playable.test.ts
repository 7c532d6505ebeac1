import { expect, test } from 'vitest';
import { unplayable as refusedByDoctor, unplayableIn } from '../../../src/features/doctor/playable.ts';
import { codecs } from '../../../src/media/index.ts';
import { browsersMay, type Means, type Media, mediaKey, plays, unplayable, waysFor } from './playable.ts';
import type { Way } from './ways.ts';

/** What Chromium says on a machine without a decoder for H.265. */
const chromium: Means = {
  memory: (type) => /avc1|av01|vp09|mp4a\.40|opus|flac|audio\/mpeg/.test(type),
  element: (type) => /avc1|av01|vp09|mp4a|opus|flac|mpegurl/.test(type),
};
/** An old iPhone: only the media element plays, and playlists best. */
const phone: Means = { memory: undefined, element: (type) => /avc1|hvc1|mp4a|ac-3|ec-3|mpegurl/.test(type) };
const nothing: Means = { memory: undefined, element: () => false };

const video = (codec: string, codecs?: string): Media => ({ kind: 'video', codec, ...(codecs ? { codecs } : {}) });
const audio = (codec: string): Media => ({ kind: 'audio', codec });
const data: Media = { kind: 'data', codec: 'amf' };

test('the browser is asked about exactly what comes, and about something usual where that is not known', () => {
  const asked: string[] = [];
  const memory = (type: string): boolean => asked.push(type) < 0;
  const means = { memory, element: () => true };
  plays(video('h264', 'avc1.6E001F'), 'ws-flv', means);
  plays(video('h265'), 'hls', means);
  plays(audio('mp3'), 'http-flv', means);
  plays(audio('mp3'), 'ws-mp4', means);
  expect(asked).toEqual([
    'video/mp4; codecs="avc1.6E001F"',
    'video/mp4; codecs="hvc1.1.6.L93.B0"',
    'audio/mpeg',
    'audio/mp4; codecs="mp3"',
    'audio/mp4; codecs="mp4a.6B"',
    'audio/mp4; codecs="mp3"',
  ]);
});

test.each<[string, Media[], Means, string[], boolean]>([
  ['H.264 with AAC', [video('h264'), audio('aac'), data], chromium, [], false],
  ['AV1 with Opus', [video('av1'), audio('opus')], chromium, [], false],
  ['H.265 with AAC', [video('h265', 'hvc1.1.6.L93.90'), audio('aac')], chromium, ['video'], false],
  ['H.264 with AC-3', [video('h264'), audio('ac3')], chromium, ['audio'], false],
  ['VP9, which is played from MP4', [video('vp9'), audio('opus')], chromium, [], false],
  ['VP8, which no way brings', [video('vp8'), audio('opus')], chromium, ['video'], false],
  ['H.265 with AC-3 on a phone', [video('h265'), audio('ac3')], phone, [], false],
  [
    'two that play, but not together',
    [video('vp9'), audio('mp3')],
    { ...chromium, element: () => false },
    ['video'],
    false,
  ],
  ['two that have no way in common', [video('vp9'), audio('ac3')], chromium, ['audio'], true],
  ['H.265 alone', [video('h265'), data], chromium, ['video'], true],
  ['H.265 with E-AC-3', [video('h265'), audio('eac3')], chromium, ['video', 'audio'], true],
  ['sound alone', [audio('aac')], nothing, ['audio'], true],
  ['further tracks do not matter', [video('h264'), audio('aac'), audio('ac3')], chromium, [], false],
  ['nothing yet', [], nothing, [], false],
])('%s', (_name, tracks, means, kinds, all) => {
  const found = unplayable(tracks, means);
  expect(Object.keys(found).filter((key) => key === 'video' || key === 'audio')).toEqual(kinds);
  expect(found.all).toBe(all);
});

const every: Way[] = ['ws-flv', 'http-flv', 'ws-mp4', 'hls', 'native-hls', 'http-mp4'];

test.each<[string, Media[], Means, Way[]]>([
  ['what every way brings', [video('h264'), audio('aac')], chromium, every],
  ['nothing known yet', [], chromium, every],
  [
    'VP9, which the player library does not read from FLV: from there only the sound',
    [video('vp9'), audio('opus')],
    chromium,
    [...every.slice(2), 'ws-flv', 'http-flv'],
  ],
  [
    'MP3, which plays from memory only as raw frames',
    [video('h264'), audio('mp3')],
    chromium,
    ['ws-flv', 'http-flv', 'native-hls', 'http-mp4'],
  ],
  ['H.265, where only the sound plays', [video('h265'), audio('aac')], chromium, ['ws-flv', 'http-flv']],
  ['a phone', [video('h264'), audio('aac')], phone, ['native-hls', 'http-mp4']],
  ['a browser that plays nothing', [video('h264')], nothing, []],
])('the ways for %s', (_name, tracks, means, ways) => {
  expect(waysFor(tracks, means)).toEqual(ways);
});

test('a way for both comes before one that brings half', () => {
  const means: Means = { memory: (type) => !type.includes('audio/mpeg'), element: () => false };
  expect(waysFor([video('vp9'), audio('aac')], means)).toEqual(['ws-mp4', 'hls', 'ws-flv', 'http-flv']);
});

test('media are the same for as long as a decoder would not notice', () => {
  expect(mediaKey([video('h264', 'avc1.42001F'), audio('aac'), data])).toBe('avc1.42001F,aac');
  expect(mediaKey([])).toBe('');
});

test.each<[string, Media[], string | undefined]>([
  ['codecs that FLV has always had', [video('h264'), audio('pcma'), data], 'VLC'],
  ['one that needs Enhanced FLV', [video('h264'), audio('ac3')], 'mpv'],
  ['one that plays here and needs it, beside one that does not play', [video('h265'), audio('pcma')], 'mpv'],
  ['VP8, which nothing reads in FLV', [video('vp8'), audio('aac')], undefined],
  ['further tracks do not matter', [video('h264'), audio('aac'), audio('ac3')], 'VLC'],
])('a player is named that can open all of it: %s', (_name, tracks, outside) => {
  expect(unplayable(tracks, chromium).outside).toBe(outside);
});

test('other browsers are named only where one may play it', () => {
  expect([
    browsersMay([video('h265')]),
    browsersMay([video('vp9')]),
    browsersMay([video('h265'), audio('ac3')]),
    browsersMay([video('vp8')]),
  ]).toEqual([true, true, true, false]);
});

test('the doctor tells of the codecs that this page cannot play, or not in every browser', () => {
  const shown = Object.values(codecs).filter(({ kind }) => kind !== 'data');
  const notEverywhere = ['h265', 'ac3', 'eac3'];
  const refused = shown
    .map(({ name }) => name)
    .filter((name) => notEverywhere.includes(name) || !browsersMay([video(name)]));
  expect(Object.keys(refusedByDoctor).toSorted()).toEqual(refused.toSorted());
  for (const codec of refused) {
    const found = unplayableIn({ id: 1, kind: codecs[codec].kind, codec, config: new Uint8Array() });
    expect(found?.['browsers'], codec).toBe(browsersMay([video(codec)]) ? 'some' : 'none');
  }
});

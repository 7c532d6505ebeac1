import { expect, test } from 'vitest';
import { unplayable as refusedByDoctor, unplayableIn } from '../../../src/features/doctor/playable.ts';
import { codecs } from '../../../src/media/index.ts';
import { browsersMay, type Media, mediaKey, plays, type Supports, unplayable } from './playable.ts';

/** What Chromium says on a machine without a decoder for H.265. */
const chromium: Supports = (type) => /avc1|av01|vp09|mp4a|opus|flac|audio\/mpeg/.test(type);
const nothing: Supports = () => false;

const video = (codec: string, codecs?: string): Media => ({ kind: 'video', codec, ...(codecs ? { codecs } : {}) });
const audio = (codec: string): Media => ({ kind: 'audio', codec });
const data: Media = { kind: 'data', codec: 'amf' };

test('the browser is asked about exactly what comes, and about something usual where that is not known', () => {
  const asked: string[] = [];
  const supports: Supports = (type) => asked.push(type) < 0;
  plays(video('h264', 'avc1.6E001F'), supports);
  plays(video('h265'), supports);
  plays(audio('mp3'), supports);
  expect(asked).toEqual([
    'video/mp4; codecs="avc1.6E001F"',
    'video/mp4; codecs="hvc1.1.6.L93.B0"',
    'audio/mpeg',
    'audio/mp4; codecs="mp3"',
  ]);
});

test.each<[string, Media[], Supports, string[], boolean]>([
  ['H.264 with AAC', [video('h264'), audio('aac'), data], chromium, [], false],
  ['AV1 with Opus', [video('av1'), audio('opus')], chromium, [], false],
  ['H.265 with AAC', [video('h265', 'hvc1.1.6.L93.90'), audio('aac')], chromium, ['video'], false],
  ['H.264 with AC-3', [video('h264'), audio('ac3')], chromium, ['audio'], false],
  [
    'VP9, which the browser plays and the library does not read',
    [video('vp9'), audio('opus')],
    chromium,
    ['video'],
    false,
  ],
  ['H.265 alone', [video('h265'), data], chromium, ['video'], true],
  ['H.265 with E-AC-3', [video('h265'), audio('eac3')], chromium, ['video', 'audio'], true],
  ['sound alone', [audio('aac')], nothing, ['audio'], true],
  ['further tracks do not matter', [video('h264'), audio('aac'), audio('ac3')], chromium, [], false],
  ['nothing yet', [], nothing, [], false],
])('%s', (_name, tracks, supports, kinds, all) => {
  const found = unplayable(tracks, supports);
  expect(Object.keys(found).filter((key) => key === 'video' || key === 'audio')).toEqual(kinds);
  expect(found.all).toBe(all);
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
  ]).toEqual([true, false, false]);
});

test('the doctor tells of the codecs that this page cannot play, or not in every browser', () => {
  const shown = Object.values(codecs).filter(({ kind }) => kind !== 'data');
  const refused = shown.map(({ name }) => name).filter((name) => name === 'h265' || !browsersMay([video(name)]));
  expect(Object.keys(refusedByDoctor).toSorted()).toEqual(refused.toSorted());
  for (const codec of refused) {
    const found = unplayableIn({ id: 1, kind: codecs[codec].kind, codec, config: new Uint8Array() });
    expect(found?.['browsers'], codec).toBe(browsersMay([video(codec)]) ? 'some' : 'none');
  }
});

import { describe, expect, test } from 'vitest';
import { mergeDelta } from './delta.ts';
import { type GoodOptions, goodMedia } from './good-playlists.ts';
import type { MediaPlaylist } from './playlist.ts';
import { readPlaylist } from './playlist-reader.ts';
import { judge } from './rule.ts';
import { driftRules, renditionRules, reportRules, sequenceRules } from './rules-sequence.ts';

const read = (text: string): MediaPlaylist => readPlaylist(new TextEncoder().encode(text)) as MediaPlaylist;
const at = (options: GoodOptions): MediaPlaylist => read(goodMedia(options));
const ending = (text: string): string => `${text.replace(/#EXT-X-PRELOAD.*\n/, '')}#EXT-X-ENDLIST\n`;

const before = goodMedia();
const after = goodMedia({ first: 8, begun: 1 });

/** What follows `before`, or what is given, and breaks a rule. */
const broken: { rule: string; before?: string; after: string; what: string }[] = [
  {
    rule: 'C-HLS-03/constant',
    after: before.replace('DURATION:2', 'DURATION:3'),
    what: '3',
  },
  { rule: 'C-HLS-03/constant', after: after.replace('TARGET=0.5', 'TARGET=0.51'), what: 'PART-TARGET was 0.5' },
  {
    rule: 'C-HLS-03/constant',
    after: after.replace('#EXT-X-MAP', '#EXT-X-PLAYLIST-TYPE:EVENT\n#EXT-X-MAP'),
    what: 'TYPE',
  },
  { rule: 'C-HLS-04/forward', before: after, after: before, what: 'it began at 8 and begins at 7' },
  { rule: 'C-HLS-04/forward', after: goodMedia({ begun: 1 }), what: 'its end went back' },
  { rule: 'C-HLS-04/removal', after: after.replaceAll('s8.m4s', 's8b.m4s'), what: 'segment 8 was s8.m4s' },
  { rule: 'C-HLS-04/removal', after: after.replace('-MEDIA-SEQUENCE:8', '-MEDIA-SEQUENCE:9'), what: 'segment 9 was' },
  {
    rule: 'C-HLS-06/number',
    after: after.replace('-DISCONTINUITY-SEQUENCE:0', '-DISCONTINUITY-SEQUENCE:1'),
    what: 'segment 8 was behind 0 and is behind 1',
  },
  { rule: 'C-HLS-06/kept', after: after.replace('00:00:14.000', '00:00:14.001'), what: 'the date of segment 8' },
  { rule: 'C-HLS-06/kept', after: after.replace('2.00000,\ns8', '2.00100,\ns8'), what: 'the duration of segment 8' },
  { rule: 'C-HLS-06/kept', after: after.replace('"init2.mp4"', '"init1.mp4"'), what: 'the map of segment 9' },
  {
    rule: 'C-HLS-06/kept',
    after: after.replace('#EXTINF:2.00000,\ns8', '#EXT-X-GAP\n#EXTINF:2.00000,\ns8'),
    what: 'gap',
  },
  { rule: 'C-HLS-09/window', after: goodMedia({ first: 9, count: 2, begun: 3 }), what: '5.500 s are left' },
  { rule: 'C-HLS-17/over', before: ending(goodMedia({ begun: 0 })), after: goodMedia(), what: 'it goes on' },
  {
    rule: 'C-HLS-17/over',
    before: ending(goodMedia({ begun: 0 })),
    after: ending(goodMedia({ count: 4, begun: 0 })),
    what: 'there is more',
  },
  { rule: 'C-HLS-20/kept', after: after.replaceAll('s10.0.m4s', 's10.a.m4s'), what: 'segment 10' },
  {
    rule: 'C-HLS-20/kept',
    before: goodMedia({ first: 8 }),
    after: goodMedia({ first: 8, begun: 3 }).replace(/#EXT-X-PART:.*s10\.3.*\n/, ''),
    what: 'segment 10 has other parts',
  },
];

describe('a playlist that follows another', () => {
  test.each<[string, GoodOptions, GoodOptions]>([
    ['with one part more', {}, { begun: 3 }],
    ['with a segment more and one less', {}, { first: 8, begun: 1 }],
    ['from which a discontinuity went', { first: 9 }, { first: 10 }],
    ['in which a discontinuity comes', { first: 6, begun: 0 }, { first: 6, begun: 1 }],
    ['long after it', {}, { first: 50 }],
    ['and is the same', {}, {}],
  ])('%s breaks no rule', (_, old, now) => {
    expect(judge(sequenceRules, { before: at(old), after: at(now) }, '')).toEqual([]);
  });

  test.each(broken)(
    'and breaks $rule breaks nothing else: $what',
    ({ rule, before: old = before, after: now, what }) => {
      const faults = judge(sequenceRules, { before: read(old), after: read(now) }, '');
      const rules = [...new Set(faults.map((fault) => fault.rule))];
      // A number that is wrong makes every segment look like another.
      expect(what.startsWith('segment 9 was') ? rules.includes(rule) : rules.join()).toEqual(
        what.startsWith('segment 9 was') ? true : rule,
      );
      expect(faults.map((fault) => fault.what).join('|')).toContain(what);
    },
  );

  test('can break every rule', () => {
    const ids = new Set(broken.map(({ rule }) => rule));
    expect(sequenceRules.filter(({ id }) => !ids.has(id))).toEqual([]);
  });
});

describe('a delta update', () => {
  const whole = at({ first: 2, count: 18 });

  test('with what was had before is the whole playlist', () => {
    const known = at({ first: 1, count: 18 });
    const { version: _, needs: _needs, ...merged } = mergeDelta(known, at({ first: 2, count: 18, skip: 6 }))!;
    const { version: _version, needs: _all, ...expected } = whole;
    expect(merged).toEqual(expected);
  });

  test('that leaves out what was never had cannot be read', () => {
    expect(mergeDelta(at({ first: 4, count: 3 }), at({ first: 2, count: 18, skip: 6 }))).toBeUndefined();
    expect(mergeDelta(undefined, at({ first: 2, count: 18, skip: 6 }))).toBeUndefined();
  });

  test('that is whole is taken as it is', () => {
    expect(mergeDelta(undefined, whole)).toBe(whole);
  });
});

describe('dates', () => {
  test.each([
    { media: 60_000, dates: 60_050, faults: 0 },
    { media: 60_000, dates: 60_060, faults: 1 },
    { media: 36_000_000, dates: 36_000_500, faults: 0 },
    { media: 36_000_000, dates: 35_999_400, faults: 1 },
  ])('of $dates ms over $media ms of media: $faults faults', ({ media, dates, faults }) => {
    expect(judge(driftRules, { media, dates }, '').length).toBe(faults);
  });
});

describe('rendition reports', () => {
  test.each([
    { sequence: 10, part: 1, faults: 0 },
    { sequence: 10, part: 0, faults: 0 },
    { sequence: 11, part: 0, faults: 0 },
    { sequence: 9, part: 3, faults: 1 },
    { sequence: 8, part: 3, faults: 1 },
  ])('of segment $sequence and part $part, where part 10.1 is known: $faults faults', ({ faults, ...reported }) => {
    expect(judge(reportRules, { uri: 'b', reported, known: at({}) }, '').length).toBe(faults);
  });

  test('are of all other renditions, which have the same target', () => {
    const [a, b] = [at({}), read(goodMedia().replace('"b.m3u8"', '"a.m3u8"'))];
    const [urlA, urlB] = ['http://h/a.m3u8', 'http://h/b.m3u8'];
    const faults = (renditions: [string, MediaPlaylist][]): string[] =>
      judge(renditionRules, new Map(renditions), '').map(({ rule }) => rule);
    expect(
      faults([
        [urlA, a],
        [urlB, b],
      ]),
    ).toEqual([]);
    expect(
      faults([
        [urlA, a],
        [urlB, { ...b, reports: [] }],
      ]),
    ).toEqual(['C-HLS-28/reports']);
    expect(
      faults([
        [urlA, a],
        [urlB, { ...b, targetDuration: 3 }],
      ]),
    ).toEqual(['C-HLS-13/targets']);
  });
});

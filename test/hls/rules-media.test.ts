import { describe, expect, test } from 'vitest';
import { goodMedia, goodMultivariant } from './good-playlists.ts';
import type { MediaPlaylist, MultivariantPlaylist } from './playlist.ts';
import { readPlaylist } from './playlist-reader.ts';
import { judge } from './rule.ts';
import { mediaRules } from './rules-media.ts';
import { multivariantRules } from './rules-multivariant.ts';

/** A playlist in which one rule is broken, and what is said of it. */
interface Broken {
  rule: string;
  text: string;
  what: string;
}

const good = goodMedia();
const long = goodMedia({ first: 1, count: 8 });
const delta = goodMedia({ first: 1, count: 20, skip: 5 });
const read = (text: string): unknown => readPlaylist(new TextEncoder().encode(text));
const from = (before: string, after: string, text = good): string => {
  if (!text.includes(before)) throw new Error(`There is no ${before}.`);
  return text.replaceAll(before, after);
};
const ended = from('#EXT-X-PRELOAD-HINT:TYPE=PART,URI="s10.0.m4s"\n', '', goodMedia({ begun: 0 }));

const media: Broken[] = [
  { rule: 'C-HLS-01/known', text: from('#EXT-X-PART-INF', '#EXT-X-OWN:1\n#EXT-X-PART-INF'), what: 'EXT-X-OWN' },
  { rule: 'C-HLS-02/version', text: from('VERSION:9', 'VERSION:5'), what: '5 in place of 6' },
  { rule: 'C-HLS-02/version', text: from('VERSION:9', 'VERSION:8', delta), what: '8 in place of 9' },
  {
    rule: 'C-HLS-03/target',
    text: from('2.00000,\ns8', '2.50000,\ns8', goodMedia({ first: 5, count: 6 })),
    what: 'segment 8 has 2.5 s',
  },
  { rule: 'C-HLS-05/first', text: from('SEQUENCE:1\n', 'SEQUENCE:0\n', long), what: 'EXT-X-MEDIA-SEQUENCE is 0' },
  { rule: 'C-HLS-07/map', text: from('s7.m4s', 's7.ts'), what: 'segment 7' },
  { rule: 'C-HLS-07/map', text: from('#EXT-X-MAP:URI="init1.mp4"\n', ''), what: 'segment 7|segment 8' },
  {
    rule: 'C-HLS-07/change',
    text: from('#EXTINF:2.00000,\ns7.m4s', '#EXTINF:2.00000,\ns7.m4s\n#EXT-X-MAP:URI="init3.mp4"'),
    what: 'segment 8',
  },
  { rule: 'C-HLS-16/present', text: good.replace(/#EXT-X-PROGRAM.*\n/, ''), what: 'segment 7' },
  { rule: 'C-HLS-16/present', text: good.replace(/(init2.mp4"\n)#EXT-X-PROGRAM.*\n/, '$1'), what: 'segment 9' },
  { rule: 'C-HLS-16/order', text: from('T00:00:16.000', 'T00:00:11.000'), what: 'segment 9 is 3000 ms earlier' },
  { rule: 'C-HLS-16/durations', text: from('T00:00:14.000', 'T00:00:14.051'), what: 'segment 8 is 51 ms off' },
  { rule: 'C-HLS-17/closed', text: `${goodMedia({ begun: 0 })}#EXT-X-ENDLIST\n`, what: 'it hints at what comes' },
  { rule: 'C-HLS-17/closed', text: `${good.replace(/#EXT-X-PRE.*\n/, '')}#EXT-X-ENDLIST\n`, what: 'is not complete' },
  { rule: 'C-HLS-20/part-target', text: from('0.50000,URI="s10.1', '0.60000,URI="s10.1'), what: 'part 10.1 has 0.6 s' },
  { rule: 'C-HLS-20/least', text: from('0.50000,URI="s10.0', '0.40000,URI="s10.0'), what: 'part 10.0 has 0.4 s' },
  { rule: 'C-HLS-20/sum', text: from('0.50000,URI="s9.3', '0.49000,URI="s9.3'), what: 'segment 9 by 0.0100 s' },
  {
    rule: 'C-HLS-20/old',
    text: from('#EXTINF:2.00000,\ns2.', `${'#EXT-X-PART:DURATION=0.5,URI="p"\n'.repeat(4)}#EXTINF:2.00000,\ns2.`, long),
    what: 'segment 2',
  },
  { rule: 'C-HLS-26/skip-until', text: from('UNTIL=12.0', 'UNTIL=11.9'), what: 'it is 11.9 s' },
  { rule: 'C-HLS-26/boundary', text: from('UNTIL=12.0', 'UNTIL=32.0', delta), what: 'only 31.000 s are left' },
  { rule: 'C-HLS-26/boundary', text: from('CAN-SKIP-UNTIL=12.0,', '', delta), what: 'nothing may be left out' },
  { rule: 'C-HLS-27/hint', text: good.replace(/#EXT-X-PRELOAD.*\n/, ''), what: '0 hints' },
  { rule: 'C-HLS-27/hint', text: from('PART,URI="s10.2', 'PART,URI="s10.1'), what: 's10.1.m4s is there already' },
  { rule: 'C-HLS-29/hold-back', text: from('HOLD-BACK=6.0', 'HOLD-BACK=5.0'), what: 'it is 5 s' },
  { rule: 'C-HLS-29/part-hold-back', text: from('BACK=1.5', 'BACK=0.9'), what: 'it is 0.9 s' },
  { rule: 'C-HLS-29/part-hold-back', text: from(',PART-HOLD-BACK=1.5', ''), what: 'it is 0 s' },
];

const multivariant: Broken[] = [
  { rule: 'C-HLS-01/known-variants', text: `${goodMultivariant}#EXT-X-OWN:1\n`, what: 'EXT-X-OWN' },
  {
    rule: 'C-HLS-02/variants',
    text: `${goodMultivariant}#EXT-X-MEDIA:TYPE=CLOSED-CAPTIONS,GROUP-ID="c",NAME="1",INSTREAM-ID="SERVICE1"\n`,
    what: '6 in place of 7',
  },
  { rule: 'C-HLS-15/named', text: from('CODECS="avc1.640028,mp4a.40.2",', '', goodMultivariant), what: 'names none' },
  { rule: 'C-HLS-15/named', text: from('avc1.640028', 'avc1.640028,h264', goodMultivariant), what: 'v.m3u8 has h264' },
  { rule: 'C-HLS-15/resolution', text: from('RESOLUTION=1920x1080,', '', goodMultivariant), what: 'v.m3u8' },
  {
    rule: 'C-HLS-15/bandwidth',
    text: from('AVERAGE-BANDWIDTH=2', 'AVERAGE-BANDWIDTH=3', goodMultivariant),
    what: '25',
  },
  { rule: 'C-HLS-15/groups', text: from('AUDIO="sound"', 'AUDIO="noise"', goodMultivariant), what: 'AUDIO noise' },
  { rule: 'C-HLS-15/members', text: from('NAME="2"', 'NAME="1"', goodMultivariant), what: 'a name twice' },
  { rule: 'C-HLS-15/members', text: from('NAME="2"', 'NAME="2",DEFAULT=YES', goodMultivariant), what: 'defaults' },
];

describe('a media playlist', () => {
  test.each([
    ['with parts', good],
    ['whose next segment is not begun', goodMedia({ begun: 0 })],
    ['that is long', long],
    ['that leaves out', delta],
    ['that has ended', `${ended}#EXT-X-ENDLIST\n`],
  ])('%s breaks no rule', (_, text) => {
    expect(judge(mediaRules, read(text) as MediaPlaylist, '')).toEqual([]);
  });

  test.each(media)('that breaks $rule breaks nothing else: $what', ({ rule, text, what }) => {
    const faults = judge(mediaRules, read(text) as MediaPlaylist, '');
    expect([...new Set(faults.map((fault) => fault.rule))]).toEqual([rule]);
    expect(faults.map((fault) => fault.what).join('|')).toContain(what);
  });

  test('can break every rule', () => {
    const broken = new Set(media.map(({ rule }) => rule));
    expect(mediaRules.filter(({ id }) => !broken.has(id))).toEqual([]);
  });
});

describe('a multivariant playlist', () => {
  test('that is good breaks no rule', () => {
    expect(judge(multivariantRules, read(goodMultivariant) as MultivariantPlaylist, '')).toEqual([]);
  });

  test.each(multivariant)('that breaks $rule breaks nothing else: $what', ({ rule, text, what }) => {
    const faults = judge(multivariantRules, read(text) as MultivariantPlaylist, '');
    expect([...new Set(faults.map((fault) => fault.rule))]).toEqual([rule]);
    expect(faults.map((fault) => fault.what).join('|')).toContain(what);
  });

  test('can break every rule', () => {
    const broken = new Set(multivariant.map(({ rule }) => rule));
    expect(multivariantRules.filter(({ id }) => !broken.has(id))).toEqual([]);
  });
});

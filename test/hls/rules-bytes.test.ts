import { describe, expect, test } from 'vitest';
import { concatBytes } from '../../src/media/bytes/bytes.ts';
import { codecsOfInit } from './codecs-of.ts';
import { readFragments } from './fragment-reader.ts';
import { handmadeFragment, handmadeInit, type HandmadeRun, handmadeRuns, HandmadeTransport } from './handmade.ts';
import type { Segment } from './playlist.ts';
import { judge } from './rule.ts';
import { byteRules, codecRules, type Past, pastOf, type SegmentFacts } from './rules-bytes.ts';
import { TransportReader } from './transport-reader.ts';

const init = handmadeInit();

interface Made {
  /** Default: two seconds from second 2 on, in two parts. */
  runs?: readonly (readonly HandmadeRun[])[];
  duration?: number;
  independent?: boolean;
  /** Of each part: what is said. Default: that of the bytes. */
  said?: readonly boolean[];
  before?: Past;
  /** Bytes that stand for those of the segment. */
  whole?: Uint8Array;
  partDuration?: number;
}

/** A segment of two seconds in two parts. */
function made(options: Made = {}): SegmentFacts {
  const {
    runs = [handmadeRuns(2, 1), handmadeRuns(3, 1, { key: false })],
    duration = 2,
    independent = true,
    said = [true, false],
    partDuration = 1,
  } = options;
  const parts = runs.map((run, index) => {
    const bytes = handmadeFragment(index + 1, run);
    const part = { uri: `${index}.m4s`, duration: partDuration, independent: said[index]!, gap: false };
    return { part, bytes, piece: readFragments(init, bytes) };
  });
  const bytes = options.whole ?? concatBytes(parts.map((part) => part.bytes));
  const segment: Segment = {
    ...{ sequence: 2, continuity: 0, discontinuity: false, uri: '2.m4s', duration, gap: false },
    parts: parts.map(({ part }) => part),
  };
  const playlist = { targetDuration: 2, independent };
  const piece = readFragments(init, bytes);
  return { playlist, segment, bytes, piece, parts, ...(options.before && { before: options.before }) };
}

/** What a segment of seconds 0 to 2 leaves behind. */
const past: Past = {
  ends: new Map([
    [1, { end: 180_000, last: 176_400 }],
    [2, { end: 88_200, last: 88_064 }],
  ]),
  since: 0,
  told: 2,
};

const [first, second] = [handmadeRuns(2, 1), handmadeRuns(3, 1, { key: false })];
const moved = (runs: readonly HandmadeRun[], track: 1 | 2, ticks: number): HandmadeRun[] =>
  runs.map((run) => (run.track === track ? { ...run, start: run.start + ticks } : run));
const pictures = (runs: readonly HandmadeRun[], change: (run: HandmadeRun) => HandmadeRun): HandmadeRun[] =>
  runs.map((run) => (run.track === 1 ? change(run) : run));

const broken: { rule: string; facts: SegmentFacts; what: string }[] = [
  {
    rule: 'C-HLS-10/begins',
    facts: made({ runs: [handmadeRuns(2, 1, { key: false }), second], said: [false, false] }),
    what: 'segment 2',
  },
  {
    rule: 'C-HLS-10/flags',
    facts: made({
      runs: [
        pictures(first, (run) => ({ ...run, samples: run.samples.map((each) => ({ ...each, said: true })) })),
        second,
      ],
    }),
    what: 'picture 1 of track 1',
  },
  {
    rule: 'C-HLS-11/length',
    facts: made({
      runs: [handmadeRuns(2, 1.32), handmadeRuns(3.32, 1.32, { key: false })],
      duration: 2.64,
      partDuration: 1.32,
    }),
    what: 'lasts 2.640 s',
  },
  { rule: 'C-HLS-12/duration', facts: made({ duration: 2.05 }), what: 'segment 2 by 0.0500 s' },
  { rule: 'C-HLS-12/sum', facts: made({ before: { ...past, told: 2.05 } }), what: 'by 0.0500 s before segment 2' },
  {
    rule: 'C-HLS-13/equal',
    facts: made({ runs: [moved(first, 2, 5000), moved(second, 2, 5000)] }),
    what: 'by 0.113 and 0.113 s',
  },
  { rule: 'C-HLS-14/fragments', facts: made({ runs: [first, moved(second, 1, 2)] }), what: 'segment 2 by 2 ticks' },
  { rule: 'C-HLS-14/fragments', facts: made({ runs: [first, moved(second, 2, -2)] }), what: 'segment 2 by -2 ticks' },
  {
    rule: 'C-HLS-14/segments',
    facts: made({ runs: [moved(first, 1, 2), moved(second, 1, 2)], before: past }),
    what: 'track 1 of segment 2 by 2 ticks',
  },
  {
    rule: 'C-HLS-20/joined',
    facts: made({ whole: concatBytes([handmadeFragment(1, first), handmadeFragment(3, second)]) }),
    what: 'segment 2',
  },
  { rule: 'C-HLS-20/independent', facts: made({ said: [false, false] }), what: 'part 2.0' },
  { rule: 'C-HLS-20/independent', facts: made({ said: [true, true] }), what: 'part 2.1' },
  { rule: 'C-HLS-20/duration', facts: made({ partDuration: 1.05 }), what: 'part 2.1 by 0.0500 s' },
];

/** Rules that fragments written whole cannot break. */
const elsewhere = ['C-HLS-14/whole', 'C-HLS-14/order'];

describe('the bytes of a segment', () => {
  test('that is good break no rule, be it the first or another', () => {
    expect(judge(byteRules, made(), '')).toEqual([]);
    expect(judge(byteRules, made({ before: past }), '')).toEqual([]);
    expect(pastOf(made({ before: past }))).toEqual({
      ends: new Map([
        [1, { end: 360_000, last: 356_400 }],
        [2, { end: 176_400, last: 176_400 - (44_100 % 1024) }],
      ]),
      since: 0,
      told: 4,
    });
  });

  test('may begin anywhere where nothing else is claimed', () => {
    const runs = [handmadeRuns(2, 1, { key: false }), second];
    expect(judge(byteRules, made({ runs, said: [false, false], independent: false }), '')).toEqual([]);
  });

  test('of which a part has a key frame in its middle are good whether that part is said to be independent or not', () => {
    const inside = pictures(second, (run) => ({
      ...run,
      samples: run.samples.map((each, index) => ({ ...each, key: index === 5 })),
    }));
    for (const said of [true, false])
      expect(judge(byteRules, made({ runs: [first, inside], said: [true, said] }), '')).toEqual([]);
  });

  test.each(broken)('that break $rule break nothing else: $what', ({ rule, facts, what }) => {
    const faults = judge(byteRules, facts, '');
    expect([...new Set(faults.map((fault) => fault.rule))]).toEqual([rule]);
    expect(faults.map((fault) => fault.what).join('|')).toContain(what);
  });

  test('in which a track pauses break no rule of continuity, but one that goes back does', () => {
    const shifted = (ticks: number): string[] =>
      judge(byteRules, made({ runs: [first, moved(second, 1, ticks)] }), '').flatMap(({ rule }) =>
        rule.startsWith('C-HLS-14') ? [rule] : [],
      );
    expect(shifted(9100)).toEqual([]);
    expect(shifted(8900)).toEqual(['C-HLS-14/fragments']);
    expect(shifted(-9100)).toContain('C-HLS-14/fragments');
  });

  test('that are no whole fragments break C-HLS-14/whole', () => {
    const facts = made();
    const piece = readFragments(init, concatBytes([handmadeFragment(2, first), handmadeFragment(1, second)]));
    const faults = judge(byteRules, { ...facts, piece }, '');
    expect(faults.map(({ rule, what }) => [rule, what])).toEqual([
      ['C-HLS-14/whole', 'segment 2: fragment 1 follows fragment 2'],
    ]);
    expect(readFragments(init, new Uint8Array()).faults).toEqual(['there is no fragment']);
    expect(() => readFragments(init, handmadeFragment(1, first).subarray(0, -1))).toThrow(/ends too soon/);
  });

  test('whose times go back break C-HLS-14/order', () => {
    const facts = made();
    const [track, ...others] = facts.piece.tracks;
    const samples = track!.samples.map((each, index) => (index === 3 ? { ...each, dts: 180_001 } : each));
    const piece = { ...facts.piece, tracks: [{ ...track!, samples }, ...others] };
    const faults = judge(byteRules, { ...facts, piece }, '');
    expect(faults.map(({ rule }) => rule)).toEqual(['C-HLS-14/order']);
  });

  test('can break every rule', () => {
    const ids = new Set([...broken.map(({ rule }) => rule), ...elsewhere]);
    expect(byteRules.filter(({ id }) => !ids.has(id))).toEqual([]);
  });
});

describe('a segment of MPEG-TS', () => {
  const segment: Segment = {
    ...{ sequence: 2, continuity: 0, discontinuity: false, uri: '2.ts', duration: 2, gap: false, parts: [] },
  };
  const playlist = { targetDuration: 2, independent: true };
  const faultsOf = (reader: TransportReader, bytes: Uint8Array): string[] =>
    judge(byteRules, { playlist, segment, bytes, piece: reader.read(bytes), parts: [] }, '').map(({ what }) => what);

  test('that is good breaks no rule, and neither does the next', () => {
    const [maker, reader] = [new HandmadeTransport(), new TransportReader()];
    expect(faultsOf(reader, maker.segment(0, 2))).toEqual([]);
    expect(faultsOf(reader, maker.segment(2, 2))).toEqual([]);
  });

  test('goes on over the wrap of its clock', () => {
    const [maker, reader] = [new HandmadeTransport(), new TransportReader()];
    const start = 2 ** 33 / 90_000 - 1;
    const piece = reader.read(maker.segment(start, 2));
    const times = piece.tracks[0]!.samples.map(({ dts }) => dts);
    expect(times.at(-1)! - times[0]!).toBe(49 * 3600);
    expect(piece.faults).toEqual([]);
  });

  test.each([
    ['has a step in a counter', { skip: 1 }, ['segment 2: the counter of PID 256 is 6 and not 5']],
    ['begins without a key frame', { key: false }, ['segment 2']],
    ['hides its key frame', { said: false }, ['picture 0 of track 256 in segment 2']],
  ])('that %s is found out', (_, options, what) => {
    expect(faultsOf(new TransportReader(), new HandmadeTransport().segment(0, 2, options))).toEqual(what);
  });

  test('whose counters step from one segment to the next is found out', () => {
    const [maker, reader] = [new HandmadeTransport(), new TransportReader()];
    maker.segment(0, 1);
    const lost = maker.segment(1, 1);
    expect(faultsOf(reader, maker.segment(2, 2))).toEqual([]);
    expect(faultsOf(reader, lost)).not.toEqual([]);
    reader.restart();
    expect(reader.read(lost).faults).toEqual([]);
  });

  test('that does not begin with a packet, a PAT and a PMT is found out', () => {
    const bytes = new HandmadeTransport().segment(0, 2);
    expect(() => new TransportReader().read(bytes.subarray(1))).toThrow(/no packet at 0/);
    expect(new TransportReader().read(bytes.subarray(2 * 188)).faults).toEqual([
      'it does not begin with a PAT',
      'it has no PMT',
    ]);
    expect(new TransportReader().read(bytes.subarray(0, 1000)).faults).toEqual(['1000 bytes are no whole packets']);
  });
});

describe('CODECS', () => {
  const found = codecsOfInit(init);

  test('are read from an init segment', () => {
    expect(found).toEqual(['avc1.640028', 'mp4a.40.2']);
    expect(codecsOfInit(handmadeInit({ audio: false }))).toEqual(['avc1.640028']);
  });

  test.each([
    { told: ['avc1.640028', 'mp4a.40.2'], faults: 0 },
    { told: ['mp4a.40.2', 'avc1.640028'], faults: 0 },
    { told: ['avc1.640028'], faults: 1 },
    { told: ['avc1.64001f', 'mp4a.40.2'], faults: 1 },
    { told: ['avc1.640028', 'mp4a.40.2', 'ac-3'], faults: 1 },
  ])('$told: $faults faults', ({ told, faults }) => {
    expect(judge(codecRules, { uri: 'v', told, found }, '').length).toBe(faults);
  });
});

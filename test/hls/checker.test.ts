import { describe, expect, test } from 'vitest';
import { concatBytes } from '../../src/media/bytes/bytes.ts';
import { HlsChecker } from './checker.ts';
import { type GoodOptions, goodMedia, goodMultivariant } from './good-playlists.ts';
import { handmadeFragment, handmadeInit, handmadeRuns } from './handmade.ts';
import { streamRules } from './rules-stream.ts';

const ORIGIN = 'http://h/';
const url = `${ORIGIN}v.m3u8`;
const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);

/** Segments of two seconds in four parts, as `goodMedia` lists them; times begin anew at segment 9. */
function resourceOf(address: string): Uint8Array {
  const name = address.slice(ORIGIN.length);
  if (name.startsWith('init')) return handmadeInit();
  const [sequence, part] = name.slice(1).split('.').map(Number);
  const begin = 2 * (sequence! - (sequence! < 9 ? 1 : 9));
  const piece = (index: number): Uint8Array =>
    handmadeFragment(
      4 * sequence! + index,
      handmadeRuns(begin + index / 2 - (index % 2) * 0.02, 0.48 + (index % 2) * 0.04, { key: index === 0 }),
    );
  return Number.isNaN(part!) ? concatBytes([0, 1, 2, 3].map(piece)) : piece(part!);
}

/** Parts of 12 and 13 pictures. */
const listed = (options: GoodOptions): string =>
  goodMedia(options)
    .replaceAll(/DURATION=0\.50000,URI="(s\d+\.(\d).m4s)"/g, (_, uri: string, index: string) => {
      const duration = Number(index) % 2 === 0 ? 0.48 : 0.52;
      return `DURATION=${duration},URI="${uri}"`;
    })
    .replace('TARGET=0.5', 'TARGET=0.52');

/** Follows the stream for some segments, and brings all that it lists. */
function follow(checker: HlsChecker, steps: readonly GoodOptions[], of = resourceOf): HlsChecker {
  for (const step of steps) {
    checker.playlist(url, bytesOf(listed(step)));
    for (const { url: address } of checker.wanted()) checker.resource(address, of(address));
  }
  return checker;
}

const stream: GoodOptions[] = [6, 7, 8, 9, 10].flatMap((first) => [0, 1, 2, 3].map((begun) => ({ first, begun })));

describe('the checker', () => {
  test('finds nothing in a stream that is good, and one discontinuity', () => {
    const checker = follow(new HlsChecker(), stream);
    expect(checker.finish()).toEqual([]);
    expect(checker.judged).toBe(7);
    expect(checker.discontinuities(url)).toBe(1);
    expect(checker.wanted()).toEqual([]);
  });

  test('reads no parts for a player that has none', () => {
    const checker = new HlsChecker({ parts: false });
    checker.playlist(url, bytesOf(listed({ begun: 0 })));
    expect(checker.wanted().filter(({ kind }) => kind === 'part')).toEqual([]);
    follow(checker, stream.slice(4));
    expect(checker.finish()).toEqual([]);
    expect(checker.judged).toBe(6);
  });

  test('holds a segment against no parts where it did not see all of them', () => {
    const checker = new HlsChecker();
    const steps = [
      { first: 10, begun: 2 },
      { first: 12, begun: 0, count: 4 },
    ];
    follow(checker, steps.slice(0, 1));
    const late = listed(steps[1]!).replaceAll(/#EXT-X-PART:.*s13.*\n/g, '');
    checker.playlist(url, bytesOf(late));
    for (const { url: address } of checker.wanted()) checker.resource(address, resourceOf(address));
    expect(checker.faults.filter(({ rule }) => rule.startsWith('C-HLS-20'))).toEqual([]);
    expect(checker.judged).toBeGreaterThan(4);
  });

  test('finds a part that is not what its segment has', () => {
    const checker = follow(new HlsChecker(), stream, (address) =>
      address.endsWith('s9.1.m4s') ? resourceOf(address.replace('s9.1', 's9.3')) : resourceOf(address),
    );
    expect(new Set(checker.faults.map(({ rule }) => rule))).toEqual(new Set(['C-HLS-20/joined']));
  });

  test('finds a step in the times between two segments', () => {
    const checker = follow(new HlsChecker(), stream, (address) =>
      /s7[.]/.test(address) ? resourceOf(address.replace('s7', 's6')) : resourceOf(address),
    );
    const rules = new Set(checker.faults.map(({ rule }) => rule));
    expect(rules).toEqual(new Set(['C-HLS-12/sum', 'C-HLS-14/segments']));
  });

  test('finds bytes that are no segment, and goes on behind them', () => {
    const checker = follow(new HlsChecker(), stream, (address) =>
      address.endsWith('s7.m4s') ? resourceOf(address).subarray(0, 50) : resourceOf(address),
    );
    expect(checker.faults.map(({ rule }) => rule)).toEqual([streamRules.bytes.id]);
    expect(checker.judged).toBe(7);
  });

  test('finds an address that has other bytes the second time', () => {
    const checker = new HlsChecker();
    checker.resource(`${ORIGIN}a`, Uint8Array.of(1));
    checker.resource(`${ORIGIN}a`, Uint8Array.of(1));
    expect(checker.faults).toEqual([]);
    checker.resource(`${ORIGIN}a`, Uint8Array.of(2));
    expect(checker.faults.map(({ rule }) => rule)).toEqual([streamRules.same.id]);
  });

  test('finds a playlist that cannot be read', () => {
    const checker = new HlsChecker();
    expect(checker.playlist(url, bytesOf('#EXTM3U\n#EXT-X-ENDLIST\n'))).toBeUndefined();
    expect(checker.faults.map(({ rule }) => rule)).toEqual([streamRules.readable.id]);
  });

  test('makes delta updates whole, and finds one that it cannot', () => {
    const checker = new HlsChecker();
    const [whole, delta] = [
      { first: 1, count: 18 },
      { first: 2, count: 18 },
    ];
    checker.playlist(url, bytesOf(listed(whole)));
    expect(checker.playlist(`${url}?_HLS_skip=YES`, bytesOf(listed({ ...delta, skip: 6 })))).toMatchObject({
      sequence: 2,
    });
    expect(checker.latest(url)!.segments.length).toBe(18);
    expect(checker.faults).toEqual([]);
    checker.playlist(url, bytesOf(listed({ first: 30, count: 18, skip: 6 })));
    expect(checker.faults.map(({ rule }) => rule)).toEqual([streamRules.skipped.id]);
  });

  test('knows when a stream must have ended, and when it must not', () => {
    const end = (options: GoodOptions): string =>
      `${listed(options).replace(/#EXT-X-PRELOAD.*\n/, '')}#EXT-X-ENDLIST\n`;
    const late = new HlsChecker();
    late.streamEnded(1000);
    late.playlist(url, bytesOf(listed({})), 5000);
    expect(late.faults).toEqual([]);
    late.playlist(url, bytesOf(listed({})), 5001);
    expect(late.faults.map(({ rule }) => rule)).toEqual([streamRules.late.id]);

    const early = new HlsChecker();
    early.streamLost(true);
    early.playlist(url, bytesOf(end({ begun: 0 })));
    expect(early.faults.map(({ rule }) => rule)).toEqual([streamRules.early.id]);
    early.streamLost(false);
    expect(early.faults.length).toBe(1);
  });

  test('holds the codecs of variants against those of their segments', () => {
    const playlist = goodMultivariant.replace(/,AUDIO="sound"/, '').replaceAll(/#EXT-X-MEDIA:.*\n/g, '');
    const good = follow(new HlsChecker(), stream);
    good.playlist(`${ORIGIN}index.m3u8`, bytesOf(playlist));
    expect(good.finish()).toEqual([]);
    const bad = follow(new HlsChecker(), stream);
    bad.playlist(`${ORIGIN}index.m3u8`, bytesOf(playlist.replace(',mp4a.40.2', '')));
    bad.finish();
    expect(bad.faults.map(({ rule }) => rule)).toEqual(['C-HLS-15/codecs']);
  });

  test('counts the drift of dates from segment to segment', () => {
    const checker = new HlsChecker({ except: ['C-HLS-16/durations', 'C-HLS-09/window'] });
    for (let first = 10; first < 40; first++)
      checker.playlist(
        url,
        bytesOf(
          listed({ first, begun: 0 }).replaceAll(/TIME:(.*)/g, (_, date: string) => {
            const ms = Date.parse(date);
            return `TIME:${new Date(ms + (ms % 100_000) / 500).toISOString()}`;
          }),
        ),
      );
    expect(new Set(checker.faults.map(({ rule }) => rule))).toEqual(new Set(['C-HLS-16/drift']));
  });

  test('finds a segment that is gone too soon', () => {
    const checker = new HlsChecker({
      except: ['C-HLS-18/tag', 'C-HLS-18/type', 'C-HLS-18/missing', 'C-HLS-18/origin'],
    });
    checker.playlist(url, bytesOf(listed({})), 1000);
    const missing = {
      kind: 'segment',
      sent: {},
      status: 404,
      headers: {},
      bytes: new Uint8Array(),
      took: 1,
      http: '1.1',
    };
    const ask = (name: string, now: number): void =>
      void checker.exchange({ ...missing, url: ORIGIN + name, kind: 'segment' }, now);
    ask('s6.m4s', 1000);
    ask('s7.m4s', 1000 + 8000);
    expect(checker.faults).toEqual([]);
    ask('s7.m4s', 1000 + 7000);
    expect(checker.faults.map(({ rule, what }) => [rule, what])).toEqual([[streamRules.gone.id, '1000 ms too soon']]);
  });

  test('leaves out the rules that it is told to', () => {
    const checker = new HlsChecker({ except: [streamRules.readable.id] });
    checker.playlist(url, bytesOf(''));
    expect(checker.faults).toEqual([]);
  });
});

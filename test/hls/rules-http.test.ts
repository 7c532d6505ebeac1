import { describe, expect, test } from 'vitest';
import { goodMedia, type GoodOptions } from './good-playlists.ts';
import type { MediaPlaylist } from './playlist.ts';
import { readPlaylist } from './playlist-reader.ts';
import { judge } from './rule.ts';
import { type Exchange, httpRules } from './rules-http.ts';

const at = (options: GoodOptions = {}): MediaPlaylist =>
  readPlaylist(new TextEncoder().encode(goodMedia(options))) as MediaPlaylist;
const whole = at({ first: 1, count: 20 });

const shared = { 'access-control-allow-origin': '*', etag: '"1"' };
const listed = {
  ...shared,
  'content-type': 'application/vnd.apple.mpegurl',
  'cache-control': 'max-age=1',
  'content-encoding': 'gzip',
  vary: 'Accept-Encoding',
};
const kept = { ...shared, 'content-type': 'video/mp4', 'cache-control': 'public, max-age=3600, immutable' };
const refusal = { 'access-control-allow-origin': '*', 'cache-control': 'no-store' };

const playlist: Exchange = {
  url: 'http://h/v.m3u8',
  kind: 'media',
  sent: { 'accept-encoding': 'gzip' },
  status: 200,
  headers: listed,
  bytes: Uint8Array.of(1),
  took: 5,
  http: '1.1',
  playlist: at(),
};
const waited: Exchange = { ...playlist, url: 'http://h/v.m3u8?_HLS_msn=10&_HLS_part=1', before: at({ begun: 1 }) };
const refused = withoutPlaylist({ ...waited, status: 400, headers: refusal });
const segment: Exchange = {
  ...{ url: 'http://h/s7.m4s', kind: 'segment', sent: {}, status: 200, headers: kept },
  ...{ bytes: Uint8Array.of(1), took: 5, http: '1.1' },
};
const headers = (of: Exchange, changed: Record<string, string>): Exchange => ({
  ...of,
  headers: { ...of.headers, ...changed },
});
const asking = (of: Exchange, query: string): Exchange => ({ ...of, url: `http://h/v.m3u8?${query}` });

const good: [string, Exchange][] = [
  ['a playlist', playlist],
  ['a playlist that was waited for', headers(waited, { 'cache-control': 'max-age=12' })],
  ['a playlist that was waited for without a part', asking(waited, '_HLS_msn=10')],
  ['a delta update', asking({ ...playlist, playlist: at({ first: 1, count: 20, skip: 5 }) }, '_HLS_skip=YES')],
  ['a playlist that is too short to leave out anything', asking(playlist, '_HLS_skip=YES')],
  ['a playlist over TLS', { ...playlist, url: 'https://h/v.m3u8', http: '2' }],
  ['a playlist that nobody takes packed', { ...headers(playlist, {}), sent: {}, headers: unpacked(listed) }],
  [
    'a multivariant playlist that waits for its first variant',
    withoutPlaylist({ ...playlist, kind: 'multivariant', took: 5000 }),
  ],
  ['a segment', segment],
  ['what is the same', { ...playlist, status: 304, sent: { 'if-none-match': '"1"' } }],
  ['a part alone', asking(refused, '_HLS_part=1')],
  ['what is too far', asking(refused, '_HLS_msn=13')],
  ['a wait that is over', { ...asking(refused, '_HLS_msn=12'), status: 503, took: 6100 }],
];

const broken: { rule: string; exchange: Exchange; what: string }[] = [
  { rule: 'C-HLS-18/type', exchange: headers(playlist, { 'content-type': 'text/plain' }), what: 'text/plain' },
  { rule: 'C-HLS-18/type', exchange: headers(segment, { 'content-type': 'video/mp2' }), what: 'video/mp2' },
  { rule: 'C-HLS-18/origin', exchange: headers(segment, { 'access-control-allow-origin': 'http://h' }), what: 'say' },
  {
    rule: 'C-HLS-18/origin',
    exchange: headers(segment, { 'access-control-allow-credentials': 'true' }),
    what: 'it takes cookies',
  },
  { rule: 'C-HLS-18/fresh', exchange: headers(playlist, { 'cache-control': 'max-age=2' }), what: 'max-age=2' },
  { rule: 'C-HLS-18/fresh', exchange: headers(playlist, { 'cache-control': '' }), what: '' },
  { rule: 'C-HLS-18/fresh', exchange: headers(waited, { 'cache-control': 'max-age=13' }), what: 'max-age=13' },
  { rule: 'C-HLS-18/immutable', exchange: headers(segment, { 'cache-control': 'max-age=3600' }), what: '3600' },
  { rule: 'C-HLS-18/immutable', exchange: headers(segment, { 'cache-control': 'immutable' }), what: 'immutable' },
  { rule: 'C-HLS-18/missing', exchange: { ...headers(segment, { 'cache-control': '' }), status: 404 }, what: '404' },
  { rule: 'C-HLS-18/tag', exchange: headers(segment, { etag: '1' }), what: '1' },
  { rule: 'C-HLS-18/tag', exchange: { ...segment, sent: { 'if-none-match': '"1"' } }, what: 'sent again' },
  { rule: 'C-HLS-21/early', exchange: asking(waited, '_HLS_msn=10&_HLS_part=2'), what: '10.2 was asked for' },
  { rule: 'C-HLS-21/early', exchange: asking(waited, '_HLS_msn=11'), what: '11.* was asked for' },
  { rule: 'C-HLS-23/alone', exchange: asking(playlist, '_HLS_part=1'), what: 'answered with 200' },
  { rule: 'C-HLS-24/far', exchange: { ...asking(refused, '_HLS_msn=13'), status: 503, took: 6100 }, what: '503' },
  { rule: 'C-HLS-24/far', exchange: { ...asking(refused, '_HLS_msn=13'), took: 1500 }, what: '400 after 1500 ms' },
  { rule: 'C-HLS-24/held', exchange: { ...waited, took: 7100 }, what: '7100 ms' },
  { rule: 'C-HLS-24/held', exchange: { ...refused, status: 503, took: 10 }, what: '503 after 10 ms' },
  { rule: 'C-HLS-25/plain', exchange: { ...refused, url: playlist.url, status: 503 }, what: 'answered with 503' },
  { rule: 'C-HLS-25/plain', exchange: { ...playlist, took: 2000 }, what: '2000 ms' },
  {
    rule: 'C-HLS-26/asked',
    exchange: { ...playlist, playlist: at({ first: 1, count: 20, skip: 5 }) },
    what: 'it does',
  },
  {
    rule: 'C-HLS-26/shorter',
    exchange: asking({ ...playlist, playlist: whole }, '_HLS_skip=YES'),
    what: 'it is whole',
  },
  { rule: 'C-HLS-30/gzip', exchange: { ...playlist, headers: unpacked(listed) }, what: 'it is not packed' },
  { rule: 'C-HLS-30/gzip', exchange: headers(playlist, { vary: 'Origin' }), what: 'Vary' },
  { rule: 'C-HLS-30/gzip', exchange: headers(segment, { 'content-encoding': 'gzip' }), what: 'a segment is packed' },
  { rule: 'C-HLS-30/http2', exchange: { ...playlist, url: 'https://h/v.m3u8' }, what: 'HTTP/1.1' },
];

function withoutPlaylist(of: Exchange): Exchange {
  const rest: Partial<Exchange> = { ...of };
  delete (rest as { playlist?: MediaPlaylist }).playlist;
  return rest as Exchange;
}

function unpacked(of: Record<string, string>): Record<string, string> {
  return Object.fromEntries(Object.entries(of).filter(([name]) => name !== 'content-encoding'));
}

describe('an answer', () => {
  test.each(good)('that is %s breaks no rule', (_, exchange) => {
    expect(judge(httpRules, exchange, '')).toEqual([]);
  });

  test.each(broken)('that breaks $rule breaks nothing else: $what', ({ rule, exchange, what }) => {
    const faults = judge(httpRules, exchange, '');
    expect([...new Set(faults.map((fault) => fault.rule))]).toEqual([rule]);
    expect(faults.map((fault) => fault.what).join('|')).toContain(what);
  });

  test('can break every rule', () => {
    const ids = new Set(broken.map(({ rule }) => rule));
    expect(httpRules.filter(({ id }) => !ids.has(id))).toEqual([]);
  });
});

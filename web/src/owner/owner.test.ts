import { expect, test } from 'vitest';
import type { Finding, FindingCode, SessionInfo } from '../../../src/client/index.ts';
import { zh } from '../messages/zh.ts';
import { adviceOf, type SignalFacts, suspects, thingsToImprove, type Verdict, verdictOf } from './advice.ts';
import { SessionRates } from './session-rates.ts';
import { isOwn, sessionName } from './session-name.ts';
import { grown, sparkPath, type Trend } from './trend.ts';

const finding = (code: FindingCode, severity: Finding['severity'] = 'warn'): Finding => ({
  code,
  severity,
  values: {},
});
const wrongKey = finding('key-refused');
const long = finding('gop-long');
const silent = finding('audio-missing');

test.each<[string, Partial<SignalFacts>, string[], Verdict]>([
  ['all good', {}, [], 'good'],
  ['one thing', { told: [long] }, ['gop-long'], 'improve'],
  ['what is only worth a word', { told: [finding('b-frames', 'info')] }, ['b-frames'], 'good'],
  ['one thing, and a word', { told: [long, finding('b-frames', 'info')] }, ['gop-long', 'b-frames'], 'improve'],
  ['what viewers notice', { told: [silent, long] }, ['audio-missing', 'gop-long'], 'noticed'],
  ['anything bad', { told: [finding('gop-long', 'bad')] }, ['gop-long'], 'noticed'],
  ['sound alone, which may be meant', { told: [finding('video-missing', 'info')] }, ['video-missing'], 'good'],
  ['gone: what was said of the picture is old', { state: 'waiting', gone: 8000, told: [silent] }, ['gone'], 'gone'],
  ['gone, and a wrong key', { state: 'waiting', told: [silent, wrongKey] }, ['gone', 'key-refused'], 'gone'],
  ['starting', { state: 'starting' }, [], 'starting'],
  ['not live', { state: 'idle', told: [silent] }, [], 'idle'],
  ['not live, and a wrong key', { state: 'ended', told: [wrongKey] }, ['key-refused'], 'refused'],
  ['of a newer server', { told: [{ ...long, code: 'unheard-of' as FindingCode }] }, [], 'good'],
])('%s', (_name, change, codes, verdict) => {
  const facts: SignalFacts = { state: 'live', told: [], gone: 0, ...change };
  const advice = adviceOf(facts);
  expect(advice.map(({ code }) => code)).toEqual(codes);
  expect(verdictOf(facts.state, advice)).toBe(verdict);
});

test('things are counted, but for those that may be meant', () => {
  const few = [finding('b-frames', 'info'), finding('video-missing', 'info'), finding('bit-rate-high', 'info')];
  expect(thingsToImprove(few)).toBe(0);
  expect(thingsToImprove([long, wrongKey, ...few])).toBe(2);
});

test('a number is marked when something is wrong with it, not when it is only worth a word', () => {
  const told = [long, finding('frame-rate-variable'), finding('bit-rate-high', 'info'), silent];
  expect([...suspects(told)].sort()).toEqual(['frameRate', 'gop']);
});

test('a trend keeps the last minute', () => {
  let trend: Trend = [];
  for (let i = 0; i < 100; i++) trend = grown(trend, i);
  expect(trend).toHaveLength(60);
  expect(trend[0]).toBe(40);
});

test('a sparkline has the newest value at the right, 0 at the bottom, and does not magnify noise', () => {
  expect(sparkPath([5], false)).toBe('');
  expect(sparkPath([0, 10], false)).toBe('M59.0 24.0L60.0 2.0');
  expect(sparkPath([10, undefined, 10], true)).toBe('M58.0 5.7L60.0 5.7L60 24L58.0 24Z');
  expect(sparkPath([0, 0], false)).toBe('M59.0 24.0L60.0 24.0');
});

test('a session is called by its identity where it has one, and is told from all others by its address', () => {
  const names = { label: '房主', named: zh.owner.named };
  expect(sessionName({ identity: 'owner', remote: '127.0.0.1' }, names)).toEqual({
    name: '房主',
    full: '房主（127.0.0.1）',
  });
  expect(sessionName({ remote: '127.0.0.1' }, names)).toEqual({ name: '127.0.0.1', full: '127.0.0.1' });
});

test('who watches as the owner is the one who asks, and cannot be put out', () => {
  expect(isOwn({ identity: 'owner', action: 'play' })).toBe(true);
  expect(isOwn({ identity: 'owner', action: 'publish' })).toBe(false);
  expect(isOwn({ action: 'play' })).toBe(false);
});

const session = (id: string, bytes: number, action: SessionInfo['action'] = 'play'): SessionInfo => ({
  id,
  action,
  protocol: 'ws-flv',
  path: 'live/lobby',
  remote: '127.0.0.1',
  since: '',
  bytesIn: action === 'publish' ? bytes : 0,
  bytesOut: action === 'play' ? bytes : 0,
  skips: 0,
});

test('a session’s rate is that of its last five seconds, in the direction that counts', () => {
  const rates = new SessionRates();
  rates.read([], 0);
  expect(rates.read([session('a', 1_000_000)], 0).size).toBe(0);
  expect(rates.read([session('a', 2_000_000)], 4000).get('a')).toBe(2_000_000);
  const both = rates.read([session('a', 2_000_000), session('b', 5, 'publish')], 5000);
  expect([both.get('a'), both.get('b')]).toEqual([1_600_000, undefined]);
  const publishes = rates.read([session('a', 2_000_000), session('b', 500_005, 'publish')], 9000);
  expect([publishes.get('a'), publishes.get('b')]).toEqual([0, 1_000_000]);
  for (let second = 10; second < 15; second++) rates.read([session('a', 2_000_000)], second * 1000);
  expect(rates.read([session('a', 2_000_000), session('b', 1_000_005, 'publish')], 15_000)).toEqual(
    new Map([['a', 0]]),
  );
});

test('no rate is told before enough was seen, and what was told before anybody looked counts for none', () => {
  const rates = new SessionRates();
  const told = (bytes: number): SessionInfo[] => [session('a', bytes)];
  // As it was 900 ms ago; a second later comes news each second, of 250 kB.
  const first = told(25_000);
  for (const [list, now] of [
    [first, 0],
    [first, 50],
    [told(250_000), 100],
    [told(500_000), 1100],
  ] as const)
    expect(rates.read(list, now).size).toBe(0);
  for (let count = 3; count < 5; count++) expect(rates.read(told(count * 250_000), count * 1000 - 900).size).toBe(0);
  expect(rates.read(told(1_250_000), 4100).get('a')).toBe(2_000_000);
});

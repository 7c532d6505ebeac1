import { expect, test } from 'vitest';
import type { ControlMessage, TrackInfo } from '../../../src/client/index.ts';
import { findingsOf, type SignalFacts, verdictOf } from './advice.ts';
import { ownerToken } from './claim.ts';
import { grown, sparkPath, type Trend } from './trend.ts';

test('the token of an owner’s link, and nothing else, is taken from the fragment', () => {
  expect(ownerToken('#owner=ot_Ab-9.x')).toBe('ot_Ab-9.x');
  for (const hash of ['', '#', '#owner=', '#player', '#owner=a b', '#x&owner=a'])
    expect(ownerToken(hash)).toBeUndefined();
});

const video: TrackInfo = { id: 1, kind: 'video', codec: 'h264' };
const audio: TrackInfo = { id: 2, kind: 'audio', codec: 'aac' };
const control = (gop: number): ControlMessage => ({
  type: 'control',
  rates: { bitRate: 1, frameRate: 30, gop },
  sessions: [],
});
const facts: SignalFacts = { state: 'live', tracks: [video, audio], control: control(2), live: 60_000, gone: 0 };

test.each<[string, Partial<SignalFacts>, string[], string]>([
  ['all good', {}, [], 'good'],
  ['long GOP', { control: control(4) }, ['gop-long'], 'improve'],
  ['no sound', { tracks: [video] }, ['audio-missing'], 'improve'],
  ['no sound yet', { tracks: [video], live: 2000 }, [], 'good'],
  ['two things', { tracks: [video], control: control(10) }, ['audio-missing', 'gop-long'], 'noticed'],
  ['gone', { state: 'waiting', gone: 8000 }, ['gone'], 'gone'],
  ['starting', { state: 'starting' }, [], 'starting'],
  ['not live', { state: 'idle', tracks: [] }, [], 'idle'],
])('%s', (_name, change, codes, verdict) => {
  const all = { ...facts, ...change };
  const findings = findingsOf(all);
  expect(findings.map(({ code }) => code)).toEqual(codes);
  expect(verdictOf(all.state, findings)).toBe(verdict);
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

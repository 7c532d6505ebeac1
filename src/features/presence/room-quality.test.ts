import { beforeEach, expect, test } from 'vitest';
import type { Beacon } from '../../client/messages.ts';
import { SECOND } from '../../media/time.ts';
import { RoomQuality, VOICES } from './room-quality.ts';

let quality: RoomQuality;
beforeEach(() => {
  quality = new RoomQuality();
});

const said = (more: Partial<Beacon> = {}): Beacon => ({
  path: 'ws-flv',
  state: 'playing',
  played: 10_000,
  stalls: 0,
  stalled: 0,
  frames: 250,
  dropped: 0,
  ...more,
});
const TEN = 10 * SECOND;

test('percentiles are over viewers, by path and together', () => {
  for (let i = 1; i <= 20; i++) {
    const beacon = said({ start: i * 100, latency: i / 10, path: i <= 5 ? 'hls' : 'ws-flv' });
    quality.say({}, `192.0.2.${i}`, beacon, 0);
  }
  const { minute, broadcast } = quality.read(TEN);
  expect(minute).toEqual(broadcast);
  expect(minute.all).toEqual({
    viewers: 20,
    start: { p50: 1000, p95: 1900 },
    stallRatio: { p50: 0, p95: 0 },
    latency: { p50: 1, p95: 1.9 },
    stalls: 0,
    dropped: 0,
    errors: {},
  });
  expect(minute.paths['hls']).toMatchObject({ viewers: 5, start: { p50: 300, p95: 500 } });
  expect(minute.paths['ws-flv']).toMatchObject({ viewers: 15, start: { p50: 1300, p95: 2000 } });
  expect(quality.latency(TEN)).toBe(1);
});

test('what was is of the broadcast, and no longer of the last minute', () => {
  const peer = {};
  quality.say(peer, 'a', said({ start: 500, played: 5000, stalled: 5000, stalls: 2, errors: ['network'] }), 0);
  for (let at = TEN; at <= 60 * SECOND; at += TEN) quality.say(peer, 'a', said({ latency: 2, dropped: 1 }), at);
  const { minute, broadcast } = quality.read(60 * SECOND);
  expect(minute.all).toEqual({
    viewers: 1,
    stallRatio: { p50: 0, p95: 0 },
    latency: { p50: 2, p95: 2 },
    stalls: 0,
    dropped: 6,
    errors: {},
  });
  expect(broadcast.all).toMatchObject({
    start: { p50: 500, p95: 500 },
    stallRatio: { p50: 0.071, p95: 0.071 },
    stalls: 2,
    dropped: 6,
    errors: { network: 1 },
  });
  quality.leave(peer);
  expect(quality.read(60 * SECOND).minute.all.viewers).toBe(0);
  expect(quality.read(60 * SECOND).broadcast.all).toMatchObject({ viewers: 1, stalls: 2, errors: { network: 1 } });
  quality.begin();
  expect(quality.read(60 * SECOND).broadcast.all.viewers).toBe(0);
});

test('one who says much has one voice, and one address a few', () => {
  for (let i = 1; i <= 11; i++) quality.say({}, `192.0.2.${i}`, said({ start: 400, latency: 1 }), 0);
  for (let page = 0; page < 100; page++) {
    const peer = {};
    quality.say(peer, '203.0.113.9', said({ start: 60_000, latency: 60 }), 0);
    quality.say(peer, '203.0.113.9', said({ start: 60_000, latency: 60 }), TEN);
  }
  const { all } = quality.read(TEN).minute;
  expect([all.viewers, all.start?.p50, all.latency?.p50]).toEqual([11 + VOICES, 400, 1]);
});

test('coming again and again gives no more voices', () => {
  for (let i = 1; i <= 11; i++) quality.say({}, `192.0.2.${i}`, said({ start: 400 }), 0);
  for (let i = 0; i < 100; i++) {
    const peer = {};
    quality.say(peer, '203.0.113.9', said({ start: 60_000 }), 0);
    quality.leave(peer);
  }
  expect(quality.read(0).broadcast.all).toMatchObject({ viewers: 11 + VOICES, start: { p50: 400 } });
});

test('nothing is believed that cannot be, and who speaks too often is not heard', () => {
  const peer = {};
  quality.say(peer, 'a', said(), 0);
  expect(() => quality.say(peer, 'a', said(), SECOND / 2)).toThrow(
    expect.objectContaining({ code: 'too-many-requests' }),
  );
  const most = { played: 1e9, stalls: 1e9, stalled: 1e9, frames: 1e9, dropped: 1e9, start: 1e9, latency: 1e9 };
  expect(quality.say(peer, 'a', said(most), TEN)).toMatchObject({
    played: 10_000,
    stalled: 0,
    stalls: 200,
    frames: 2500,
    dropped: 2500,
    start: 600_000,
    latency: 3600,
  });
});

test('dropped pictures are told once', () => {
  const peer = {};
  quality.say(peer, 'a', said({ dropped: 3 }), 0);
  expect([quality.takeDropped(), quality.takeDropped()]).toEqual([3, 0]);
});

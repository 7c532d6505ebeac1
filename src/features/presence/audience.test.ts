import { describe, expect, test } from 'vitest';
import type { Beacon } from '../../client/messages.ts';
import { SECOND } from '../../media/time.ts';
import { HlsPlaces, MAX_BELIEVED } from './hls-places.ts';
import { PageProof } from './page-proof.ts';
import { WatchTally } from './watch-tally.ts';

describe('viewers of HLS', () => {
  test('a page and its session are one, and a page that is paused is none', () => {
    const places = new HlsPlaces();
    places.addSession('a');
    places.addPage('a', 'playing');
    expect(places.viewers).toBe(1);
    places.removePage('a', 'playing');
    places.addPage('a', 'paused');
    expect(places.viewers).toBe(0);
    places.removeSession('a');
    expect(places.viewers).toBe(0);
    places.removePage('a', 'paused');
    places.addSession('a');
    expect(places.viewers).toBe(1);
  });

  test('of two tabs that share a session each counts that plays', () => {
    const places = new HlsPlaces();
    places.addSession('a');
    places.addPage('a', 'playing');
    places.addPage('a', 'playing');
    expect(places.viewers).toBe(2);
    places.removePage('a', 'playing');
    places.addPage('a', 'paused');
    expect(places.viewers).toBe(1);
  });

  test('players elsewhere are not taken away by a page that is paused', () => {
    const places = new HlsPlaces();
    for (const place of ['a', 'a', 'b']) places.addSession(place);
    places.addPage('c', 'paused');
    expect(places.viewers).toBe(3);
  });

  test('pages behind a cache count without a session, and a crowd of them at one place is not believed', () => {
    const places = new HlsPlaces();
    for (let i = 0; i < 100; i++) places.addPage('a', 'playing');
    places.addPage('b', 'playing');
    expect(places.viewers).toBe(MAX_BELIEVED + 1);
  });
});

describe('what a page proves', () => {
  const said = (more: Partial<Beacon> = {}): Beacon => ({
    path: 'hls',
    state: 'playing',
    played: 10_000,
    stalls: 0,
    stalled: 0,
    frames: 250,
    dropped: 0,
    latency: 4,
    ...more,
  });

  test('it plays with the second word, as long as it goes on', () => {
    const proof = new PageProof();
    proof.say(said(), 0);
    expect(proof.state(0)).toBeUndefined();
    proof.say(said(), 10 * SECOND);
    expect(proof.state(10 * SECOND)).toBe('playing');
    proof.say(said({ played: 900 }), 11 * SECOND);
    expect(proof.state(11 * SECOND)).toBe('playing');
    proof.say(said({ played: 1000 }), 21 * SECOND);
    expect(proof.state(21 * SECOND)).toBeUndefined();
  });

  test.each([{ played: 4000 }, { latency: 500 }, { path: 'ws-flv' as const }, { state: 'off' as const }])(
    '%j proves nothing',
    (more) => {
      const proof = new PageProof();
      proof.say(said(), 0);
      proof.say(said(more), 10 * SECOND);
      expect(proof.state(10 * SECOND)).toBeUndefined();
    },
  );

  test('a pause is believed at once, and nothing is for longer than a hidden page is silent', () => {
    const proof = new PageProof();
    proof.say(said({ state: 'paused' }), 0);
    expect(proof.state(89 * SECOND)).toBe('paused');
    expect(proof.state(90 * SECOND)).toBeUndefined();
  });
});

describe('watch time', () => {
  const counts = (of: Record<string, number>): Map<string, number> => new Map(Object.entries(of));

  test('is that of all viewers together, while something is on', () => {
    const tally = new WatchTally();
    tally.count(counts({ flv: 2 }), 0);
    tally.resume(10 * SECOND);
    tally.count(counts({ flv: 2, hls: 3 }), 15 * SECOND);
    tally.pause(20 * SECOND);
    tally.count(counts({ flv: 9 }), 30 * SECOND);
    tally.resume(40 * SECOND);
    tally.count(counts({}), 41 * SECOND);
    expect(tally.watchSeconds(50 * SECOND)).toBe(2 * 5 + 5 * 5 + 9);
    expect(tally.peak).toBe(9);
    expect(tally.protocols(50 * SECOND)).toEqual({
      flv: { peak: 9, watchSeconds: 29 },
      hls: { peak: 3, watchSeconds: 15 },
    });
  });

  test('protocols that a program makes up share one row', () => {
    const tally = new WatchTally();
    tally.resume(0);
    for (let i = 0; i < 100; i++) tally.count(counts({ [`own-${i}`]: 1 }), i * SECOND);
    expect(Object.keys(tally.protocols(100 * SECOND))).toHaveLength(17);
    expect(tally.watchSeconds(100 * SECOND)).toBe(100);
  });
});

import { beforeEach, expect, test } from 'vitest';
import { VirtualClock } from '../../../src/client/virtual-clock.ts';
import { Joiner } from './joiner.ts';
import type { Way } from './ways.ts';

const two: readonly Way[] = ['ws-flv', 'http-flv'];

let clock: VirtualClock;
let started: Way[];
let stops: number;
let ways: readonly Way[];
let reachable: boolean;
let waited: readonly Way[];
let joiner: Joiner;

/** What plays is there, and it shows what comes. */
function works(): void {
  joiner.opened();
  joiner.flowing();
  joiner.works();
}

beforeEach(() => {
  clock = new VirtualClock();
  started = [];
  stops = 0;
  ways = two;
  reachable = true;
  waited = [];
  joiner = new Joiner({
    clock,
    random: () => 1,
    ways: () => ways,
    waitsFor: (way) => waited.includes(way),
    reachable: () => reachable,
    start: (way) => started.push(way),
    stop: () => stops++,
    changed: () => {},
  });
});

test('the best way first, the next when that fails, and what works stays', () => {
  joiner.want('live');
  joiner.lost({ kind: 'failed' });
  expect(started).toEqual(['ws-flv', 'http-flv']);
  works();
  expect(joiner.state).toBe('flowing');
  clock.pass(3000);
  joiner.flowing();
  joiner.lost({ kind: 'failed' });
  expect(joiner.state).toBe('broken');
  clock.pass(400);
  expect(started).toEqual(['ws-flv', 'http-flv', 'http-flv']);
});

test('a way that brings nothing within two seconds is left; what plays has longer to come', () => {
  joiner.want('live');
  clock.pass(5000);
  joiner.opened();
  clock.pass(1999);
  expect(started).toEqual(['ws-flv']);
  clock.pass(1);
  expect(started).toEqual(['ws-flv', 'http-flv']);
});

test('a way whose bytes cannot be shown has failed, too', () => {
  joiner.want('live');
  joiner.opened();
  joiner.flowing();
  joiner.lost({ kind: 'failed' });
  expect(started).toEqual(['ws-flv', 'http-flv']);
});

test('a way that breaks again soon after it came back is left, one that held for a while is not', () => {
  joiner.want('live');
  works();
  joiner.lost({ kind: 'failed' });
  clock.pass(400);
  works();
  clock.pass(3000);
  joiner.lost({ kind: 'silent' });
  expect(started).toEqual(['ws-flv', 'ws-flv', 'http-flv']);
  works();
  for (let s = 0; s < 11; s++) {
    clock.pass(1000);
    joiner.flowing();
  }
  joiner.lost({ kind: 'silent' });
  clock.pass(400);
  expect(started.at(-1)).toBe('http-flv');
});

test('an end is the stream’s: the way is taken again', () => {
  joiner.want('live');
  works();
  for (let ends = 0; ends < 3; ends++) {
    joiner.lost({ kind: 'ended' });
    clock.pass(8000);
    works();
  }
  expect(new Set(started)).toEqual(new Set(['ws-flv']));
});

test('after the last way it starts over with the first, after a pause', () => {
  ways = ['ws-flv', 'ws-mp4', 'hls'];
  joiner.want('live');
  for (let round = 0; round < 3; round++) joiner.lost({ kind: 'failed' });
  expect([started, joiner.state]).toEqual([['ws-flv', 'ws-mp4', 'hls'], 'broken']);
  clock.pass(399);
  expect(started).toHaveLength(3);
  clock.pass(1);
  expect(started.at(-1)).toBe('ws-flv');
});

test('while the server is away no way is blamed', () => {
  joiner.want('live');
  works();
  reachable = false;
  for (let tries = 0; tries < 3; tries++) {
    joiner.lost({ kind: 'failed' });
    clock.pass(8000);
  }
  reachable = true;
  expect(new Set(started)).toEqual(new Set(['ws-flv']));
});

test('while the publisher is waited for, silence is right', () => {
  joiner.want('patient');
  joiner.opened();
  clock.pass(60_000);
  expect(started).toEqual(['ws-flv']);
  joiner.flowing();
  clock.pass(60_000);
  expect(joiner.state).toBe('flowing');
  joiner.want('live');
  clock.pass(5000);
  expect(joiner.state).not.toBe('flowing');
});

test('when no way works, it waits longer each time and goes on trying', () => {
  joiner.want('live');
  for (let round = 0; round < 12; round++) {
    joiner.lost({ kind: 'failed' });
    if (joiner.state === 'broken') clock.pass(8000);
  }
  expect(started.length).toBeGreaterThan(8);
  const before = started.length;
  joiner.lost({ kind: 'failed' });
  joiner.lost({ kind: 'failed' });
  joiner.retry();
  expect(started.length).toBeGreaterThan(before);
});

test.each(['kicked', 'denied', 'sign-in'])('%s is final', (code) => {
  joiner.want('live');
  joiner.lost({ kind: 'refused', code });
  expect(joiner.state).toBe('refused');
  expect(joiner.refusal).toBe(code);
  clock.pass(120_000);
  joiner.retry();
  joiner.want('patient');
  joiner.want('live');
  expect(started).toEqual(['ws-flv']);
});

test('a full room is tried again when the server says', () => {
  joiner.want('live');
  joiner.lost({ kind: 'refused', code: 'busy', retryAfter: 12 });
  expect(joiner.refusal).toBe('busy');
  clock.pass(11_999);
  expect(started).toHaveLength(1);
  clock.pass(1);
  expect(started).toHaveLength(2);
  joiner.flowing();
  expect(joiner.refusal).toBeUndefined();
});

test('a server that stops refuses nobody for good', () => {
  joiner.want('live');
  for (let ways = 0; ways < 5; ways++) {
    joiner.lost({ kind: 'refused', code: 'shutting-down', retryAfter: 1 });
    expect(joiner.state).toBe('broken');
    while (joiner.state === 'broken') clock.pass(100);
    expect(started).toHaveLength(ways + 2);
  }
});

test('after the end of a broadcast, who was refused may try the next', () => {
  joiner.want('live');
  joiner.lost({ kind: 'refused', code: 'kicked' });
  joiner.want('off');
  joiner.forgive();
  joiner.want('live');
  expect(started).toHaveLength(2);
});

test('somebody else watches anew, also where the one before was refused', () => {
  joiner.want('live');
  joiner.flowing();
  joiner.anew();
  expect(started).toHaveLength(2);
  joiner.lost({ kind: 'refused', code: 'denied' });
  joiner.anew();
  expect([started.length, joiner.state, joiner.refusal]).toEqual([3, 'joining', undefined]);
});

test('off stops the connection and all waiting', () => {
  joiner.want('live');
  joiner.flowing();
  joiner.want('off');
  expect([joiner.state, stops]).toEqual(['off', 1]);
  clock.pass(60_000);
  expect(started).toHaveLength(1);
});

test('what the server does not bring one way it may bring another; when it brings it no way, that is final', () => {
  joiner.want('live');
  joiner.lost({ kind: 'refused', code: 'codec-unsupported' });
  expect(started).toEqual(['ws-flv', 'http-flv']);
  joiner.lost({ kind: 'refused', code: 'not-found' });
  expect([joiner.state, joiner.refusal]).toEqual(['refused', 'not-found']);
});

test('a playlist that is not there yet is asked for again, and at once when the stream is live', () => {
  joiner.want('patient');
  joiner.lost({ kind: 'refused', code: 'not-live' });
  expect(joiner.state).toBe('joining');
  clock.pass(500);
  expect(started).toEqual(['ws-flv', 'ws-flv']);
  joiner.lost({ kind: 'refused', code: 'not-live' });
  joiner.want('live');
  expect(started).toEqual(['ws-flv', 'ws-flv', 'ws-flv']);
});

test('of a stream that is live, a playlist that never comes is a way that has failed', () => {
  joiner.want('live');
  for (let asked = 0; started.at(-1) === 'ws-flv'; asked++) {
    expect(asked).toBeLessThan(12);
    joiner.lost({ kind: 'refused', code: 'not-live' });
    if (joiner.state === 'joining' && started.at(-1) === 'ws-flv') clock.pass(500);
  }
  expect(started.at(-1)).toBe('http-flv');
});

test('the viewer’s choice is taken at once, and what failed may be tried again', () => {
  joiner.want('live');
  joiner.lost({ kind: 'failed' });
  works();
  ways = ['hls', 'ws-flv', 'http-flv'];
  joiner.choose();
  expect(started.at(-1)).toBe('hls');
  ways = two;
  joiner.choose();
  expect(started.at(-1)).toBe('ws-flv');
  joiner.choose();
  expect(started).toHaveLength(4);
});

test('a way that cannot bring what there is now is left', () => {
  joiner.want('live');
  works();
  joiner.check();
  expect(started).toHaveLength(1);
  ways = ['ws-mp4', 'hls'];
  joiner.check();
  expect(started).toEqual(['ws-flv', 'ws-mp4']);
});

test('joining anew is at once, on the same path', () => {
  joiner.want('live');
  joiner.flowing();
  joiner.again();
  expect(started).toEqual(['ws-flv', 'ws-flv']);
});

test('the first list may take as long as the server holds its answer, where it is waited for', () => {
  ways = ['native-hls', 'ws-flv'];
  waited = ['native-hls'];
  joiner.want('live');
  joiner.opened();
  clock.pass(12_500);
  expect(started).toEqual(['native-hls']);
  clock.pass(500);
  expect(started).toEqual(['native-hls', 'ws-flv']);
});

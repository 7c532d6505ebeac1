import { beforeEach, expect, test } from 'vitest';
import { VirtualClock } from '../../../src/client/virtual-clock.ts';
import { Joiner, type Transport } from './joiner.ts';

let clock: VirtualClock;
let started: Transport[];
let stops: number;
let joiner: Joiner;

function make(only?: Transport): Joiner {
  return new Joiner({
    clock,
    random: () => 1,
    ...(only ? { only } : {}),
    start: (transport) => started.push(transport),
    stop: () => stops++,
    changed: () => {},
  });
}

beforeEach(() => {
  clock = new VirtualClock();
  started = [];
  stops = 0;
  joiner = make();
});

test('WebSocket first, HTTP when that fails, and what works stays', () => {
  joiner.want('live');
  joiner.lost({ kind: 'failed' });
  expect(started).toEqual(['ws', 'http']);
  joiner.flowing();
  expect(joiner.state).toBe('flowing');
  clock.pass(3000);
  joiner.flowing();
  joiner.lost({ kind: 'failed' });
  expect(joiner.state).toBe('broken');
  clock.pass(400);
  expect(started).toEqual(['ws', 'http', 'http']);
});

test('a path that brings nothing within two seconds is left', () => {
  joiner.want('live');
  clock.pass(1999);
  expect(started).toEqual(['ws']);
  clock.pass(1);
  expect(started).toEqual(['ws', 'http']);
});

test('while the publisher is waited for, silence is right', () => {
  joiner.want('patient');
  clock.pass(60_000);
  expect(started).toEqual(['ws']);
  joiner.flowing();
  clock.pass(60_000);
  expect(joiner.state).toBe('flowing');
  joiner.want('live');
  clock.pass(5000);
  expect(joiner.state).not.toBe('flowing');
});

test('when neither path works, it waits longer each time and goes on trying', () => {
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

test.each(['kicked', 'denied', 'sign-in', 'not-found'])('%s is final', (code) => {
  joiner.want('live');
  joiner.lost({ kind: 'refused', code });
  expect(joiner.state).toBe('refused');
  expect(joiner.refusal).toBe(code);
  clock.pass(120_000);
  joiner.retry();
  joiner.want('patient');
  joiner.want('live');
  expect(started).toEqual(['ws']);
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

test('after the end of a broadcast, who was refused may try the next', () => {
  joiner.want('live');
  joiner.lost({ kind: 'refused', code: 'kicked' });
  joiner.want('off');
  joiner.forgive();
  joiner.want('live');
  expect(started).toHaveLength(2);
});

test('off stops the connection and all waiting', () => {
  joiner.want('live');
  joiner.flowing();
  joiner.want('off');
  expect([joiner.state, stops]).toEqual(['off', 1]);
  clock.pass(60_000);
  expect(started).toHaveLength(1);
});

test('a forced path is the only one', () => {
  joiner = make('http');
  joiner.want('live');
  joiner.lost({ kind: 'failed' });
  clock.pass(400);
  expect(started).toEqual(['http', 'http']);
  joiner.only('ws');
  expect(started.at(-1)).toBe('ws');
});

test('joining anew is at once, on the same path', () => {
  joiner.want('live');
  joiner.flowing();
  joiner.again();
  expect(started).toEqual(['ws', 'ws']);
});

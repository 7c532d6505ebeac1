import { beforeEach, expect, test } from 'vitest';
import { VirtualClock } from '../../../src/client/virtual-clock.ts';
import { EVERY, LEAST_APART, type Moment, PlayerBeacon } from './beacon.ts';

let clock: VirtualClock;
let said: Record<string, unknown>[];
let open: boolean;
let beacon: PlayerBeacon;

beforeEach(() => {
  clock = new VirtualClock();
  said = [];
  open = true;
  beacon = new PlayerBeacon({ clock, say: (message) => open && said.push({ ...message }) > 0 });
});

const numbers = { buffered: 1, dropped: 0, frames: 0, pauses: 0, behind: 0 };
const moment = (more: Partial<Moment> = {}): Moment => ({
  way: 'ws-flv',
  state: 'playing',
  shown: true,
  starved: false,
  numbers,
  width: 640,
  height: 360,
  ...more,
});

function watch(ms: number, more: Partial<Moment> = {}): void {
  for (let passed = 0; passed < ms; passed += 500) {
    clock.pass(500);
    beacon.look(moment(more));
  }
}

test('the first picture is told at once, and the rest every ten seconds', () => {
  beacon.wanted(clock.now());
  beacon.look(moment({ shown: false }));
  clock.pass(700);
  beacon.shown();
  beacon.look(moment({ numbers: { ...numbers, delay: 1.2345 } }));
  expect(said).toEqual([
    {
      type: 'beacon',
      path: 'ws-flv',
      state: 'playing',
      start: 700,
      latency: 1.235,
      played: 0,
      stalls: 0,
      stalled: 700,
      frames: 0,
      dropped: 0,
      width: 640,
      height: 360,
    },
  ]);
  watch(EVERY, { numbers: { ...numbers, frames: 250, dropped: 3 } });
  watch(EVERY, { numbers: { ...numbers, frames: 500, dropped: 3 } });
  expect(said).toHaveLength(3);
  expect(said.slice(1)).toEqual([
    expect.objectContaining({ played: EVERY, stalled: 0, frames: 250, dropped: 3 }),
    expect.objectContaining({ played: EVERY, stalled: 0, frames: 250, dropped: 0 }),
  ]);
  expect(said[1]).not.toHaveProperty('start');
});

test('pauses to load, a lost stream and a pause by the viewer are told as what they are', () => {
  beacon.wanted(clock.now());
  beacon.shown();
  watch(500);
  watch(4000);
  watch(1000, { starved: true, numbers: { ...numbers, pauses: 1 } });
  beacon.lost('silent');
  watch(500, { shown: false, numbers: { ...numbers, pauses: 1 } });
  expect(said.at(-1)).toMatchObject({ played: 4500, stalls: 1, stalled: 1000, errors: ['network'] });
  watch(LEAST_APART, { state: 'paused' });
  expect(said.at(-1)).toMatchObject({ state: 'paused', played: 0 });
  const before = said.length;
  watch(LEAST_APART, { state: 'off' });
  expect(said.at(-1)).toMatchObject({ state: 'off' });
  watch(10 * EVERY, { state: 'off' });
  expect(said).toHaveLength(before + 1);
});

test('nothing is told before there is a picture, but why there is none; and what could not be sent is told later', () => {
  beacon.wanted(clock.now());
  watch(3 * EVERY, { shown: false });
  expect(said).toEqual([]);
  open = false;
  beacon.lost('failed');
  watch(LEAST_APART, { shown: false });
  open = true;
  watch(500, { shown: false });
  expect(said).toEqual([expect.objectContaining({ errors: ['media'], played: 0, stalled: 0 })]);
});

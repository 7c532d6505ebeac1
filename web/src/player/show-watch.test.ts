import { expect, test } from 'vitest';
import { type Shown, ShowWatch } from './show-watch.ts';

const TICK = 50;

/** How long a watch looks on until it gives up, ms; undefined: it never does. */
function patience(shown: (now: number) => Omit<Shown, 'now'>): number | undefined {
  const watch = new ShowWatch();
  for (let now = 0; now < 60_000; now += TICK) if (watch.step({ now, ...shown(now) })) return now;
  return undefined;
}

test.each<[string, (now: number) => Omit<Shown, 'now'>, number | undefined]>([
  ['it plays', (now) => ({ time: now / 1000, ahead: 0.4, current: true }), undefined],
  ['media come, and none are shown', () => ({ time: 0, ahead: 3, current: false }), 2000],
  ['media come late, and none are shown', (now) => ({ time: 0, ahead: now < 3000 ? 0 : 3, current: false }), 5000],
  ['no media come', () => ({ time: 0, ahead: 0, current: false }), 8000],
  ['the picture stands although there is more', () => ({ time: 5, ahead: 4, current: true }), 3000],
  ['the picture stands, and what comes is not what it waits for', () => ({ time: 5, ahead: 0, current: true }), 8000],
  ['the picture stops for a while', (now) => ({ time: Math.floor(now / 7000), ahead: 0, current: true }), undefined],
])('%s', (_name, shown, ms) => {
  expect(patience(shown)).toBe(ms);
});

test('time that was not looked at does not count', () => {
  const watch = new ShowWatch();
  const frozen = { time: 5, ahead: 4, current: true };
  expect(watch.step({ now: 0, ...frozen })).toBe(false);
  watch.restart();
  expect(watch.step({ now: 10_000, ...frozen })).toBe(false);
});

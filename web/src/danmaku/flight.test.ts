import { expect, test } from 'vitest';
import { type Flight, GAP, leftOf, stayApart } from './flight.ts';

const PICTURE = 1000;

function flight(options: Partial<Flight>): Flight {
  const comment = { id: 'a', text: 'a', mode: 'scroll', color: 'white', own: false } as const;
  return { comment, row: 0, width: 100, fixed: false, start: 0, duration: 10_000, ...options };
}

test('a comment comes in at the right edge, and is gone when the last of it has passed the left one', () => {
  expect(leftOf(flight({}), 0, PICTURE)).toBe(1000);
  expect(leftOf(flight({}), 5_000, PICTURE)).toBe(450);
  expect(leftOf(flight({}), 10_000, PICTURE)).toBe(-100);
  expect(leftOf(flight({ fixed: true }), 7_000, PICTURE)).toBe(450);
});

test.each([
  ['at the same speed, far enough behind', {}, { start: 1_100 }, true],
  ['at the same speed, too close', {}, { start: 1_000 }, false],
  ['a longer one is faster: it would run into the one before', {}, { start: 1_100, width: 900 }, false],
  ['a longer one that starts so late that it does not', {}, { start: 6_000, width: 900 }, true],
  ['after the one before is gone', {}, { start: 10_000 }, true],
  ['through one that stands', { fixed: true, start: 0, duration: 5_000 }, { start: 0 }, false],
  ['behind one that goes before it comes there', { fixed: true, start: 0, duration: 5_000 }, { start: 2_000 }, true],
  ['on one that stands', { fixed: true }, { fixed: true, start: 1_000 }, false],
] as const)('%s: %j and %j stay apart: %s', (_what, one, other, apart) => {
  const [a, b] = [flight(one), flight(other)];
  const time = Math.max(a.start, b.start);
  expect(stayApart(a, b, { time, picture: PICTURE })).toBe(apart);
  expect(stayApart(b, a, { time, picture: PICTURE })).toBe(apart);
});

test('what is told to stay apart does at every moment, whatever their widths and times', () => {
  let seed = 7;
  const random = (most: number): number => (seed = (seed * 48_271) % 2_147_483_647) % most;
  let apart = 0;
  for (let pairs = 0; pairs < 2_000; pairs++) {
    const [one, other] = [0, 1].map(() =>
      flight({
        width: 20 + random(900),
        start: random(9_000),
        fixed: random(4) === 0,
        duration: 4_000 + random(9_000),
      }),
    );
    const time = Math.max(one!.start, other!.start);
    if (!stayApart(one!, other!, { time, picture: PICTURE })) continue;
    apart++;
    const end = Math.min(one!.start + one!.duration, other!.start + other!.duration);
    for (let at = time; at < end; at += 50) {
      const [left, its] = [leftOf(one!, at, PICTURE), leftOf(other!, at, PICTURE)];
      const between = Math.max(its - (left + one!.width), left - (its + other!.width));
      expect(between).toBeGreaterThan(GAP - 0.001);
    }
  }
  expect(apart).toBeGreaterThan(200);
});

import { expect, test } from 'vitest';
import type { TimelinePoint } from '../../client/messages.ts';
import { COARSE_POINTS, FINE_EVERY, FINE_POINTS, MERGED, TimelineRing } from './timeline-ring.ts';

const START = Date.UTC(2026, 0, 1);

function point(number: number, more: Partial<TimelinePoint> = {}): TimelinePoint {
  const at = new Date(START + number * FINE_EVERY * 1000).toISOString();
  return { at, bitRate: number, frameRate: 25, viewers: number % 7, skips: 1, dropped: 2, ...more };
}

test('the last ten minutes are there point by point, and what is older coarsely', () => {
  const ring = new TimelineRing();
  const all = FINE_POINTS + MERGED;
  for (let i = 0; i < all; i++)
    ring.add(point(i, i === 2 ? { gop: 8, latency: 1 } : i === 3 ? { gop: 2, latency: 2 } : {}));
  expect(ring.points).toHaveLength(1 + FINE_POINTS);
  expect(ring.points[0]).toEqual({
    at: point(0).at,
    bitRate: 3,
    frameRate: 25,
    viewers: 5,
    skips: MERGED,
    dropped: 2 * MERGED,
    gop: 8,
    latency: 1.5,
  });
  expect(ring.points.slice(1)).toEqual(Array.from({ length: FINE_POINTS }, (_, i) => point(i + MERGED)));
});

test('a day of points needs no more room than an hour, and none is lost or counted twice in it', () => {
  const ring = new TimelineRing();
  const day = 86_400 / FINE_EVERY;
  for (let i = 0; i < day; i++) ring.add(point(i));
  expect(ring.points.length).toBeLessThan(COARSE_POINTS + FINE_POINTS + MERGED);
  const skips = ring.points.reduce((sum, { skips: each }) => sum + each, 0);
  const first = (Date.parse(ring.points[0]!.at) - START) / 1000 / FINE_EVERY;
  expect(skips).toBe(day - first);
  expect(day - first).toBeGreaterThanOrEqual(FINE_POINTS + MERGED * COARSE_POINTS);
});

test('what is an hour old goes, also when nothing comes', () => {
  const ring = new TimelineRing();
  for (let i = 0; i < 500; i++) ring.add(point(i));
  ring.trim(START + 3_600_000);
  expect(ring.points.length).toBeGreaterThan(0);
  ring.trim(START + 5_000_000);
  expect(ring.points).toEqual([]);
});

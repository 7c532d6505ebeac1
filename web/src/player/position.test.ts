import { expect, test } from 'vitest';
import { positionOf } from './position.ts';

const clock = { mediaTime: 100, at: '2026-01-01T00:00:00.000Z' };
const start = Date.parse(clock.at);

test('where a picture is follows from the stream’s clock, from the server’s, or from how far it is behind', () => {
  const known = { clock, wall: start + 10_000 };
  expect(positionOf({ media: 42_500 }, known)).toBe(42.5);
  expect(positionOf({ wall: start + 4_000 }, known)).toBe(104);
  expect(positionOf({ behind: 3_000 }, known)).toBe(107);
});

test('without the map from one clock to the other only the stream’s own time tells', () => {
  const unknown = { clock: undefined, wall: start };
  expect(positionOf({ media: 1_000 }, unknown)).toBe(1);
  expect(positionOf({ wall: start }, unknown)).toBeUndefined();
  expect(positionOf(undefined, unknown)).toBeUndefined();
});

import { expect, test } from 'vitest';
import { ID_PATTERN, MessageIds, timeOfId } from './message-ids.ts';

test('ids are in the order in which they were made, within a millisecond and when the clock is set back', () => {
  const ids = new MessageIds();
  const made: string[] = [];
  for (let i = 0; i < 5000; i++) made.push(ids.next(1_780_000_000_000 + (i % 50 === 0 ? -10_000 : Math.floor(i / 10))));
  expect(made.toSorted()).toEqual(made);
  expect(new Set(made).size).toBe(made.length);
  for (const id of made) expect(id).toMatch(new RegExp(ID_PATTERN));
});

test('ids go on behind the last one, whatever the clock says', () => {
  const last = new MessageIds().next(1_780_000_000_000);
  const ids = new MessageIds(last);
  const [a, b, c] = [ids.next(5), ids.next(1_780_000_000_000), ids.next(1_780_000_000_001)];
  expect([last, a, b, c].toSorted()).toEqual([last, a, b, c]);
});

test('an id tells when it was made', () => {
  expect(timeOfId(new MessageIds().next(1_780_000_000_123))).toBe(1_780_000_000_123);
  expect(timeOfId(new MessageIds().next(0))).toBe(0);
});

test('ids of two rooms do not meet', () => {
  expect(new MessageIds().next(1)).not.toBe(new MessageIds().next(1));
});

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { SECOND } from '../../media/time.ts';
import { Attempts } from './attempts.ts';

const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** The waits of one that always fails, in minutes. */
function waits(attempts: Attempts, count: number): number[] {
  let now = 0;
  return Array.from({ length: count }, () => {
    attempts.failed(now, { most: DAY });
    const wait = attempts.next - now;
    now = attempts.next;
    return wait / MINUTE;
  });
}

test('the wait grows from a minute to a day', () => {
  expect(waits(new Attempts({ random: () => 1 }), 8)).toEqual([1, 4, 16, 64, 256, 1024, 1440, 1440]);
});

test('each wait is spread over its upper half', () => {
  // The fourth is prolonged: four failures an hour are the most.
  expect(waits(new Attempts({ random: () => 0 }), 6)).toEqual([0.5, 2, 8, 49.5, 128, 512]);
});

test('a CA is never asked in vain more than four times within an hour, however often the server starts anew', () => {
  const start = fc.record({ after: fc.nat({ max: 100 }), random: fc.double({ min: 0, max: 1, noNaN: true }) });
  fc.assert(
    fc.property(fc.array(start, { maxLength: 40 }), (starts) => {
      let now = 0;
      let failures: readonly number[] = [];
      const asked: number[] = [];
      for (const { after, random } of starts) {
        const attempts = new Attempts({ failures, random: () => random });
        const end = now + after * MINUTE;
        for (now = Math.max(now, attempts.next); now <= end; now = Math.max(now, attempts.next)) {
          asked.push(now);
          attempts.failed(now, { most: DAY });
        }
        now = end;
        failures = attempts.failures;
      }
      for (const [index, at] of asked.entries())
        expect((asked[index + 4] ?? Infinity) - at).toBeGreaterThanOrEqual(HOUR);
    }),
  );
});

test('a restart does not wait: somebody may have mended something', () => {
  expect(new Attempts({ failures: [0, MINUTE], random: () => 1 }).next).toBe(-Infinity);
});

test('a CA that asks for patience gets it', () => {
  const attempts = new Attempts({ random: () => 1 });
  attempts.failed(0, { patience: 3 * HOUR, most: DAY });
  expect(attempts.next).toBe(3 * HOUR);
});

test('after a success it begins anew, when the new certificate has rested', () => {
  const attempts = new Attempts({ random: () => 1 });
  waits(attempts, 5);
  attempts.succeeded(0, DAY);
  expect([attempts.next, attempts.inARow, attempts.failures]).toEqual([DAY, 0, []]);
  attempts.failed(DAY, { most: DAY });
  expect(attempts.next).toBe(DAY + MINUTE);
});

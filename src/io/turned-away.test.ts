import { expect, test } from 'vitest';
import { VirtualScheduler } from '../../test/virtual-scheduler.ts';
import type { Logger } from '../log.ts';
import { SECOND } from '../media/time.ts';
import { TurnedAway } from './turned-away.ts';

function stage(): { lines: [object, string | undefined][]; scheduler: VirtualScheduler; turnedAway: TurnedAway } {
  const lines: [object, string | undefined][] = [];
  const nothing = (): void => {};
  const log: Logger = {
    debug: nothing,
    info: nothing,
    warn: (fields, message) => void lines.push([fields, message]),
    error: nothing,
    child: () => log,
  };
  const scheduler = new VirtualScheduler();
  return { lines, scheduler, turnedAway: new TurnedAway({ protocol: 'rtmp', log, scheduler }) };
}

test('connections that are turned away are told in one line a second, however many they are', () => {
  const { lines, scheduler, turnedAway } = stage();
  for (let i = 0; i < 100; i++) {
    turnedAway.add();
    scheduler.advance(SECOND / 50);
  }
  scheduler.advance(10 * SECOND);
  const text = 'connections were closed at once: too many are open';
  const counts = lines.map(([fields]) => (fields as { connections: number }).connections);
  expect(lines).toEqual(counts.map((connections) => [{ protocol: 'rtmp', code: 'busy', connections }, text]));
  expect(counts.length).toBeLessThanOrEqual(2);
  expect(counts.reduce((sum, count) => sum + count, 0)).toBe(100);
});

test('a listener that closes says what was not said yet, and no more', () => {
  const { lines, scheduler, turnedAway } = stage();
  turnedAway.say();
  turnedAway.add();
  turnedAway.say();
  expect([lines.length, scheduler.pending]).toEqual([1, 0]);
});

import { expect, test } from 'vitest';
import { settle } from '../../test/virtual-scheduler.ts';
import { untilAborted } from './until-aborted.ts';

test('what comes before the signal is given, and an error is thrown', async () => {
  const { signal } = new AbortController();
  await expect(untilAborted(Promise.resolve(7), signal)).resolves.toBe(7);
  await expect(untilAborted(Promise.reject(new Error('no')), signal)).rejects.toThrow('no');
});

test('the signal ends a wait, now or at once, and what comes later is nobody’s business', async () => {
  const stopping = new AbortController();
  const late = Promise.withResolvers<number>();
  const waiting = untilAborted(late.promise, stopping.signal);
  stopping.abort();
  await expect(waiting).resolves.toBeUndefined();
  await expect(untilAborted(late.promise, stopping.signal)).resolves.toBeUndefined();
  late.reject(new Error('too late'));
  await settle();
});

import { expect, test } from 'vitest';
import { VirtualScheduler } from '../../../test/virtual-scheduler.ts';
import { toRoomcastError } from '../../errors.ts';
import { SECOND } from '../../media/time.ts';
import { Attempts } from './attempts.ts';

const QUARTER = 15 * 60 * SECOND;

function stage(): { scheduler: VirtualScheduler; tries(address: string, name: string, known?: boolean): string } {
  const scheduler = new VirtualScheduler();
  const attempts = new Attempts(scheduler);
  return {
    scheduler,
    tries(address, name, known = false) {
      try {
        attempts.take({ address, name, known });
        return 'looked at';
      } catch (error) {
        return toRoomcastError(error).code;
      }
    },
  };
}

const times = (count: number, run: (index: number) => string): number =>
  Array.from({ length: count }, (_, index) => run(index)).filter((answer) => answer === 'looked at').length;

test('one who guesses the password of an account has five tries in a quarter of an hour', () => {
  const { scheduler, tries } = stage();
  expect(times(100, () => tries('192.0.2.1', 'ada'))).toBe(5);
  scheduler.advance(QUARTER - SECOND);
  expect(tries('192.0.2.1', 'ada')).toBe('too-many-requests');
  scheduler.advance(SECOND);
  expect(times(100, () => tries('192.0.2.1', 'ada'))).toBe(5);
});

test('one who guesses for many accounts has twenty, over a network of IPv6 too', () => {
  const { tries } = stage();
  expect(times(100, (index) => tries('192.0.2.1', `name${index}`))).toBe(20);
  expect(times(100, (index) => tries(`2001:db8::${index + 1}`, `name${index}`))).toBe(20);
});

test('those who guess from everywhere have a hundred for one account', () => {
  const { tries } = stage();
  expect(times(1000, (index) => tries(`192.0.${index >> 8}.${index & 255}`, 'ada'))).toBe(100);
});

test('nobody is locked out by others: from elsewhere, and from the same network in a browser that is known', () => {
  const { tries } = stage();
  times(100, () => tries('192.0.2.1', 'ada'));
  expect(tries('192.0.2.2', 'ada')).toBe('looked at');
  expect(tries('192.0.2.1', 'ada', true)).toBe('looked at');
  times(1000, (index) => tries(`198.51.${index >> 8}.${index & 255}`, 'ada'));
  expect(tries('192.0.2.3', 'ada')).toBe('too-many-requests');
  expect(tries('192.0.2.3', 'ada', true)).toBe('looked at');
  expect(times(100, () => tries('192.0.2.3', 'ada', true))).toBe(4);
});

test('the right password forgives the wrong ones before it', () => {
  const scheduler = new VirtualScheduler();
  const attempts = new Attempts(scheduler);
  const attempt = { address: '192.0.2.1', name: 'ada', known: false };
  for (let i = 0; i < 4; i++) attempts.take(attempt);
  attempts.forgive(attempt);
  for (let i = 0; i < 5; i++) attempts.take(attempt);
  expect(() => attempts.take(attempt)).toThrow(/Too many attempts/);
});

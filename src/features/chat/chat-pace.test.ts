import { expect, test } from 'vitest';
import { VirtualScheduler } from '../../../test/virtual-scheduler.ts';
import { toRoomcastError } from '../../errors.ts';
import { SECOND } from '../../media/time.ts';
import { ChatPace } from './chat-pace.ts';

function stage(accepted = 0): { scheduler: VirtualScheduler; says(who: string, text: string, slow?: number): string } {
  const scheduler = new VirtualScheduler();
  const pace = new ChatPace(scheduler, accepted);
  return {
    scheduler,
    says(who, text, slow = 0) {
      try {
        pace.take(who, text, slow);
        return 'said';
      } catch (error) {
        return toRoomcastError(error).code;
      }
    },
  };
}

test('a room takes so many messages a second, whoever says them', () => {
  const { scheduler, says } = stage(3);
  expect(['ada', 'bob', 'cleo', 'dora'].map((who) => says(who, 'hello'))).toEqual([...Array(3).fill('said'), 'busy']);
  scheduler.advance(SECOND);
  expect(says('dora', 'hello')).toBe('said');
});

test('one may say six things at once, and then one a second', () => {
  const { scheduler, says } = stage();
  const burst = Array.from({ length: 8 }, (_, index) => says('ada', `${index}`));
  expect(burst).toEqual([...Array(6).fill('said'), 'too-many-requests', 'too-many-requests']);
  expect(says('bob', 'hello')).toBe('said');
  scheduler.advance(SECOND);
  expect([says('ada', 'x'), says('ada', 'y')]).toEqual(['said', 'too-many-requests']);
});

test('one may say the same twice, and again after half a minute', () => {
  const { scheduler, says } = stage();
  const again = (): string => {
    scheduler.advance(2 * SECOND);
    return says('ada', 'buy this');
  };
  expect([again(), again(), again(), again()]).toEqual(['said', 'said', 'too-many-requests', 'too-many-requests']);
  expect(says('ada', 'something else')).toBe('said');
  expect(again()).toBe('said');
  scheduler.advance(60 * SECOND);
  expect(again()).toBe('said');
});

test('a slow room lets each speak once in its time', () => {
  const { scheduler, says } = stage();
  expect([says('ada', 'a', 10), says('ada', 'b', 10), says('bob', 'c', 10)]).toEqual(['said', 'slow-mode', 'said']);
  scheduler.advance(10 * SECOND);
  expect([says('ada', 'd', 10), says('ada', 'e', 0)]).toEqual(['said', 'said']);
});

import { describe, expect, test } from 'vitest';
import { ada, ann, bob, chatStage, mod, person } from '../../../test/chat-stage.ts';
import { Denied, toRoomcastError } from '../../errors.ts';
import { SECOND } from '../../media/time.ts';
import type { Author } from './chat-speakers.ts';

describe('who may speak', () => {
  test('is everyone with a name; guests as the room says', async () => {
    const { says, guests, room } = await chatStage();
    expect([await says(ada, 'a'), await says(ann, 'b')]).toEqual(['said', 'said']);
    expect(await says({ ...ann, identity: undefined }, 'c')).toBe('name-needed');
    expect(await says({ ...ann, identity: { id: 'g_x', kind: 'guest', admin: false } }, 'c')).toBe('name-needed');
    guests.right = 'read';
    expect([await says(ann, 'd'), await says(ada, 'e')]).toEqual(['sign-in', 'said']);
    expect(await room.history(ann, { limit: 1 })).toHaveLength(1);
    guests.right = 'off';
    expect([await says(ann, 'f'), await says(ada, 'g')]).toEqual(['sign-in', 'said']);
    expect(() => room.checkReading(ann)).toThrow(/signed in/);
  });

  test('is nobody who is banned, or is to be silent for a while', async () => {
    const { says, silent } = await chatStage();
    expect(await says({ ...ada, role: 'banned' }, 'a')).toBe('denied');
    silent.set('a_ada', '2026-01-01T01:00:00.000Z');
    expect([await says(ada, 'b'), await says(bob, 'c')]).toEqual(['timed-out', 'said']);
  });

  test('is not one network that is full of guests of its own making', async () => {
    const { room } = await chatStage();
    const guests = Array.from({ length: 40 }, (_, index) => person(`g${index}`, 'guest'));
    const said = await Promise.allSettled(guests.map((guest) => room.say(guest, { text: 'spam' })));
    expect(said.filter(({ status }) => status === 'fulfilled')).toHaveLength(30);
    await room.say({ ...person('elsewhere', 'guest'), remote: { address: '192.0.2.2' } }, { text: 'hello' });
    await room.say(ada, { text: 'hello' });
  });

  test('is asked about elsewhere, where another may have something against it', async () => {
    const { says, asked, told } = await chatStage();
    asked.ask = (text) => {
      if (text.includes('spam')) throw new Denied('not-allowed', 'Not here.');
    };
    expect([await says(ada, 'spam'), await says(ada, 'hello')]).toEqual(['not-allowed', 'said']);
    expect(told).toHaveLength(1);
  });

  test('waits in a slow room, but for those who look after it', async () => {
    const { room, scheduler } = await chatStage({ slow: 30 });
    const tries = (author: Author): Promise<string> =>
      room.say(author, { text: `${scheduler.now()}` }).then(
        () => 'said',
        (error: unknown) => toRoomcastError(error).code,
      );
    expect([await tries(ada), await tries(ada), await tries(mod), await tries(mod)]).toEqual([
      'said',
      'slow-mode',
      'said',
      'said',
    ]);
    scheduler.advance(30 * SECOND);
    expect(await tries(ada)).toBe('said');
  });
});

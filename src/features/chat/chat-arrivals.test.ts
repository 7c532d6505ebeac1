import { describe, expect, test } from 'vitest';
import { ada, ann, bob, chatStage, mod, person } from '../../../test/chat-stage.ts';
import type { Author } from './chat-speakers.ts';

describe('who comes', () => {
  test('is told the last fifty, and then everything that is pushed, nothing twice', async () => {
    const { room, told } = await chatStage();
    for (let i = 0; i < 60; i++) await room.say(person(`p${i}`), { text: `${i}` });
    const arrive = await room.arrive(bob, undefined);
    await room.say(ada, { text: 'between' });
    const { messages, heard } = arrive();
    expect([messages.length, messages[0]!.text, messages.at(-1)!.text]).toEqual([51, '10', 'between']);
    const later = await room.say(ada, { text: 'later' });
    expect([told.at(-2)!.rev <= heard, later.rev > heard]).toEqual([true, true]);
  });

  test('back is told what was said, changed and taken away since, and nothing else', async () => {
    const { room, open } = await chatStage();
    const [a, b, c] = [
      await room.say(ada, { text: 'a' }),
      await room.say(bob, { text: 'b' }),
      await room.say(ann, { text: 'c' }),
    ];
    await room.delete(mod, a.id);
    await room.react(ada, b.id, { emoji: '👍', on: true });
    await room.say(person('cleo'), { text: 'd' });
    for (const again of [room, await open()]) {
      const { messages, gap } = (await again.arrive(bob, c.rev))();
      expect(messages.map(({ id, text, deleted, reactions }) => [id === a.id, text, deleted, reactions])).toEqual([
        [true, '', true, undefined],
        [false, 'b', undefined, { '👍': 1 }],
        [false, 'd', undefined, undefined],
      ]);
      expect(gap).toBeUndefined();
      expect((await again.arrive(bob, messages.at(-1)!.rev))().messages).toEqual([]);
    }
  });

  test('back after very long is told that there is a gap', async () => {
    const { room, open, log } = await chatStage();
    const first = await room.say(ada, { text: 'first' });
    const row = (await log.row('r_lobby', first.id))!;
    const ids = Array.from({ length: 520 }, (_, index) => `01ZZZZZZZZ${String(index).padStart(16, '0')}`);
    await Promise.all(ids.map((id) => log.add({ ...row, id, rev: id })));
    const { messages, gap } = (await (await open()).arrive(bob, first.rev))();
    expect([messages.length, gap]).toEqual([500, true]);
  });
});

test('who comes back is told with what they have reacted themselves', async () => {
  const { room } = await chatStage();
  const { id } = await room.say(ada, { text: 'hello' });
  await room.react(ada, id, { emoji: '👍', on: true });
  await room.react(ada, id, { emoji: '🎉', on: true });
  await room.react(bob, id, { emoji: '👍', on: true });
  const reactedOf = async (author: Author, since?: string): Promise<unknown> =>
    (await room.arrive(author, since))().messages.at(-1)!.reacted?.toSorted();
  expect((await room.history(bob, { limit: 10 }))[0]!.reacted).toEqual(['👍']);
  for (const since of [undefined, id]) {
    expect(await reactedOf(ada, since)).toEqual(['👍', '🎉'].toSorted());
    expect(await reactedOf(ann, since)).toBeUndefined();
  }
});

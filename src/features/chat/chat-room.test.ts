import { describe, expect, test } from 'vitest';
import { ada, ann, bob, chatStage, mod, person, texts } from '../../../test/chat-stage.ts';
import { SECOND } from '../../media/time.ts';

const MINUTE = 60 * SECOND;

describe('what is said', () => {
  test('is durable, told to everyone once, and there for who comes later, also after a restart', async () => {
    const { room, told, open, scheduler } = await chatStage();
    const message = await room.say(ada, { text: 'hello' });
    expect(message).toMatchObject({ kind: 'say', text: 'hello', user: { id: 'a_ada', name: 'ada', role: 'viewer' } });
    expect([message.id === message.rev, message.at]).toEqual([true, new Date(scheduler.wall()).toISOString()]);
    expect(told).toEqual([message]);
    for (const later of [room, await open()]) expect(await later.history(bob, { limit: 10 })).toEqual([message]);
    expect(await (await open('r_other')).history(bob, { limit: 10 })).toEqual([]);
  });

  test('has one order, that in which it was said, however fast', async () => {
    const { room, told } = await chatStage();
    const names = Array.from({ length: 200 }, (_, index) => person(`p${index}`));
    await Promise.all(names.map((author, index) => room.say(author, { text: `${index}` })));
    const ids = told.map((message) => message.id);
    expect(ids).toEqual(ids.toSorted());
    expect(new Set(ids).size).toBe(200);
    expect(texts(await room.history(ada, { limit: 100 }))).toEqual(texts(told.slice(100)));
  });

  test('is read further and further back', async () => {
    const { room } = await chatStage();
    for (let i = 0; i < 7; i++) await room.say(person(`p${i}`), { text: `${i}` });
    const last = await room.history(ada, { limit: 3 });
    const before = await room.history(ada, { limit: 3, before: last[0]!.id });
    expect([texts(last), texts(before)]).toEqual([
      ['4', '5', '6'],
      ['1', '2', '3'],
    ]);
  });

  test('has the moment of the picture: its author’s, where that can be, else the newest', async () => {
    const { room, moment } = await chatStage();
    moment.now = { broadcast: 'b1', mediaTime: 100 };
    const at = async (mediaTime?: number): Promise<number | undefined> =>
      (await room.say(person(`p${mediaTime}`), { text: 'x', ...(mediaTime === undefined ? {} : { mediaTime }) }))
        .mediaTime;
    expect([await at(), await at(94.25), await at(101), await at(-21), await at(500)]).toEqual([
      100, 94.25, 101, 100, 100,
    ]);
    moment.now = undefined;
    expect(await room.say(ada, { text: 'y' })).not.toHaveProperty('mediaTime');
  });

  test('names people with an account, and those who spoke lately, also before a restart', async () => {
    const { room, open } = await chatStage();
    await room.say(ann, { text: 'hello' });
    const message = await room.say(ada, { text: '@Zoe, @ANN: look! @nobody' });
    expect(message.mentions).toEqual(['a_zoe', 'g_ann']);
    expect((await room.history(bob, { limit: 1 }))[0]).toEqual(message);
    expect((await room.edit(ada, message.id, 'for @ann alone')).mentions).toEqual(['g_ann']);
    expect(await room.edit(ada, message.id, 'for nobody')).not.toHaveProperty('mentions');
    expect((await (await open()).say(bob, { text: '@Ann' })).mentions).toEqual(['g_ann']);
    expect(await (await open('r_other')).say(bob, { text: '@Ann' })).not.toHaveProperty('mentions');
  });

  test('may answer something, which stands above it, cut short', async () => {
    const { room } = await chatStage();
    const asked = await room.say(ada, { text: `why ${'x'.repeat(200)}` });
    const answer = await room.say(bob, { text: 'because', replyTo: asked.id });
    expect(answer.replyTo).toEqual({ id: asked.id, name: 'ada', text: `why ${'x'.repeat(116)}…` });
    expect((await room.history(ada, { limit: 1 }))[0]).toEqual(answer);
    await room.delete(ada, asked.id);
    expect((await room.history(ada, { limit: 1 }))[0]).not.toHaveProperty('replyTo');
    await expect(room.say(bob, { text: 'x', replyTo: asked.id })).rejects.toMatchObject({ code: 'not-found' });
  });

  test('is found again by a piece of it, whatever its script, and never by what it means to a database', async () => {
    const { room } = await chatStage();
    const said = ['The quick brown fox', '今天天气很好', '100% _sure_ "quoted" OR not', 'Quickly now'];
    for (const [index, text] of said.entries()) await room.say(person(`p${index}`), { text });
    const find = async (text: string): Promise<string[]> => texts(await room.search(ada, text, { limit: 10 }));
    expect(await find('quick')).toEqual([said[3], said[0]]);
    expect([await find('天气'), await find('天气很'), await find('气')]).toEqual([[said[1]], [said[1]], [said[1]]]);
    expect([await find('%'), await find('_s'), await find('" OR'), await find('quoted" OR')]).toEqual([
      [said[2]],
      [said[2]],
      [said[2]],
      [said[2]],
    ]);
    expect([await find('fox OR now'), await find('*'), await find("'; DROP TABLE messages; --")]).toEqual([[], [], []]);
  });

  test('is no longer found once it was taken away or changed', async () => {
    const { room } = await chatStage();
    const { id } = await room.say(ada, { text: 'a secret word' });
    await room.edit(ada, id, 'another word');
    expect([
      await room.search(bob, 'secret', { limit: 5 }),
      texts(await room.search(bob, 'another', { limit: 5 })),
    ]).toEqual([[], ['another word']]);
    await room.delete(ada, id);
    expect(await room.search(bob, 'another', { limit: 5 })).toEqual([]);
  });

  test('by the server is told in words, and by name to those who have their own', async () => {
    const { room } = await chatStage();
    await room.announce('stream-started');
    expect((await room.history(ada, { limit: 1 }))[0]).toMatchObject({
      kind: 'system',
      event: 'stream-started',
      text: 'The stream has started.',
    });
  });
});

describe('a message', () => {
  test('is changed by its author alone, within five minutes, and told anew', async () => {
    const { room, told, scheduler } = await chatStage();
    const { id } = await room.say(ada, { text: 'helo' });
    scheduler.advance(5 * MINUTE);
    const edited = await room.edit(ada, id, 'hello');
    expect(edited).toMatchObject({ id, text: 'hello', edited: new Date(scheduler.wall()).toISOString() });
    expect(edited.rev > id).toBe(true);
    expect(told.at(-1)).toEqual(edited);
    for (const other of [bob, mod]) await expect(room.edit(other, id, 'x')).rejects.toMatchObject({ code: 'denied' });
    scheduler.advance(SECOND);
    await expect(room.edit(ada, id, 'x')).rejects.toMatchObject({ code: 'denied' });
    expect(texts(await room.history(bob, { limit: 5 }))).toEqual(['hello']);
  });

  test('is taken away by its author or who looks after the room, for everyone, and can be brought back', async () => {
    const { room, told } = await chatStage();
    const [first, second] = [await room.say(ada, { text: 'one' }), await room.say(ada, { text: 'two' })];
    await expect(room.delete(bob, first.id)).rejects.toMatchObject({ code: 'denied' });
    expect(await room.delete(ada, first.id)).toMatchObject({ id: first.id, text: '', deleted: true });
    await room.delete(mod, second.id);
    expect(JSON.stringify(told.slice(-2))).not.toContain('two');
    expect(await room.history(bob, { limit: 5 })).toEqual([]);
    await expect(room.edit(ada, first.id, 'x')).rejects.toMatchObject({ code: 'not-found' });
    const back = await room.release(second.id);
    expect([back.text, back.released]).toEqual(['two', undefined]);
    expect(texts(await room.history(bob, { limit: 5 }))).toEqual(['two']);
  });

  test('that others took away is brought back, and one that its author took away is not', async () => {
    const { room, told, log } = await chatStage({ words: [{ word: 'maybe', action: 'hold' }] });
    const ids: string[] = [];
    for (const text of ['one', 'two', 'maybe']) ids.push((await room.say(ada, { text })).id);
    const [one, two, held] = ids as [string, string, string];
    await room.delete(ada, one);
    await room.delete(mod, two);
    const seen = await log.ofPerson('r_lobby', 'a_ada', 10);
    expect([seen.count, seen.name]).toEqual([3, 'ada']);
    expect(seen.messages.map(({ text, deleted, held: waits }) => [text, deleted, waits])).toEqual([
      ['', true, undefined],
      ['two', true, undefined],
      ['maybe', undefined, true],
    ]);
    expect([await room.restore(mod, one), await room.restore(mod, held)]).toEqual([undefined, undefined]);
    const back = await room.restore(mod, two);
    expect([back?.text, told.at(-1)]).toEqual(['two', back]);
    expect(texts(await room.history(bob, { limit: 5 }))).toEqual(['two']);
  });

  test('that waits is found by those who let it through, the oldest first', async () => {
    const { room, log, says } = await chatStage({ holdFirst: true });
    for (let i = 0; i < 3; i++) await says(person(`p${i}`), `${i}`);
    const [first, ...more] = await log.held('r_lobby', { limit: 10 });
    expect([first!.text, texts(more)]).toEqual(['0', ['1', '2']]);
    expect(texts(await log.held('r_lobby', { limit: 1, after: first!.id }))).toEqual(['1']);
    await room.release(first!.id);
    expect(texts(await log.held('r_lobby', { limit: 10 }))).toEqual(['1', '2']);
    expect(await log.held('r_other', { limit: 10 })).toEqual([]);
  });

  test('has the reactions of each person once', async () => {
    const { room } = await chatStage();
    const { id } = await room.say(ada, { text: 'hello' });
    await room.react(bob, id, { emoji: '👍', on: true });
    await room.react(bob, id, { emoji: '👍', on: true });
    const { reactions } = await room.react(ann, id, { emoji: '👍', on: true });
    expect(reactions).toEqual({ '👍': 2 });
    await room.react(ann, id, { emoji: '❤️', on: true });
    expect((await room.react(bob, id, { emoji: '👍', on: false })).reactions).toEqual({ '👍': 1, '❤️': 1 });
    expect((await room.history(ada, { limit: 1 }))[0]!.reactions).toEqual({ '👍': 1, '❤️': 1 });
  });

  test('that is held back is seen by those who look after the room alone, until they let it through', async () => {
    const { room, told, says } = await chatStage({ holdFirst: true, words: [{ word: 'maybe', action: 'hold' }] });
    expect([await says(ada, 'my first'), await says(ada, 'my second'), await says(ada, 'well, maybe')]).toEqual([
      ...['held', 'said', 'held'],
    ]);
    expect(told.map(({ held }) => held)).toEqual([true, undefined, true]);
    expect(texts(await room.history(bob, { limit: 5 }))).toEqual(['my second']);
    const waiting = (await room.history(mod, { limit: 5 })).filter(({ held }) => held);
    expect(texts(waiting)).toEqual(['my first', 'well, maybe']);
    const released = await room.release(waiting[0]!.id);
    expect([released.held, released.released, told.at(-1)]).toEqual([undefined, true, released]);
    // Only once is it new: what happens to it later is a change of something that was seen.
    await room.react(bob, released.id, { emoji: '👍', on: true });
    expect([told.at(-1)!.id, told.at(-1)!.released]).toEqual([released.id, undefined]);
    expect(texts(await room.history(bob, { limit: 5 }))).toEqual(['my first', 'my second']);
  });

  test('of another room cannot be touched', async () => {
    const { room, open } = await chatStage();
    const { id } = await (await open('r_other')).say(ada, { text: 'elsewhere' });
    for (const attempt of [
      room.edit(ada, id, 'x'),
      room.delete(mod, id),
      room.react(bob, id, { emoji: 'x', on: true }),
      room.release(id),
    ])
      await expect(attempt).rejects.toMatchObject({ code: 'not-found' });
  });
});

describe('who takes a message of their own away', () => {
  test('may bring it back for a while, as it was before; nobody else may', async () => {
    const { room, scheduler, told } = await chatStage({ holdFirst: true });
    const waiting = await room.say(ada, { text: 'first' });
    await room.delete(ada, waiting.id);
    expect(await room.restore(mod, waiting.id)).toBeUndefined();
    expect(await room.restore(bob, waiting.id)).toBeUndefined();
    expect(await room.restore(ada, waiting.id)).toMatchObject({ text: 'first', held: true });
    scheduler.advance(10 * SECOND);
    const { id } = await room.say(ada, { text: 'second' });
    await room.delete(ada, id);
    expect(await room.restore(ada, id)).toMatchObject({ text: 'second' });
    expect(told.at(-1)).not.toHaveProperty('held');
    await room.delete(ada, id);
    scheduler.advance(16 * SECOND);
    expect(await room.restore(ada, id)).toBeUndefined();
  });

  test('does not bring back what another took away, nor while they are to be silent', async () => {
    const { room, silent } = await chatStage();
    const { id } = await room.say(ada, { text: 'hello' });
    await room.delete(mod, id);
    expect(await room.restore(ada, id)).toBeUndefined();
    await room.restore(mod, id);
    await room.delete(ada, id);
    silent.set('a_ada', 'tomorrow');
    await expect(room.restore(ada, id)).rejects.toMatchObject({ code: 'timed-out' });
  });
});

test('a change is told before what was said after it, although it is ready later', async () => {
  const { room, log, told } = await chatStage();
  const { id } = await room.say(ada, { text: 'hello' });
  const [written, read] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  const message = log.message.bind(log);
  log.message = async (row) => {
    written.resolve();
    await read.promise;
    return message(row);
  };
  const changing = room.edit(ada, id, 'changed');
  await written.promise;
  await room.say(bob, { text: 'later' });
  read.resolve();
  await changing;
  expect(texts(told)).toEqual(['hello', 'changed', 'later']);
  expect(told.map(({ rev }) => rev)).toEqual(told.map(({ rev }) => rev).toSorted());
});

test('what fails keeps nobody waiting', async () => {
  const { room, log, told } = await chatStage();
  const { id } = await room.say(ada, { text: 'hello' });
  log.message = () => Promise.reject(new Error('gone'));
  await expect(room.edit(ada, id, 'changed')).rejects.toThrow('gone');
  await room.say(bob, { text: 'later' });
  expect(texts(told)).toEqual(['hello', 'later']);
});

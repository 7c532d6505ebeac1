import { describe, expect, test } from 'vitest';
import { IrcStage } from './stage.ts';

const ALL = 'message-tags server-time account-tag batch';
const stage = new IrcStage();

describe('what is said', () => {
  test('on a page is heard on IRC, with its time, id and account for those who ask', async () => {
    const room = await stage.room('said-on-pages');
    const [ann, ben] = [await stage.guest('ann', ALL), await stage.guest('ben')];
    await ann.join(room);
    await ben.join(room);
    const page = await stage.page('said-on-pages', 'Ada');
    const { id, user } = await page.says('hello 你好');
    const { tags, source, params } = await ann.hears('PRIVMSG');
    expect({ source, params }).toEqual({ source: `Ada!${user.id}@account`, params: [room, 'hello 你好'] });
    expect(Object.fromEntries(tags!)).toEqual({ msgid: id, account: 'Ada', time: expect.stringMatching(/^20.*Z$/) });
    expect((await ben.hears('PRIVMSG')).tags).toBeUndefined();
  });

  test('on IRC is heard on pages, without colours, and as an action', async () => {
    const room = await stage.room('said-on-irc');
    const page = await stage.page('said-on-irc', 'Webby');
    const ann = await stage.guest('ann', ALL);
    await ann.join(room);
    ann.say(`PRIVMSG ${room} :\x02hello\x02 \x0304you\x03`, `PRIVMSG ${room} :\x01ACTION waves\x01`);
    expect(await page.hears()).toMatchObject({ kind: 'say', text: 'hello you', user: { name: 'ann', role: 'guest' } });
    expect(await page.hears()).toMatchObject({ kind: 'me', text: 'waves' });
    const { id } = await page.says('which one?');
    await page.hears();
    ann.say(`@+draft/reply=${id} PRIVMSG ${room} :this one`);
    expect(await page.hears()).toMatchObject({ text: 'this one', replyTo: { id } });
    await page.says('/me bows', { replyTo: id });
    const action = await ann.hears('PRIVMSG', ({ params }) => params[1] === '\x01ACTION bows\x01');
    expect(action.tags?.get('+draft/reply')).toBe(id);
  });

  test('by somebody themselves is told them by a page or another client, and by this one only where they ask', async () => {
    const room = await stage.room('echoes');
    const [one, two] = [await stage.account('Ada'), await stage.account('Ada', 'echo-message message-tags')];
    await one.join(room);
    await two.join(room);
    one.say(`PRIVMSG ${room} :from one`);
    expect((await two.hears('PRIVMSG')).params[1]).toBe('from one');
    two.say(`PRIVMSG ${room} :from two`);
    const echo = await two.hears('PRIVMSG');
    expect([echo.params[1], echo.tags?.get('msgid')]).toEqual(['from two', expect.stringMatching(/^[0-9A-Z]{26}$/)]);
    const page = await stage.page('echoes', 'Ada');
    await page.says('from the page');
    expect((await one.settled()).filter(({ command }) => command === 'PRIVMSG').map(({ params }) => params[1])).toEqual(
      ['from two', 'from the page'],
    );
  });

  test('that is long is several lines, the first of which has its id', async () => {
    const room = await stage.room('long');
    const ann = await stage.guest('ann', ALL);
    await ann.join(room);
    const page = await stage.page('long', 'Ada');
    const text = '长消息 with words '.repeat(30).trim();
    const { id } = await page.says(text);
    const lines = (await ann.settled()).filter(({ command }) => command === 'PRIVMSG');
    expect(lines.map(({ tags }) => tags?.get('msgid'))).toEqual([id, undefined]);
    expect(lines.map(({ params }) => params[1]).join('')).toBe(text);
  });

  test('flies over the picture there, and is plain text here', async () => {
    const room = await stage.room('danmaku');
    const ann = await stage.guest('ann');
    await ann.join(room);
    const page = await stage.page('danmaku', 'Ada');
    await page.says('wow', { danmaku: { mode: 'scroll', color: 'red' } });
    expect((await ann.hears('PRIVMSG')).params).toEqual([room, 'wow']);
  });

  test('before somebody came is told with its times, in a batch where they know of those', async () => {
    const room = await stage.room('before');
    const page = await stage.page('before', 'Ada');
    for (const text of ['one', 'two']) await page.says(text);
    const told = async (nick: string, caps?: string): Promise<string[]> => {
      const client = await stage.guest(nick, caps);
      client.say(`JOIN ${room}`);
      const lines = (await client.settled()).filter(({ command }) => command === 'PRIVMSG' || command === 'BATCH');
      if (caps !== undefined)
        for (const { tags, command } of lines) expect(tags?.has('time') ?? false).toBe(command !== 'BATCH');
      return lines.map(({ params, tags }) => `${params[1]} ${tags?.get('batch') ?? ''}`.trim());
    };
    expect(await told('ann', ALL)).toEqual(['chathistory', 'one history', 'two history', 'undefined']);
    expect(await told('ben', 'server-time')).toEqual(['one', 'two']);
    expect(await told('cleo')).toEqual([]);
  });

  test('and taken away is taken away for those who know of that, whoever does it', async () => {
    const room = await stage.room('taken-away');
    const ann = await stage.guest('ann', `${ALL} draft/message-redaction`);
    const ben = await stage.guest('ben', ALL);
    for (const one of [ann, ben]) await one.join(room);
    const page = await stage.page('taken-away', 'Ada');
    const first = await page.says('oops');
    await page.ask('delete', { message: first.id });
    expect((await ann.hears('REDACT')).params).toEqual([room, first.id]);
    const { id } = await page.says('not yours');
    ann.say(`REDACT ${room} ${id} :no`, `REDACT ${room} 01M8`, `PRIVMSG ${room} :mine`);
    expect((await ann.hears('FAIL')).params.slice(0, 2)).toEqual(['REDACT', 'REDACT_FORBIDDEN']);
    expect((await ann.hears('FAIL')).params.slice(0, 2)).toEqual(['REDACT', 'UNKNOWN_MSGID']);
    const mine = (await ben.hears('PRIVMSG', ({ params }) => params[1] === 'mine')).tags!.get('msgid')!;
    ann.say(`REDACT ${room} ${mine}`);
    expect((await ann.hears('REDACT')).params).toEqual([room, mine]);
    expect((await ben.settled()).map(({ command }) => command)).not.toContain('REDACT');
    const mona = await stage.account('Mona', `${ALL} draft/message-redaction`);
    await mona.join(room);
    mona.say(`REDACT ${room} ${id}`);
    expect((await mona.hears('REDACT')).params).toEqual([room, id]);
    const { entries } = (await stage.as('Olga', 'GET', 'rooms/taken-away/audit')) as { entries: { action: string }[] };
    expect(entries.filter(({ action }) => action === 'delete')).toMatchObject([
      { name: 'Mona', details: { name: 'Ada' } },
    ]);
  });

  test('and changed is not said again', async () => {
    const room = await stage.room('changed');
    const ann = await stage.guest('ann', ALL);
    await ann.join(room);
    const page = await stage.page('changed', 'Ada');
    const { id } = await page.says('helo');
    await page.ask('edit', { message: id, text: 'hello' });
    await page.ask('react', { message: id, emoji: '👍' });
    expect((await ann.settled()).filter(({ command }) => command === 'PRIVMSG').map(({ params }) => params[1])).toEqual(
      ['helo'],
    );
  });

  test('and held back is for those who look after the room, until it is let through', async () => {
    const room = await stage.room('held');
    const moderator = await stage.page('held', 'Mona');
    await moderator.ask('chat-settings', { words: [{ word: 'maybe', action: 'hold' }] });
    const [mona, ann, ben] = [await stage.account('Mona'), await stage.guest('ann'), await stage.guest('ben')];
    for (const one of [mona, ann, ben]) await one.join(room);
    ann.say(`PRIVMSG ${room} :maybe`);
    expect((await ann.hears('NOTICE')).params[1]).toMatch(/waits/);
    expect((await mona.hears('NOTICE')).params).toEqual([room, 'Held back, from ann: maybe']);
    expect((await ben.settled()).filter(({ params }) => params[1]?.includes('maybe'))).toEqual([]);
    await moderator.ask('release', { message: (await moderator.hears()).id });
    for (const one of [mona, ann, ben])
      expect(await one.hears('PRIVMSG')).toMatchObject({
        source: expect.stringMatching(/^ann!/),
        params: [room, 'maybe'],
      });
  });

  test('is what the room allows, and the others are told why', async () => {
    const room = await stage.room('rules');
    await (await stage.page('rules', 'Mona')).ask('chat-settings', { words: [{ word: 'spam', action: 'block' }] });
    const ann = await stage.guest('ann');
    await ann.join(room);
    ann.say(`PRIVMSG ${room} :spam`, `NOTICE ${room} :not for people`, `PRIVMSG ${room} :\x01VERSION\x01`);
    expect((await ann.hears('404')).params).toEqual(['ann', room, expect.stringContaining('words')]);
    await stage.as('Olga', 'PATCH', 'rooms/rules', { guests: 'read' });
    ann.say(`PRIVMSG ${room} :hello`);
    expect((await ann.hears('404')).params[2]).toMatch(/signed in/);
  });

  test('by a guest of a page who has the nick of somebody else is told apart from them', async () => {
    const room = await stage.room('same-names');
    const ann = await stage.guest('ann');
    await ann.join(room);
    const page = await stage.page('same-names', 'Ann');
    const { user } = await page.says('which Ann?');
    expect((await ann.hears('PRIVMSG')).source).toBe(`Ann|${user.id.slice(-4)}!${user.id}@guest`);
  });

  test('of the stream is a notice', async () => {
    const ann = await stage.guest('ann');
    await ann.join('#lobby');
    const publisher = await stage.server.publish();
    expect((await ann.hears('NOTICE')).params).toEqual(['#lobby', 'The stream has started.']);
    publisher.end('ended');
    expect((await ann.hears('NOTICE')).params).toEqual(['#lobby', 'The stream has ended.']);
  });
});

import { describe, expect, test } from 'vitest';
import type { ChatMessage } from '../../../src/client/messages.ts';
import { SECOND } from '../../../src/media/time.ts';
import { isGenuine, type Received } from '../../hook-receiver.ts';
import { failure, guest, HookStage, type Made } from './stage.ts';

const stage = HookStage.declare();

describe('a command', () => {
  const command = async (slug: string, name: string, rest: object = {}): Promise<Made> => {
    const path = stage.unique('/command');
    const given = { name, help: `what ${name} does`, url: stage.receiver.url(path), ...rest };
    const { status, secret } = await stage.api<{ secret: string }>('POST', `rooms/${slug}/commands`, given);
    expect(status).toBe(200);
    return { id: name, secret, path };
  };

  test('is answered to the room by a bot, and what was typed is told to nobody', async () => {
    const slug = await stage.room();
    const heard: ChatMessage[] = [];
    const stop = stage.server.app.services.chat.onMessage(
      (where, message) => void (where === slug && heard.push(message)),
    );
    await stage.api('POST', 'users', { name: 'Dicer', kind: 'bot' });
    const { secret, path } = await command(slug, 'dice', { bot: 'Dicer' });
    stage.receiver.json(path, { text: 'You rolled 4.', to: 'room' });
    const answer = await stage.say(slug, '/dice 2d6  ');
    expect(answer).toMatchObject({ text: 'You rolled 4.', user: { name: expect.stringMatching(/^Dicer/) } });
    stop();
    expect(heard).toEqual([answer]);
    const [{ headers, body, event }] = (await stage.receiver.of(path)) as [Received];
    expect(isGenuine(secret, headers, body)).toBe(true);
    expect(event).toMatchObject({ type: 'command', room: slug });
    expect(event.data).toEqual({ command: 'dice', text: '2d6', user: { id: 'g_Ada', name: 'Ada', role: 'guest' } });
    expect((await stage.server.app.services.chat.history(slug, guest(), 10)).map(({ id }) => id)).toEqual([answer.id]);
  });

  test('is answered to the one who typed it alone', async () => {
    const slug = await stage.room();
    const { path } = await command(slug, 'secret');
    stage.receiver.json(path, { text: 'Only for you.' });
    expect(await stage.say(slug, '/SECRET')).toMatchObject({
      text: 'Only for you.',
      private: true,
      user: { name: '/secret' },
    });
    stage.receiver.answer(path, undefined);
    expect(await stage.say(slug, '/secret')).toMatchObject({ text: '', private: true });
    expect(await stage.server.app.services.chat.history(slug, guest(), 10)).toEqual([]);
  });

  test('that its answer names is no command, and its answer keeps the rules of the room', async () => {
    const slug = await stage.room();
    const { path } = await command(slug, 'loop');
    stage.receiver.json(path, { text: '/loop', to: 'room' });
    expect(await stage.say(slug, '/loop')).toMatchObject({ text: '/loop', user: { name: '/loop' } });
    expect(await stage.receiver.of(path)).toHaveLength(1);
  });

  test('is in the list of help, and one that nobody knows is an error', async () => {
    const slug = await stage.room();
    expect((await stage.say(slug, '/help')).text).toBe('This room has no commands.');
    await command(slug, 'dice');
    expect(await stage.say(slug, '/help')).toMatchObject({ text: '/dice – what dice does', private: true });
    expect(await failure(stage.say(slug, '/nothing'))).toMatchObject({ code: 'not-found' });
    expect(await stage.say(slug, '/etc/hosts is a file')).toMatchObject({ text: '/etc/hosts is a file' });
    expect(await stage.say(slug, '/me waves')).toMatchObject({ kind: 'me', text: 'waves' });
    expect(
      (await stage.api('POST', `rooms/${slug}/commands`, { name: 'dice', help: 'x', url: stage.receiver.url('/x') }))
        .code,
    ).toBe('name-taken');
    expect(
      (await stage.api('POST', `rooms/${slug}/commands`, { name: 'me', help: 'x', url: stage.receiver.url('/x') }))
        .code,
    ).toBe('name-taken');
    expect(
      (await stage.api('POST', `rooms/${slug}/commands`, { name: 'x', help: 'x', url: 'http://10.0.0.1/' })).code,
    ).toBe('outgoing-refused');
    await stage.api('DELETE', `rooms/${slug}/commands/dice`);
    expect(await failure(stage.say(slug, '/dice', stage.olga()))).toMatchObject({ code: 'not-found' });
  });

  test('that nobody answers is an error in time, and no message', async () => {
    const slug = await stage.room();
    const { path } = await command(slug, 'slow');
    stage.receiver.answer(path, () => {});
    const begin = performance.now();
    expect(await failure(stage.say(slug, '/slow'))).toMatchObject({ code: 'no-answer' });
    expect(performance.now() - begin).toBeLessThan((5 * SECOND) / 1000);
  });
});

describe('a bot', () => {
  test('is made by the admin, and talks by its token', async () => {
    const slug = await stage.room();
    const { user } = await stage.api<{ user: { id: string } }>('POST', 'users', { name: 'Robbie', kind: 'bot' });
    const { token } = await stage.api<{ token: string }>('POST', 'tokens', { account: user.id });
    const identity = await stage.server.app.http.identify({ bearer: token });
    expect(identity).toMatchObject({ id: user.id, name: 'Robbie', scope: 'chat', admin: false });
    const who = { identity: identity!, remote: { address: '192.0.2.9' } };
    expect(await stage.server.app.services.chat.say(slug, who, { text: 'Beep.' })).toMatchObject({
      user: { name: 'Robbie' },
    });
    expect((await stage.api('POST', 'rooms', { slug: 'x' }, { Authorization: `Bearer ${token}` })).code).toBe('denied');
    expect((await stage.api('POST', 'users', { name: 'Bad', kind: 'bot', password: 'a good password' })).code).toBe(
      'bad-request',
    );
    const stranger = { Origin: stage.server.base };
    expect((await stage.api('POST', 'users', { name: 'Bad', kind: 'bot' }, stranger)).code).toBe('denied');
    expect((await stage.api('POST', 'tokens', { account: 'u_none' })).code).toBe('not-found');
  });
});

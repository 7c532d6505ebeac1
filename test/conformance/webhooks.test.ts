import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { ChatMessage } from '../../src/client/messages.ts';
import type { Speaker } from '../../src/plugin.ts';
import type { Access } from '../../src/live/access.ts';
import { SECOND } from '../../src/media/time.ts';
import { HookReceiver, isGenuine, type Received } from '../hook-receiver.ts';
import { startTestServer, type TestServer } from '../test-server.ts';

let server: TestServer;
let receiver: HookReceiver;
let count = 0;
const made: (() => Promise<void>)[] = [];

beforeAll(async () => {
  receiver = await HookReceiver.open();
  server = await startTestServer({ outgoing: { allow: ['127.0.0.0/8'] }, webhooks: { decisionTime: 0.5 } });
  await api('PATCH', 'me', { name: 'Olga' }, { Origin: server.base, Cookie: server.cookie });
});
afterEach(async () => {
  for (const remove of made.splice(0)) await remove();
});
afterAll(async () => {
  await server.close();
  await receiver.close();
});

async function api<Answer = Record<string, unknown>>(
  method: string,
  path: string,
  body?: object,
  headers: Record<string, string> = { Authorization: `Bearer ${server.bearer}` },
): Promise<Answer & { status: number; code?: string }> {
  const { status, text, code } = await server.call(method, `/api/v1/${path}`, { headers, ...(body ? { body } : {}) });
  return { ...(text === '' ? {} : JSON.parse(text)), status, code } as Answer & { status: number; code?: string };
}

interface Made {
  id: string;
  secret: string;
  /** Where it is told of at the receiver. */
  path: string;
}

/** A webhook of a room, or with '' of the server, which goes to an address of its own. */
async function hook(slug: string, settings: object): Promise<Made> {
  const path = `/hook-${++count}`;
  const base = slug === '' ? 'hooks' : `rooms/${slug}/hooks`;
  const answer = await api<{ id: string; secret: string }>('POST', base, { url: receiver.url(path), ...settings });
  expect(answer.status).toBe(200);
  made.push(async () => void (await api('DELETE', `${base}/${answer.id}`)));
  return { id: answer.id, secret: answer.secret, path };
}

async function room(): Promise<string> {
  const slug = `room-${++count}`;
  expect((await api('POST', 'rooms', { slug })).status).toBe(200);
  return slug;
}

const olga = (): Speaker => {
  const { id } = server.app.services.accounts.named('Olga')!;
  return { identity: { id, kind: 'account', name: 'Olga', admin: true }, remote: { address: '192.0.2.1' } };
};
const ada = (name = 'Ada'): Speaker => ({
  identity: { id: `g_${name}`, kind: 'guest', name, admin: false },
  remote: { address: '192.0.2.2' },
});
const say = (slug: string, text: string, who: Speaker = ada()): Promise<ChatMessage> =>
  server.app.services.chat.say(slug, who, { text });
const typesOf = (received: readonly Received[]): string[] => received.map(({ event }) => event.type);
const keyOf = async (slug: string): Promise<string> => (await api<{ key: string }>('GET', `rooms/${slug}/key`)).key;

function playing(slug: string, address: string): Access {
  return {
    ...{ action: 'play', protocol: 'test', path: `live/${slug}`, credentials: {}, remote: { address } },
    close() {},
    traffic: () => ({ in: 0, out: 0 }),
  };
}

describe('events', () => {
  test('of a broadcast and its chat come signed, in the order in which they happened', async () => {
    const slug = await room();
    const everything = ['stream.live', 'stream.ended', 'chat.message', 'chat.changed', 'viewers.milestone'];
    const { secret, path } = await hook(slug, { events: everything, milestones: [2, 1] });
    const publisher = await server.publish({ path: `live/${slug}`, credentials: { key: await keyOf(slug) } });
    const viewers = [await server.server.hub.play(playing(slug, '192.0.2.7'))];
    viewers.push(await server.server.hub.play(playing(slug, '192.0.2.8')));
    const { id } = await say(slug, 'Hello!');
    await server.app.services.chat.delete(slug, ada(), id);
    for (const viewer of viewers) viewer.leave();
    publisher.end('ended');
    const received = await receiver.of(path, 8);
    const types = typesOf(received);
    expect(types.filter((type) => !type.startsWith('chat.'))).toEqual([
      ...['stream.live', 'viewers.milestone', 'viewers.milestone', 'stream.ended'],
    ]);
    expect(types.filter((type) => type.startsWith('chat.'))).toEqual([
      ...['chat.message', 'chat.message', 'chat.changed', 'chat.message'],
    ]);
    expect(received.map(({ event }) => event.data['viewers']).filter((viewers) => viewers !== undefined)).toEqual([
      1, 2,
    ]);
    expect(received.find(({ event }) => event.type === 'stream.ended')!.event.data).toMatchObject({
      ...{ reason: 'ended', peak: 2, duration: expect.any(Number), broadcast: expect.any(String) },
    });
    expect(received.find(({ event }) => event.type === 'chat.changed')!.event.data).toMatchObject({
      message: { id, deleted: true, text: '' },
    });
    for (const { headers, body, event } of received) {
      expect(event).toMatchObject({ id: headers['roomcast-id'], room: slug, at: expect.stringMatching(/Z$/) });
      expect(isGenuine(secret, headers, body)).toBe(true);
      expect(isGenuine(`${secret}x`, headers, body)).toBe(false);
      expect(isGenuine(secret, headers, `${body} `)).toBe(false);
      expect(isGenuine(secret, headers, body, Date.now() + 301_000)).toBe(false);
      expect(isGenuine(secret, { ...headers, 'roomcast-timestamp': '1' }, body)).toBe(false);
      expect(isGenuine(secret, { ...headers, 'roomcast-signature': 'v1=' }, body)).toBe(false);
    }
  });

  test('of keys and moderation say who did what, and never a key or a secret', async () => {
    const slug = await room();
    const { path } = await hook(slug, { events: ['key.made', 'key.rotated', 'key.revoked', 'moderation'] });
    const { id } = await api<{ id: string }>('POST', `rooms/${slug}/keys`, { name: 'phone' });
    const next = await api<{ id: string; key: string }>('POST', `rooms/${slug}/keys/${id}/replace`);
    const keys = [next.key, await keyOf(slug)];
    await api('DELETE', `rooms/${slug}/keys/${next.id}`);
    await api('POST', `rooms/${slug}/bans`, { network: '198.51.100.0/24', reason: 'spam' });
    const other = await hook(slug, { events: [] });
    const received = await receiver.of(path, 4);
    expect(typesOf(received)).toEqual(['key.made', 'key.rotated', 'key.revoked', 'moderation']);
    expect(received[0]!.event.data).toMatchObject({ by: { id: 'server' }, key: { name: 'phone' } });
    expect(received[3]!.event.data).toMatchObject({ action: 'POST /rooms/:slug/bans', details: { reason: 'spam' } });
    const all = received.map(({ body }) => body).join('\n');
    for (const secret of [...keys, other.secret, server.bearer]) expect(all).not.toContain(secret);
    expect(server.log.join('\n')).not.toContain(other.secret);
    const { text } = await server.call('GET', `/api/v1/rooms/${slug}/audit`, {
      headers: { Authorization: `Bearer ${server.bearer}` },
    });
    expect(text).not.toContain(receiver.url('/hook'));
  });

  test('of all rooms come to a webhook of the server, and of one room to nobody else’s', async () => {
    const [one, two] = [await room(), await room()];
    const all = await hook('', { events: ['chat.message'] });
    const first = await hook(one, { events: ['chat.message'] });
    await say(one, 'in one');
    await say(two, 'in two');
    expect((await receiver.of(all.path, 2)).map(({ event }) => event.room)).toEqual([one, two]);
    await say(one, 'in one again');
    expect((await receiver.of(first.path, 2)).map(({ event }) => event.room)).toEqual([one, one]);
  });

  test('are tried again where an endpoint fails, and the next wait for them', async () => {
    const slug = await room();
    const { path, id } = await hook(slug, { events: ['chat.message'] });
    let failures = 1;
    receiver.answer(path, (_received, response) => void response.writeHead(failures-- > 0 ? 500 : 204).end());
    await say(slug, 'one');
    await receiver.of(path, 1);
    await say(slug, 'two');
    // A change has what waits tried at once.
    await expect.poll(async () => (await deliveries(slug, id)).find(({ status }) => status === 500)?.attempts).toBe(1);
    await api('PATCH', `rooms/${slug}/hooks/${id}`, { enabled: true });
    const received = await receiver.of(path, 3);
    const texts = received.map(({ event }) => (event.data['message'] as ChatMessage).text);
    expect(texts).toEqual(['one', 'one', 'two']);
    expect(received[0]!.event.id).toBe(received[1]!.event.id);
    expect(received[0]!.body).toBe(received[1]!.body);
    await expect
      .poll(async () => (await deliveries(slug, id)).map(({ state, attempts }) => [state, attempts]))
      .toEqual([
        ['sent', 1],
        ['sent', 2],
      ]);
  });

  interface Delivery {
    id: number;
    event: string;
    state: string;
    attempts: number;
    status?: number;
    error?: string;
  }
  const deliveries = async (slug: string, id: string): Promise<Delivery[]> =>
    (await api<{ deliveries: Delivery[] }>('GET', `rooms/${slug}/hooks/${id}/deliveries`)).deliveries;

  test('can be tried by a button, and sent again', async () => {
    const slug = await room();
    const { path, id, secret } = await hook(slug, { events: [] });
    expect(await api('POST', `rooms/${slug}/hooks/${id}/test`)).toMatchObject({ ok: true, ms: expect.any(Number) });
    receiver.answer(path, (_received, response) => void response.writeHead(302, { Location: '/elsewhere' }).end());
    const failed = await api('POST', `rooms/${slug}/hooks/${id}/test`);
    expect(failed).toMatchObject({ ok: false, error: expect.stringContaining('elsewhere') });
    receiver.answer(path, undefined);
    const [dead, sent] = await deliveries(slug, id);
    expect([dead!.state, sent!.state]).toEqual(['dead', 'sent']);
    expect((await api('POST', `rooms/${slug}/hooks/${id}/deliveries/${dead!.id}/replay`)).status).toBe(204);
    const [, second, third] = await receiver.of(path, 3);
    expect(third!.body).toBe(second!.body);
    expect(isGenuine(secret, third!.headers, third!.body)).toBe(true);
    expect((await api('POST', `rooms/${slug}/hooks/${id}/deliveries/999999/replay`)).status).toBe(404);
    expect(receiver.received.some((each) => each.path === '/elsewhere')).toBe(false);
  });

  test('are signed by another secret once it is rotated', async () => {
    const slug = await room();
    const { path, id, secret } = await hook(slug, { events: [] });
    const { secret: next } = await api<{ secret: string }>('PATCH', `rooms/${slug}/hooks/${id}`, { rotate: true });
    await api('POST', `rooms/${slug}/hooks/${id}/test`);
    const [{ headers, body }] = (await receiver.of(path)) as [Received];
    expect([isGenuine(secret, headers, body), isGenuine(next, headers, body)]).toEqual([false, true]);
    const { text } = await server.call('GET', `/api/v1/rooms/${slug}/hooks`, {
      headers: { Authorization: `Bearer ${server.bearer}` },
    });
    expect([text.includes(id), text.includes(secret), text.includes(next)]).toEqual([true, false, false]);
  });

  test('go to no address that the server may not reach', async () => {
    const slug = await room();
    for (const url of ['http://10.0.0.1/', 'http://localhost/', 'ftp://127.0.0.1/', 'http://a:b@127.0.0.1/', '//x']) {
      const answer = await api('POST', `rooms/${slug}/hooks`, { url });
      if (url !== 'http://localhost/') expect([url, answer.code ?? answer.status]).toEqual([url, 'outgoing-refused']);
    }
    const { id } = await hook(slug, {});
    const change = await api('PATCH', `rooms/${slug}/hooks/${id}`, { url: 'http://169.254.169.254/latest' });
    expect(change.code).toBe('outgoing-refused');
    const other = await room();
    expect((await api('POST', `rooms/${other}/hooks/${id}/test`)).code).toBe('not-found');
    expect((await api('POST', `hooks/${id}/test`)).code).toBe('not-found');
  });
});

const failure = (promise: Promise<unknown>): Promise<{ code: string; message: string } | undefined> =>
  promise.then(
    () => undefined,
    (error: { code: string; message: string }) => ({ code: error.code, message: error.message }),
  );

describe('a webhook that decides', () => {
  const publish = async (slug: string, key: string): ReturnType<typeof failure> =>
    failure(server.publish({ path: `live/${slug}`, credentials: { key } }).then((publisher) => publisher.end('ended')));
  const play = (slug: string, address: string): ReturnType<typeof failure> =>
    failure(server.server.hub.play(playing(slug, address)).then((viewer) => viewer.leave()));

  test('refuses a publisher with its reason, and opens nothing that the key does not', async () => {
    const slug = await room();
    const key = await keyOf(slug);
    const { path } = await hook(slug, { decides: ['publish'] });
    receiver.json(path, { allow: false, reason: 'Not\r\ntoday.' });
    expect(await publish(slug, key)).toEqual({ code: 'denied', message: 'Not  today.' });
    receiver.json(path, { allow: true });
    expect(await publish(slug, 'rk_wrong')).toMatchObject({ code: 'wrong-key' });
    expect(await publish(slug, key)).toBeUndefined();
    const received = await receiver.of(path, 2);
    expect(received).toHaveLength(2);
    expect(received[0]!.event).toMatchObject({
      type: 'decide.publish',
      data: { protocol: 'test', address: '192.0.2.1' },
    });
    expect(received.map(({ body }) => body).join('')).not.toContain(key);
  });

  test('is asked for a viewer once in a while', async () => {
    const slug = await room();
    const { path } = await hook(slug, { decides: ['play'] });
    receiver.json(path, { allow: true });
    for (let again = 0; again < 3; again++) expect(await play(slug, '192.0.2.20')).toBeUndefined();
    expect(await receiver.of(path, 1)).toHaveLength(1);
    receiver.json(path, { allow: false });
    expect(await play(slug, '192.0.2.21')).toMatchObject({ code: 'denied' });
    expect(await play(slug, '192.0.2.20')).toBeUndefined();
    expect(await receiver.of(path, 2)).toHaveLength(2);
  });

  test('refuses a message, or holds it back', async () => {
    const slug = await room();
    const { path } = await hook(slug, { decides: ['chat'] });
    receiver.answer(path, ({ event }, response) => {
      const { text } = event.data as { text: string };
      const verdict = { allow: text !== 'bad', reason: 'Be kind.', ...(text === 'hm' && { hold: true }) };
      response.end(JSON.stringify(verdict));
    });
    expect(await failure(say(slug, 'bad'))).toEqual({ code: 'not-allowed', message: 'Be kind.' });
    expect((await say(slug, 'hm')).held).toBe(true);
    expect(await say(slug, 'good')).toMatchObject({ text: 'good' });
    expect((await say(slug, 'good', ada('Bob'))).held).toBeUndefined();
  });

  test.each([
    ['hangs', () => {}],
    ['answers with an error', (_received: Received, response) => void response.writeHead(500).end('{"allow":true}')],
    ['sends us elsewhere', (_received: Received, response) => void response.writeHead(307, { Location: '/yes' }).end()],
    ['says something else', (_received: Received, response) => void response.end('<p>yes</p>')],
    ['says neither yes nor no', (_received: Received, response) => void response.end('{"allow":"yes"}')],
    [
      'says too much',
      (_received: Received, response) => void response.end(`{"allow":true,"x":"${'x'.repeat(100_000)}"}`),
    ],
    ['breaks off', (_received: Received, response) => void response.socket!.destroy()],
  ] satisfies [string, Parameters<HookReceiver['answer']>[1]][])(
    'and %s: its setting decides',
    async (_what, answer) => {
      const slug = await room();
      const { path, id } = await hook(slug, { decides: ['chat'] });
      receiver.answer(path, answer);
      expect(await failure(say(slug, 'one'))).toMatchObject({ code: 'busy' });
      await api('PATCH', `rooms/${slug}/hooks/${id}`, { fail: 'open' });
      expect(await say(slug, 'two')).toMatchObject({ text: 'two' });
    },
  );

  test('and does not answer is not asked for a while, and costs other rooms nothing', async () => {
    const [slow, quick] = [await room(), await room()];
    const { path } = await hook(slow, { decides: ['play'], fail: 'open' });
    receiver.answer(path, () => {});
    for (let viewer = 0; viewer < 3; viewer++) expect(await play(slow, `198.51.100.${viewer}`)).toBeUndefined();
    for (let viewer = 3; viewer < 30; viewer++) expect(await play(slow, `198.51.100.${viewer}`)).toBeUndefined();
    expect(await receiver.of(path)).toHaveLength(3);
    expect(await play(quick, '198.51.100.1')).toBeUndefined();
  });
});

describe('a command', () => {
  const command = async (slug: string, name: string, rest: object = {}): Promise<Made> => {
    const path = `/command-${++count}`;
    const given = { name, help: `what ${name} does`, url: receiver.url(path), ...rest };
    const { status, secret } = await api<{ secret: string }>('POST', `rooms/${slug}/commands`, given);
    expect(status).toBe(200);
    return { id: name, secret, path };
  };

  test('is answered to the room by a bot, and what was typed is told to nobody', async () => {
    const slug = await room();
    const heard: ChatMessage[] = [];
    const stop = server.app.services.chat.onMessage((where, message) => void (where === slug && heard.push(message)));
    await api('POST', 'users', { name: `Dicer${count}`, kind: 'bot' });
    const { secret, path } = await command(slug, 'dice', { bot: `Dicer${count}` });
    receiver.json(path, { text: 'You rolled 4.', to: 'room' });
    const answer = await say(slug, '/dice 2d6  ');
    expect(answer).toMatchObject({ text: 'You rolled 4.', user: { name: expect.stringMatching(/^Dicer/) } });
    stop();
    expect(heard).toEqual([answer]);
    const [{ headers, body, event }] = (await receiver.of(path)) as [Received];
    expect(isGenuine(secret, headers, body)).toBe(true);
    expect(event).toMatchObject({ type: 'command', room: slug });
    expect(event.data).toEqual({ command: 'dice', text: '2d6', user: { id: 'g_Ada', name: 'Ada', role: 'guest' } });
    expect((await server.app.services.chat.history(slug, ada(), 10)).map(({ id }) => id)).toEqual([answer.id]);
  });

  test('is answered to the one who typed it alone', async () => {
    const slug = await room();
    const { path } = await command(slug, 'secret');
    receiver.json(path, { text: 'Only for you.' });
    expect(await say(slug, '/SECRET')).toMatchObject({
      text: 'Only for you.',
      private: true,
      user: { name: '/secret' },
    });
    receiver.answer(path, undefined);
    expect(await say(slug, '/secret')).toMatchObject({ text: '', private: true });
    expect(await server.app.services.chat.history(slug, ada(), 10)).toEqual([]);
  });

  test('that its answer names is no command, and its answer keeps the rules of the room', async () => {
    const slug = await room();
    const { path } = await command(slug, 'loop');
    receiver.json(path, { text: '/loop', to: 'room' });
    expect(await say(slug, '/loop')).toMatchObject({ text: '/loop', user: { name: '/loop' } });
    expect(await receiver.of(path)).toHaveLength(1);
  });

  test('is in the list of help, and one that nobody knows is an error', async () => {
    const slug = await room();
    expect((await say(slug, '/help')).text).toBe('This room has no commands.');
    await command(slug, 'dice');
    expect(await say(slug, '/help')).toMatchObject({ text: '/dice – what dice does', private: true });
    expect(await failure(say(slug, '/nothing'))).toMatchObject({ code: 'not-found' });
    expect(await say(slug, '/etc/hosts is a file')).toMatchObject({ text: '/etc/hosts is a file' });
    expect(await say(slug, '/me waves')).toMatchObject({ kind: 'me', text: 'waves' });
    expect(
      (await api('POST', `rooms/${slug}/commands`, { name: 'dice', help: 'x', url: receiver.url('/x') })).code,
    ).toBe('name-taken');
    expect((await api('POST', `rooms/${slug}/commands`, { name: 'me', help: 'x', url: receiver.url('/x') })).code).toBe(
      'name-taken',
    );
    expect((await api('POST', `rooms/${slug}/commands`, { name: 'x', help: 'x', url: 'http://10.0.0.1/' })).code).toBe(
      'outgoing-refused',
    );
    await api('DELETE', `rooms/${slug}/commands/dice`);
    expect(await failure(say(slug, '/dice', olga()))).toMatchObject({ code: 'not-found' });
  });

  test('that nobody answers is an error in time, and no message', async () => {
    const slug = await room();
    const { path } = await command(slug, 'slow');
    receiver.answer(path, () => {});
    const begin = performance.now();
    expect(await failure(say(slug, '/slow'))).toMatchObject({ code: 'no-answer' });
    expect(performance.now() - begin).toBeLessThan((5 * SECOND) / 1000);
  });
});

describe('a bot', () => {
  test('is made by the admin, and talks by its token', async () => {
    const slug = await room();
    const { user } = await api<{ user: { id: string } }>('POST', 'users', { name: 'Robbie', kind: 'bot' });
    const { token } = await api<{ token: string }>('POST', 'tokens', { account: user.id });
    const identity = await server.app.http.identify({ bearer: token });
    expect(identity).toMatchObject({ id: user.id, name: 'Robbie', scope: 'chat', admin: false });
    const who = { identity: identity!, remote: { address: '192.0.2.9' } };
    expect(await server.app.services.chat.say(slug, who, { text: 'Beep.' })).toMatchObject({
      user: { name: 'Robbie' },
    });
    expect((await api('POST', 'rooms', { slug: 'x' }, { Authorization: `Bearer ${token}` })).code).toBe('denied');
    expect((await api('POST', 'users', { name: 'Bad', kind: 'bot', password: 'a good password' })).code).toBe(
      'bad-request',
    );
    const stranger = { Origin: server.base };
    expect((await api('POST', 'users', { name: 'Bad', kind: 'bot' }, stranger)).code).toBe('denied');
    expect((await api('POST', 'tokens', { account: 'u_none' })).code).toBe('not-found');
  });
});

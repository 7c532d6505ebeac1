import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { ChatMessage } from '../../src/client/messages.ts';
import { RawSocket } from '../raw-socket.ts';
import { startTestServer, type TestServer } from '../test-server.ts';

const TEXT = 0x81;

let server: TestServer;
const open: Person[] = [];
const cookies: Record<string, string> = {};

beforeAll(async () => {
  server = await startTestServer({ trustedProxies: ['127.0.0.1'] });
  cookies['Owner'] = server.cookie;
  for (const name of ['Ada', 'Bob', 'Mona']) {
    const answer = await server.call('POST', '/api/v1/users', {
      headers: { Origin: server.base, 'X-Forwarded-For': `192.0.2.${Object.keys(cookies).length}` },
      body: { name, password: 'a good password' },
    });
    cookies[name] = answer.headers.getSetCookie()[0]!.split(';')[0]!;
  }
  await asOwner('PATCH', 'me', { name: 'Olga' });
});
afterAll(() => server.close());
afterEach(() => {
  for (const { socket } of open.splice(0)) socket.destroy();
});

const asOwner = async (method: string, path: string, body?: object): Promise<void> => {
  const headers = { Origin: server.base, Cookie: server.cookie };
  const { status, text } = await server.call(method, `/api/v1/${path}`, { headers, ...(body ? { body } : {}) });
  expect(status, text).toBeLessThan(300);
};

type Message = Record<string, unknown>;

/** Somebody in a room, with a room of the test’s own. */
class Person {
  readonly socket: RawSocket;
  #id = 0;
  readonly #others: Message[] = [];

  private constructor(socket: RawSocket) {
    this.socket = socket;
  }

  static async enter(slug: string, name?: string): Promise<Person> {
    const headers = name === undefined ? {} : { Origin: server.base, Cookie: cookies[name]! };
    const person = new Person(await RawSocket.webSocket(server.port, `/ws/${slug}`, headers));
    open.push(person);
    return person;
  }

  /** Says something, and gives its answer. */
  async ask(type: string, fields: object = {}): Promise<Message> {
    const id = ++this.#id;
    this.socket.frame(TEXT, JSON.stringify({ id, type, ...fields }));
    for (;;) {
      const message = await this.socket.message();
      if (message['id'] === id) return message;
      this.#others.push(message);
    }
  }

  /** The next message of the chat. */
  async hears(): Promise<ChatMessage> {
    for (;;) {
      const message = this.#others.shift() ?? (await this.socket.message());
      if (message['type'] === 'chat' && message['message']) return message['message'] as ChatMessage;
    }
  }
}

let rooms = 0;

/** A new room, with Mona looking after it. */
async function room(settings: object = {}): Promise<string> {
  const slug = `room-${++rooms}`;
  await asOwner('POST', 'rooms', { slug, ...settings });
  await asOwner('POST', `rooms/${slug}/members`, { name: 'Mona', role: 'moderator' });
  return slug;
}

const listen = async (person: Person, since?: string): Promise<ChatMessage[]> => {
  const answer = await person.ask('subscribe', { topics: ['chat'], ...(since === undefined ? {} : { since }) });
  expect(answer['type'], JSON.stringify(answer)).toBe('ok');
  return answer['messages'] as ChatMessage[];
};

const said = (answer: Message): ChatMessage => answer['message'] as ChatMessage;

describe('two people in a room', () => {
  test('talk: each message is acknowledged with its id, and heard by both', async () => {
    const slug = await room();
    const [ada, ann] = [await Person.enter(slug, 'Ada'), await Person.enter(slug)];
    expect(await ann.ask('login', { guest: 'Ann' })).toMatchObject({
      type: 'ok',
      user: { id: expect.stringMatching(/^g_/), name: 'Ann', role: 'guest' },
      token: expect.stringMatching(/^rg_/),
    });
    expect([await listen(ada), await listen(ann)]).toEqual([[], []]);
    const answer = await ada.ask('say', { text: 'Hello, Ann!' });
    expect(answer).toMatchObject({ type: 'ok', message: { id: expect.any(String), text: 'Hello, Ann!' } });
    for (const person of [ada, ann])
      expect(await person.hears()).toMatchObject({ id: said(answer).id, user: { name: 'Ada', role: 'viewer' } });
    const danmaku = { mode: 'scroll', color: 'red' };
    await ann.ask('say', { text: 'Hi!', danmaku });
    expect(await ada.hears()).toMatchObject({ text: 'Hi!', danmaku, user: { name: 'Ann', role: 'guest' } });
  });

  test('come back after a break, and have missed nothing and hear nothing twice', async () => {
    const slug = await room();
    const [ada, bob] = [await Person.enter(slug, 'Ada'), await Person.enter(slug, 'Bob')];
    await listen(ada);
    await listen(bob);
    await ada.ask('say', { text: 'one' });
    const { rev } = await bob.hears();
    bob.socket.destroy();
    await ada.ask('say', { text: 'two' });
    const again = await Person.enter(slug, 'Bob');
    const pending = listen(again, rev);
    const three = ada.ask('say', { text: 'three' });
    const missed = (await pending).map(({ text }) => text);
    await three;
    await ada.ask('say', { text: 'four' });
    const heard: string[] = [...missed];
    while (heard.at(-1) !== 'four') heard.push((await again.hears()).text);
    expect(heard).toEqual(['two', 'three', 'four']);
  });

  test('are the same guest again with the token that they were given', async () => {
    const slug = await room();
    const first = await Person.enter(slug);
    const { user, token } = (await first.ask('login', { guest: 'Ann' })) as { user: { id: string }; token: string };
    const again = await Person.enter(slug);
    expect(await again.ask('login', { token })).toMatchObject({ user: { id: user.id, name: 'Ann' } });
    expect(await again.ask('login', { token: `${token}x` })).toMatchObject({ type: 'error', code: 'sign-in' });
  });

  test('hear what is said as lists, when they ask for that', async () => {
    const slug = await room();
    const [ada, bob] = [await Person.enter(slug, 'Ada'), await Person.enter(slug, 'Bob')];
    expect(await bob.ask('subscribe', { topics: ['chat'], batch: true })).toMatchObject({ type: 'ok' });
    await ada.ask('say', { text: 'hello' });
    expect(await bob.socket.message('chat')).toEqual({
      type: 'chat',
      messages: [expect.objectContaining({ text: 'hello' })],
    });
  });

  test('hear nothing of what they do not listen to', async () => {
    const slug = await room();
    const [ada, bob] = [await Person.enter(slug, 'Ada'), await Person.enter(slug, 'Bob')];
    await listen(bob);
    await ada.ask('say', { text: 'unheard' });
    expect(await ada.ask('ping')).toMatchObject({ type: 'pong' });
    expect(ada.socket.received).not.toContain('"type":"chat"');
    expect(await bob.ask('unsubscribe', { topics: ['chat'] })).toMatchObject({ type: 'ok' });
    await ada.ask('say', { text: 'after' });
    await bob.ask('ping');
    expect(bob.socket.received).not.toContain('after');
  });
});

describe('one who may not', () => {
  test('is told so by the code of the one list, and the socket goes on', async () => {
    const slug = await room({ guests: 'read' });
    const guest = await Person.enter(slug);
    expect(await guest.ask('say', { text: 'x' })).toMatchObject({ type: 'error', code: 'sign-in' });
    await guest.ask('login', { guest: 'Gus' });
    expect(await guest.ask('say', { text: 'x' })).toMatchObject({ type: 'error', code: 'sign-in' });
    const ada = await Person.enter(slug, 'Ada');
    for (const [type, fields, code] of [
      ['say', {}, 'bad-request'],
      ['say', { text: '' }, 'bad-request'],
      ['say', { text: 5 }, 'bad-request'],
      ['say', { text: 'x', colour: 'red' }, 'bad-request'],
      ['say', { text: 'x', danmaku: { mode: 'sideways', color: 'red' } }, 'bad-request'],
      ['say', { text: 'x'.repeat(501) }, 'too-large'],
      ['edit', { message: 'none', text: 'x' }, 'bad-request'],
      ['delete', { message: '01ARZ3NDEKTSV4RRFFQ69G5FAV' }, 'not-found'],
      ['subscribe', { topics: ['nothing'] }, 'bad-request'],
      ['subscribe', { topics: ['control'] }, 'denied'],
      ['timeout', { user: 'u_x', seconds: 60 }, 'denied'],
      ['chat-settings', { slow: 5 }, 'denied'],
      ['login', {}, 'bad-request'],
      ['login', { guest: 'Ada' }, 'bad-request'],
    ] as const)
      expect(await ada.ask(type, fields), `${type} ${JSON.stringify(fields)}`).toMatchObject({ type: 'error', code });
    expect(await ada.ask('say', { text: 'still here' })).toMatchObject({ type: 'ok' });
  });

  test('gives a name that an account has', async () => {
    const guest = await Person.enter(await room());
    expect(await guest.ask('login', { guest: 'ada' })).toMatchObject({ type: 'error', code: 'name-taken' });
  });
});

describe('those who look after a room', () => {
  test('take away what somebody said, have them be silent, and see what is held back', async () => {
    const slug = await room();
    const [mod, bob, ada] = [
      await Person.enter(slug, 'Mona'),
      await Person.enter(slug, 'Bob'),
      await Person.enter(slug, 'Ada'),
    ];
    for (const person of [mod, bob, ada]) await listen(person);
    const spam = said(await bob.ask('say', { text: 'spam' }));
    expect(await mod.hears()).toMatchObject({ id: spam.id, first: true });
    expect(await ada.hears()).not.toHaveProperty('first');
    expect(await ada.ask('delete', { message: spam.id })).toMatchObject({ code: 'denied' });
    expect(await mod.ask('delete', { message: spam.id })).toMatchObject({ type: 'ok' });
    expect(await ada.hears()).toMatchObject({ id: spam.id, text: '', deleted: true });
    expect(await mod.ask('timeout', { user: spam.user.id, seconds: 60, name: 'Bob' })).toMatchObject({ type: 'ok' });
    expect(await bob.ask('say', { text: 'more spam' })).toMatchObject({ type: 'error', code: 'timed-out' });
    expect(await mod.ask('timeout', { user: spam.user.id, seconds: 0 })).toMatchObject({ type: 'ok' });
    expect(await bob.ask('say', { text: 'sorry' })).toMatchObject({ type: 'ok' });
    expect(await mod.ask('chat-settings', { words: [{ word: 'crypto', action: 'hold' }] })).toMatchObject({
      type: 'ok',
    });
    expect(await bob.ask('say', { text: 'crypto!' })).toMatchObject({ type: 'ok', message: { held: true } });
    expect(await ada.ask('history')).toMatchObject({ messages: [{ text: 'sorry' }] });
    let held = await mod.hears();
    while (!held.held) held = await mod.hears();
    expect(await mod.ask('release', { message: held.id })).toMatchObject({ message: { text: 'crypto!' } });
    const purged = await mod.ask('purge', { user: spam.user.id });
    expect([purged, (await ada.ask('history'))['messages']]).toMatchObject([{ deleted: 2 }, []]);
  });

  test('cannot be silenced by one another', async () => {
    const slug = await room();
    const [mod, owner] = [await Person.enter(slug, 'Mona'), await Person.enter(slug, 'Owner')];
    await listen(mod);
    const { user } = said(await owner.ask('say', { text: 'hello' }));
    expect(user).toMatchObject({ name: 'Olga', role: 'owner' });
    for (const type of ['timeout', 'purge'])
      expect(await mod.ask(type, { user: user.id, ...(type === 'timeout' ? { seconds: 60 } : {}) })).toMatchObject({
        code: 'denied',
      });
  });
});

test('the chat is told when the stream starts and ends', async () => {
  const slug = await room();
  const person = await Person.enter(slug);
  await listen(person);
  const answer = await server.call('GET', `/api/v1/rooms/${slug}/key`, {
    headers: { Origin: server.base, Cookie: server.cookie },
  });
  const { key } = JSON.parse(answer.text) as { key: string };
  const publisher = await server.publish({ path: `live/${slug}`, credentials: { key } });
  expect(await person.hears()).toMatchObject({ kind: 'system', event: 'stream-started' });
  publisher.end('ended');
  expect(await person.hears()).toMatchObject({ kind: 'system', event: 'stream-ended' });
});

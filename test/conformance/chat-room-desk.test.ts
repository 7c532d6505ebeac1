import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { Note, PersonRecord } from '../../src/client/api.ts';
import type { AuditEntry } from '../../src/client/room-api.ts';
import type { ChatMessage, ChatPush, ChatStanding } from '../../src/client/messages.ts';
import { RawSocket } from '../raw-socket.ts';
import { startTestServer, type TestServer } from '../test-server.ts';

const TEXT = 0x81;

const data = mkdtempSync(join(tmpdir(), 'roomcast-'));
let server: TestServer;
const open: Person[] = [];
const cookies: Record<string, string> = {};
const ids: Record<string, string> = {};

beforeAll(async () => {
  server = await startTestServer({ data });
  cookies['Owner'] = server.cookie;
  for (const name of ['Ada', 'Bob', 'Mona']) {
    const body = { name, password: 'a good password' };
    const answer = await server.call('POST', '/api/v1/users', { headers: { Origin: server.base }, body });
    cookies[name] = answer.headers.getSetCookie()[0]!.split(';')[0]!;
    ids[name] = (JSON.parse(answer.text) as { user: { id: string } }).user.id;
  }
});
afterAll(async () => {
  await server.close();
  rmSync(data, { recursive: true, force: true });
});
afterEach(() => {
  for (const { socket } of open.splice(0)) socket.destroy();
});

type Message = Record<string, unknown>;

/** Somebody in a room. */
class Person {
  readonly socket: RawSocket;
  #id = 0;
  readonly #news: ChatPush[] = [];

  private constructor(socket: RawSocket) {
    this.socket = socket;
  }

  /** Enters, and listens. Gives how things are, too. */
  static async enter(slug: string, name?: string): Promise<Person & { standing: ChatStanding }> {
    const headers = name === undefined ? {} : { Origin: server.base, Cookie: cookies[name]! };
    const person = new Person(await RawSocket.webSocket(server.port, `/ws/${slug}`, headers));
    open.push(person);
    const standing = (await person.ask('subscribe', { topics: ['chat'] })) as unknown as ChatStanding;
    return Object.assign(person, { standing });
  }

  async ask(type: string, fields: object = {}): Promise<Message> {
    const id = ++this.#id;
    this.socket.frame(TEXT, JSON.stringify({ id, type, ...fields }));
    for (;;) {
      const message = await this.socket.message();
      if (message['id'] === id) return message;
      if (message['type'] === 'chat') this.#news.push(message as unknown as ChatPush);
    }
  }

  /** What it is told next that has this field. */
  async told<Field extends keyof ChatPush>(field: Field): Promise<ChatPush[Field]> {
    for (;;) {
      const message = this.#news.shift() ?? ((await this.socket.message()) as unknown as ChatPush);
      if (message.type === 'chat' && field in message) return message[field];
    }
  }

  /** Everything that it was told by now and did not ask for yet. */
  async news(): Promise<ChatPush[]> {
    await this.ask('ping');
    return this.#news.splice(0);
  }
}

let rooms = 0;

const call = async (name: string, method: string, path: string, body?: object): Promise<Message> => {
  const headers = { Origin: server.base, Cookie: cookies[name]! };
  const { status, text } = await server.call(method, `/api/v1/${path}`, { headers, ...(body ? { body } : {}) });
  return text === '' ? { status } : (JSON.parse(text) as Message);
};

/** A new room, with Mona looking after it. */
async function room(): Promise<string> {
  const slug = `desk-${++rooms}`;
  await call('Owner', 'POST', 'rooms', { slug });
  await call('Owner', 'POST', `rooms/${slug}/members`, { name: 'Mona', role: 'moderator' });
  return slug;
}

const said = (answer: Message): ChatMessage => answer['message'] as ChatMessage;

describe('a message that is pinned', () => {
  test('is told to those who are there and those who come, as it is by now, also after a restart', async () => {
    const slug = await room();
    const [mod, ada] = [await Person.enter(slug, 'Mona'), await Person.enter(slug, 'Ada')];
    expect(ada.standing).not.toHaveProperty('pinned');
    const message = said(await ada.ask('say', { text: 'read this' }));
    expect(await ada.ask('pin', { message: message.id })).toMatchObject({ code: 'denied' });
    expect(await mod.ask('pin', { message: message.id })).toMatchObject({ type: 'ok', pinned: { id: message.id } });
    const pinned = await ada.told('pinned');
    expect([pinned?.text, pinned && 'first' in pinned]).toEqual(['read this', false]);
    await ada.ask('edit', { message: message.id, text: 'read that' });
    const bob = await Person.enter(slug, 'Bob');
    expect(bob.standing.pinned).toMatchObject({ id: message.id, text: 'read that' });
    await server.close();
    server = await startTestServer({ data });
    expect((await Person.enter(slug, 'Bob')).standing.pinned).toMatchObject({ id: message.id, text: 'read that' });
  });

  test('is so until it is unpinned, another is, or it is deleted', async () => {
    const slug = await room();
    const mod = await Person.enter(slug, 'Mona');
    const [one, two] = [said(await mod.ask('say', { text: 'one' })), said(await mod.ask('say', { text: 'two' }))];
    expect(await mod.ask('unpin')).toMatchObject({ code: 'not-found' });
    await mod.ask('pin', { message: one.id });
    await mod.ask('pin', { message: two.id });
    expect([await mod.told('pinned'), await mod.told('pinned')]).toMatchObject([{ id: one.id }, { id: two.id }]);
    await mod.ask('delete', { message: one.id });
    await mod.ask('delete', { message: two.id });
    expect(await mod.told('pinned')).toBeNull();
    expect((await Person.enter(slug)).standing).not.toHaveProperty('pinned');
    expect(await mod.ask('pin', { message: two.id })).toMatchObject({ code: 'not-found' });
    await mod.ask('release', { message: two.id });
    await mod.ask('pin', { message: two.id });
    expect(await mod.ask('unpin')).toMatchObject({ type: 'ok' });
    expect([await mod.told('pinned'), await mod.told('pinned')]).toMatchObject([{ id: two.id }, null]);
  });

  test('is not one that waits, or of another room', async () => {
    const slug = await room();
    const [mod, ada] = [await Person.enter(slug, 'Mona'), await Person.enter(slug, 'Ada')];
    await mod.ask('chat-settings', { holdFirst: true });
    const held = said(await ada.ask('say', { text: 'x' }));
    const elsewhere = said(await (await Person.enter(await room(), 'Ada')).ask('say', { text: 'y' }));
    for (const { id } of [held, elsewhere])
      expect(await mod.ask('pin', { message: id })).toMatchObject({ code: 'not-found' });
  });
});

test('a message names people: the ids are in it', async () => {
  const slug = await room();
  const [ada, ann] = [await Person.enter(slug, 'Ada'), await Person.enter(slug)];
  const { user } = (await ann.ask('login', { guest: 'Ann' })) as { user: { id: string } };
  await ann.ask('say', { text: 'hello' });
  expect(said(await ada.ask('say', { text: '@ann @MONA, ada@bob' })).mentions).toEqual([user.id, ids['Mona']]);
  expect((await ann.told('message'))?.text).toBe('hello');
  expect((await ann.told('message'))?.mentions).toEqual([user.id, ids['Mona']]);
});

test('the rules that everybody should know are told to those who come, and to all when they change', async () => {
  const slug = await room();
  const [mod, ann] = [await Person.enter(slug, 'Mona'), await Person.enter(slug)];
  const settings = { slow: 0, links: 'everyone', danmaku: true, guests: 'write', maxLength: 500 };
  expect(ann.standing).toEqual({ ...ann.standing, settings, emotes: [] });
  await mod.ask('chat-settings', { slow: 30, words: [{ word: 'crypto', action: 'block' }] });
  expect(await ann.told('settings')).toEqual({ ...settings, slow: 30 });
  await mod.ask('chat-settings', { holdFirst: true });
  await call('Owner', 'PATCH', `rooms/${slug}`, { guests: 'read' });
  expect(await ann.told('settings')).toEqual({ ...settings, slow: 30, guests: 'read' });
  expect(ann.socket.received).not.toContain('crypto');
});

test('S-16 guests who may not even read any more hear nothing from then on', async () => {
  const slug = await room();
  const [ada, ann] = [await Person.enter(slug, 'Ada'), await Person.enter(slug)];
  await call('Owner', 'PATCH', `rooms/${slug}`, { guests: 'off' });
  expect(await ann.told('settings')).toMatchObject({ guests: 'off' });
  await ada.ask('say', { text: 'among us' });
  expect(await ann.news()).toEqual([]);
  expect((await ada.told('message'))?.text).toBe('among us');
});

test('who is to be silent is told so alone, when it begins, ends, and when they come back', async () => {
  const slug = await room();
  const [mod, bob, ada] = [
    await Person.enter(slug, 'Mona'),
    await Person.enter(slug, 'Bob'),
    await Person.enter(slug, 'Ada'),
  ];
  const user = ids['Bob']!;
  const { until } = await mod.ask('timeout', { user, name: 'Bob', seconds: 60, reason: 'too loud' });
  expect(await bob.told('silenced')).toEqual({ until, reason: 'too loud' });
  expect((await Person.enter(slug, 'Bob')).standing.silenced).toEqual({ until, reason: 'too loud' });
  const timeout = { who: user, name: 'Bob', reason: 'too loud', by: ids['Mona'], until };
  expect(await call('Mona', 'GET', `rooms/${slug}/timeouts`)).toEqual({ timeouts: [timeout] });
  await mod.ask('timeout', { user, seconds: 0 });
  expect(await bob.told('silenced')).toBeNull();
  expect(await call('Mona', 'GET', `rooms/${slug}/timeouts`)).toEqual({ timeouts: [] });
  expect([await ada.news(), (await Person.enter(slug, 'Bob')).standing.silenced]).toEqual([[], undefined]);
});

test('what was purged comes back by its ids, but not what waited to be let through', async () => {
  const slug = await room();
  const [mod, bob] = [await Person.enter(slug, 'Mona'), await Person.enter(slug, 'Bob')];
  await mod.ask('chat-settings', { words: [{ word: 'crypto', action: 'hold' }] });
  for (const text of ['one', 'crypto', 'two']) await bob.ask('say', { text });
  expect(await mod.ask('held')).toMatchObject({ messages: [{ text: 'crypto', held: true }] });
  const { messages, deleted } = (await mod.ask('purge', { user: ids['Bob'] })) as {
    messages: string[];
    deleted: number;
  };
  expect([deleted, messages.length]).toEqual([3, 2]);
  expect(await mod.ask('held')).toMatchObject({ messages: [] });
  expect(await mod.ask('restore', { messages })).toMatchObject({ restored: 2 });
  expect(await mod.ask('restore', { messages })).toMatchObject({ restored: 0 });
  expect(await bob.ask('history')).toMatchObject({ messages: [{ text: 'one' }, { text: 'two' }] });
});

/** What the audit log of a room has, the newest first. */
const deeds = async (slug: string): Promise<[string, object][]> =>
  ((await call('Owner', 'GET', `rooms/${slug}/audit`)) as unknown as { entries: AuditEntry[] }).entries.map(
    ({ action, details }) => [action, details],
  );

test('who takes messages of others away, or brings them back, is in the audit log; who takes their own is not', async () => {
  const slug = await room();
  const [mod, bob] = [await Person.enter(slug, 'Mona'), await Person.enter(slug, 'Bob')];
  const [theirs, own] = [said(await bob.ask('say', { text: 'one' })), said(await mod.ask('say', { text: 'two' }))];
  await bob.ask('delete', { message: theirs.id });
  await bob.ask('restore', { messages: [theirs.id] });
  await mod.ask('delete', { message: own.id });
  await bob.ask('delete', { message: own.id });
  const before = (await deeds(slug)).length;
  await mod.ask('delete', { message: theirs.id });
  expect(await bob.ask('restore', { messages: [theirs.id] })).toMatchObject({ restored: 0 });
  expect(await mod.ask('restore', { messages: [theirs.id, own.id] })).toMatchObject({ restored: 2 });
  const whose = { user: ids['Bob'], name: 'Bob' };
  const after = await deeds(slug);
  expect(after.slice(0, after.length - before)).toEqual([
    ['restore', { messages: 1, ...whose }],
    ['delete', { message: theirs.id, ...whose }],
  ]);
});

test('what changes nothing is not in the audit log, and what does has only that', async () => {
  const slug = await room();
  const mod = await Person.enter(slug, 'Mona');
  const before = (await deeds(slug)).length;
  await mod.ask('chat-settings');
  await mod.ask('chat-settings', { slow: 0, holdFirst: false });
  await call('Owner', 'PATCH', `rooms/${slug}`, { maxViewers: null });
  await call('Owner', 'PATCH', `rooms/${slug}`, {});
  expect(await deeds(slug)).toHaveLength(before);
  await mod.ask('chat-settings', { slow: 5, holdFirst: false });
  await call('Owner', 'PATCH', `rooms/${slug}`, { maxViewers: null, title: 'New' });
  expect((await deeds(slug)).slice(0, 2)).toEqual([
    ['PATCH /rooms/:slug', { title: 'New' }],
    ['chat-settings', { slow: 5 }],
  ]);
});

test('the audit log names those whom a deed is about', async () => {
  const slug = await room();
  const mod = await Person.enter(slug, 'Mona');
  const ann = await Person.enter(slug);
  const { user } = (await ann.ask('login', { guest: 'Ann' })) as { user: { id: string } };
  await ann.ask('say', { text: 'hello' });
  for (const seconds of [60, 0]) await mod.ask('timeout', { user: user.id, seconds });
  const { id } = await call('Mona', 'POST', `rooms/${slug}/bans`, { who: ids['Bob'] });
  await call('Mona', 'DELETE', `rooms/${slug}/bans/${String(id)}`);
  await call('Owner', 'DELETE', `rooms/${slug}/members/${ids['Mona']}`);
  expect(await deeds(slug)).toEqual([
    ['DELETE /rooms/:slug/members/:id', { id: ids['Mona'], name: 'Mona' }],
    ['DELETE /rooms/:slug/bans/:id', { id, who: ids['Bob'], name: 'Bob' }],
    ['POST /rooms/:slug/bans', { who: ids['Bob'], name: 'Bob' }],
    ['timeout', { user: user.id, name: 'Ann', seconds: 0 }],
    ['timeout', { user: user.id, name: 'Ann', seconds: 60 }],
    ['POST /rooms/:slug/members', { name: 'Mona', role: 'moderator' }],
  ]);
});

describe('those who look after a room', () => {
  test('know in one call what there is to know about somebody', async () => {
    const slug = await room();
    const [mod, bob] = [await Person.enter(slug, 'Mona'), await Person.enter(slug, 'Bob')];
    const user = ids['Bob']!;
    const spam = said(await bob.ask('say', { text: 'spam' }));
    await mod.ask('delete', { message: spam.id });
    await mod.ask('timeout', { user, seconds: 60 });
    const note = await call('Mona', 'POST', `rooms/${slug}/notes`, { user, text: 'spams on Sundays' });
    await call('Mona', 'POST', `rooms/${slug}/bans`, { who: user, minutes: 5 });
    const person = (await call('Mona', 'GET', `rooms/${slug}/people/${user}`)) as unknown as PersonRecord;
    expect(person).toMatchObject({
      ...{ id: user, name: 'Bob', role: 'banned', said: 1 },
      messages: [{ text: 'spam', deleted: true }],
      timeout: { who: user, until: expect.any(String) },
      bans: [{ who: user, until: expect.any(String) }],
      notes: [note],
    });
    const [ban] = person.bans;
    expect(await call('Mona', 'DELETE', `rooms/${slug}/bans/${ban!.id}`)).toEqual({ status: 204 });
    expect(await call('Mona', 'GET', `rooms/${slug}/people/${user}`)).toMatchObject({ role: 'viewer', bans: [] });
  });

  test('note so much about a person, of their room alone, and the person is not told', async () => {
    const [slug, other] = [await room(), await room()];
    const bob = await Person.enter(slug, 'Bob');
    const notes = async (of: string, user: string): Promise<Note[]> =>
      (await call('Mona', 'GET', `rooms/${of}/notes?user=${user}`))['notes'] as Note[];
    const add = (i: number): Promise<Message> =>
      call('Mona', 'POST', `rooms/${slug}/notes`, { user: 'g_x', text: `${i}\n<script>alert(1)</script>` });
    const added = await Promise.all(Array.from({ length: 25 }, (_, index) => add(index)));
    expect(added.filter((answer) => 'id' in answer)).toHaveLength(20);
    expect(await call('Mona', 'POST', `rooms/${slug}/notes`, { user: 'g_x', text: 'more' })).toMatchObject({
      error: { code: 'limit-exceeded' },
    });
    const [newest, ...older] = await notes(slug, 'g_x');
    expect([newest!.text, newest!.by, older.length]).toEqual([
      expect.stringContaining('\n<script>alert(1)</script>'),
      ids['Mona'],
      19,
    ]);
    expect([await notes(other, 'g_x'), await notes(slug, 'g_y')]).toEqual([[], []]);
    expect(await call('Mona', 'DELETE', `rooms/${other}/notes/${newest!.id}`)).toMatchObject({
      error: { code: 'not-found' },
    });
    expect(await call('Mona', 'DELETE', `rooms/${slug}/notes/${newest!.id}`)).toEqual({ status: 204 });
    expect(await notes(slug, 'g_x')).toHaveLength(19);
    for (const body of [{}, { user: 'g_x' }, { user: 'g_x', text: ' ' }, { user: 'g_x', text: 'x'.repeat(501) }])
      expect(await call('Mona', 'POST', `rooms/${slug}/notes`, body)).toMatchObject({ error: { code: 'bad-request' } });
    for (const name of ['Bob', 'Ada'])
      expect(await call(name, 'GET', `rooms/${slug}/notes`)).toMatchObject({ error: { code: 'denied' } });
    expect(await bob.news()).toEqual([]);
  });
});

import { afterAll, beforeAll, expect, test } from 'vitest';
import { RoomViewer } from '../room-viewer.ts';
import { until } from '../servers.ts';
import { startTestServer, type TestServer } from '../test-server.ts';

let server: TestServer;
const cookies: Record<string, string> = {};

beforeAll(async () => {
  server = await startTestServer({ trustedProxies: ['127.0.0.1'], limits: { callsPerAddress: 0 } });
  for (const [index, name] of ['Ada', 'Bob'].entries()) {
    const answer = await server.call('POST', '/api/v1/users', {
      headers: { Origin: server.base, 'X-Forwarded-For': `192.0.2.${index + 1}` },
      body: { name, password: 'a good password' },
    });
    cookies[name] = answer.headers.getSetCookie()[0]!.split(';')[0]!;
  }
});
afterAll(() => server.close());

async function asOwner(method: string, path: string, body?: object): Promise<Record<string, never>> {
  const headers = { Origin: server.base, Cookie: server.cookie };
  const { status, text } = await server.call(method, `/api/v1/${path}`, { headers, ...(body ? { body } : {}) });
  expect(status, text).toBeLessThan(300);
  return text === '' ? {} : (JSON.parse(text) as Record<string, never>);
}

let rooms = 0;

async function room(settings: object = {}): Promise<string> {
  const slug = `hall-${++rooms}`;
  await asOwner('POST', 'rooms', { slug, ...settings });
  return slug;
}

const enter = (slug: string, name?: string, from?: string): Promise<RoomViewer> =>
  RoomViewer.enter(server.port, slug, {
    headers: {
      ...(name && { Origin: server.base, Cookie: cookies[name]! }),
      ...(from && { 'X-Forwarded-For': from }),
    },
  });

const viewersOf = (slug: string): number => server.server.hub.viewers(`live/${slug}`);

test('whoever is kicked is closed with 4403 and the reason, and may not watch again for a while', async () => {
  const slug = await room();
  const ada = await enter(slug, 'Ada');
  await ada.ask('media', { format: 'flv' });
  const { sessions } = (await asOwner('GET', 'sessions')) as unknown as { sessions: Record<string, string>[] };
  const session = sessions.find(({ path }) => path === `live/${slug}`)!;
  expect(session).toMatchObject({ protocol: 'ws', action: 'play', identity: 'Ada' });
  await asOwner('DELETE', `sessions/${session['id']}`);
  await until('the socket is closed', () => ada.closed);
  expect(ada.closed).toMatchObject({ code: 4403, reason: expect.stringMatching(/closed/) });
  expect(viewersOf(slug)).toBe(0);
  const again = await enter(slug, 'Ada');
  expect(await again.code('media', { format: 'flv' })).toBe('kicked');
  expect([viewersOf(slug), again.closed]).toEqual([0, undefined]);
});

test('a room that is no longer for everyone closes those who may not stay', async () => {
  const slug = await room();
  const [ada, ann] = [await enter(slug, 'Ada'), await enter(slug)];
  for (const viewer of [ada, ann]) await viewer.ask('media', { format: 'mp4' });
  expect(viewersOf(slug)).toBe(2);
  await asOwner('PATCH', `rooms/${slug}`, { watch: 'signed-in' });
  await until('the guest is closed', () => ann.closed);
  expect([4403, 1008]).toContain(ann.closed!.code);
  await until('one is left', () => viewersOf(slug) === 1);
  expect(await ada.ask('stats')).toMatchObject({ type: 'ok', format: 'mp4' });
});

test.each(['plays media', 'listens alone'])(
  'whoever is banned while it %s is closed within two seconds, with 4403 and why',
  async (what) => {
    const slug = await room();
    const bob = await enter(slug, 'Bob', '198.51.100.7');
    if (what === 'plays media') await bob.ask('media', { format: 'flv' });
    const start = performance.now();
    await asOwner('POST', `rooms/${slug}/bans`, { network: '198.51.100.0/24', reason: 'spam' });
    await until('the socket is closed', () => bob.closed);
    expect(performance.now() - start).toBeLessThan(2000);
    expect(bob.closed).toEqual({ code: 4403, reason: 'You are banned from this room: spam' });
    expect(bob.told('room')).toEqual([
      expect.objectContaining({
        room: expect.objectContaining({ role: 'banned', ban: { reason: 'spam' }, admitted: false, viewers: 0 }),
      }),
    ]);
    expect(viewersOf(slug)).toBe(0);
  },
);

test('a room that is full says so, and the socket stays', async () => {
  const slug = await room();
  await asOwner('PATCH', `rooms/${slug}`, { maxViewers: 1 });
  const [ada, bob] = [await enter(slug, 'Ada'), await enter(slug, 'Bob')];
  await ada.ask('media', { format: 'flv' });
  expect(await bob.code('media', { format: 'flv' })).toBe('busy');
  await ada.ask('media', { format: null });
  expect(await bob.ask('media', { format: 'flv' })).toMatchObject({ type: 'ok' });
  expect(viewersOf(slug)).toBe(1);
});

test('a guest who has logged in watches by that name', async () => {
  const slug = await room();
  const ann = await enter(slug);
  await ann.ask('login', { guest: 'Ann' });
  await ann.ask('media', { format: 'flv' });
  const [session] = server.server.hub.sessionsOf(`live/${slug}`);
  expect(session!.toJSON()).toMatchObject({ identity: 'Ann', protocol: 'ws' });
});

test('a volume is told to one’s other sockets in any room, and to those that one opens later', async () => {
  const [here, there] = [await room(), await room()];
  const [ada, elsewhere, bob] = [await enter(here, 'Ada'), await enter(there, 'Ada'), await enter(here, 'Bob')];
  expect(await ada.ask('volume', { level: 0.25 })).toMatchObject({ type: 'ok', level: 0.25, muted: false });
  expect(await elsewhere.ask('mute', { on: true })).toMatchObject({ type: 'ok', level: 0.25, muted: true });
  await until('both are told', () => elsewhere.told('volume').length === 1 && ada.told('volume').length === 1);
  expect(elsewhere.told('volume')).toEqual([{ type: 'volume', level: 0.25, muted: false }]);
  expect(ada.told('volume')).toEqual([{ type: 'volume', level: 0.25, muted: true }]);
  await bob.ask('ping');
  expect(bob.told('volume')).toEqual([]);
  const later = await enter(there, 'Ada');
  await until('it is told', () => later.told('volume').length === 1);
  expect(later.told('volume')).toEqual([{ type: 'volume', level: 0.25, muted: true }]);
  for (const level of [-0.1, 1.1, '1', null]) expect(await ada.code('volume', { level })).toBe('bad-request');
});

test('two changes at once lose neither', async () => {
  const slug = await room();
  const [one, two] = [await enter(slug, 'Bob'), await enter(slug, 'Bob')];
  await Promise.all([one.ask('volume', { level: 0.75 }), two.ask('mute', { on: true })]);
  const later = await enter(slug, 'Bob');
  await until('it is told', () => later.told('volume').length === 1);
  expect(later.told('volume')).toEqual([{ type: 'volume', level: 0.75, muted: true }]);
});

test('a guest’s volume comes back with the guest, by login; nobody else’s is told', async () => {
  const slug = await room();
  const ann = await enter(slug);
  const { token } = await ann.ask('login', { guest: 'Ann' });
  await ann.ask('volume', { level: 0.5 });
  ann.raw.destroy();
  const again = await enter(slug);
  expect(again.told('volume')).toEqual([]);
  await again.ask('login', { token });
  await until('it is told', () => again.told('volume').length === 1);
  expect(again.told('volume')).toEqual([{ type: 'volume', level: 0.5, muted: false }]);
});

test('the volume of an account is in the database, and goes with the account', async () => {
  const rows = (): Promise<unknown[]> =>
    server.app.store.db
      .withTables<{ volumes: { account: string; level: number } }>()
      .selectFrom('volumes')
      .selectAll()
      .execute();
  const before = await rows();
  expect(before).toContainEqual(expect.objectContaining({ level: 0.75, muted: 1 }));
  const { users } = (await asOwner('GET', 'users')) as unknown as { users: { id: string; name: string }[] };
  await asOwner('DELETE', `users/${users.find(({ name }) => name === 'Bob')!.id}`);
  expect((await rows()).length).toBe(before.length - 1);
});

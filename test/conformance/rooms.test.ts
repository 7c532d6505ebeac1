import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { Room } from '../../src/client/messages.ts';
import { RoomEntries } from '../../src/features/rooms/room-entries.ts';
import { RawSocket } from '../raw-socket.ts';
import { type Answer, startTestServer, type TestServer } from '../test-server.ts';

/** What an owner decides about a room takes effect within this. ms */
const AT_ONCE = 2000;

let server: TestServer;
const open: RawSocket[] = [];
const cookies: Record<string, string> = {};

beforeAll(async () => {
  server = await startTestServer({ createRooms: 'accounts', trustedProxies: ['127.0.0.1'] });
  for (const name of ['Ada', 'Bob', 'Cleo', 'Dora']) {
    const answer = await server.call('POST', '/api/v1/users', {
      headers: { Origin: server.base, 'X-Forwarded-For': `192.0.2.${Object.keys(cookies).length + 1}` },
      body: { name, password: 'a good password' },
    });
    cookies[name] = answer.headers.getSetCookie()[0]!.split(';')[0]!;
  }
  cookies['owner'] = server.cookie;
});
afterAll(() => server.close());
afterEach(() => {
  for (const socket of open.splice(0)) socket.destroy();
});

const headersOf = (who: string, address = '198.51.100.9'): Record<string, string> => ({
  Origin: server.base,
  'X-Forwarded-For': address,
  ...(cookies[who] === undefined ? {} : { Cookie: cookies[who] }),
});

const as = (who: string, method: string, path: string, body?: object): Promise<Answer> =>
  server.call(method, `/api/v1/${path}`, { headers: headersOf(who), ...(body ? { body } : {}) });

const roomAs = async (who: string, slug: string): Promise<Room> =>
  JSON.parse((await as(who, 'GET', `rooms/${slug}`)).text) as Room;

const idOf = async (name: string): Promise<string> =>
  (JSON.parse((await as(name, 'GET', 'me')).text) as { user: { id: string } }).user.id;

/** How the room's media, lists and socket answer somebody. */
async function tries(who: string, slug: string, address?: string): Promise<(number | undefined)[]> {
  const headers = headersOf(who, address);
  const found: (number | undefined)[] = [];
  for (const path of [`/live/${slug}.flv`, `/live/${slug}.mp4`, `/ws/${slug}`]) {
    const socket = await RawSocket.upgrade(server.port, path, headers);
    open.push(socket);
    found.push((await socket.head()).status);
  }
  const plain = await RawSocket.upgrade(server.port, `/live/${slug}.ts`, {
    ...headers,
    Connection: undefined,
    Upgrade: undefined,
  });
  open.push(plain);
  found.push((await plain.head()).status);
  found.push((await server.call('GET', `/live/${slug}/index.m3u8`, { headers })).status);
  return found;
}

const ENTERS = [101, 101, 101, 200, 404];

describe('a room of somebody', () => {
  test('is made, told of, renamed, put away and taken back', async () => {
    const made = await as('Ada', 'POST', 'rooms', {
      slug: 'adas',
      title: 'Ada’s room',
      tags: ['code'],
      language: 'en',
    });
    expect(JSON.parse(made.text)).toMatchObject({ slug: 'adas', title: 'Ada’s room', tags: ['code'], role: 'owner' });
    expect(await roomAs('Bob', 'adas')).toMatchObject({ title: 'Ada’s room', role: 'viewer', admitted: true });
    expect((await as('Bob', 'PATCH', 'rooms/adas', { title: 'Bob’s' })).code).toBe('denied');
    const said = { title: 'My room', description: 'Two\nlines', watch: 'signed-in', maxViewers: 10 };
    expect((await as('Ada', 'PATCH', 'rooms/adas', said)).status).toBe(200);
    expect(await roomAs('Ada', 'adas')).toMatchObject(said);
    expect(await roomAs('Bob', 'adas')).not.toHaveProperty('maxViewers');
    expect((await as('Ada', 'POST', 'rooms/adas/rename', { slug: 'ada' })).status).toBe(200);
    expect((await as('Ada', 'GET', 'rooms/adas')).status).toBe(404);
    expect((await as('Ada', 'POST', 'rooms/ada/archive')).status).toBe(200);
    expect(await roomAs('Bob', 'ada')).toMatchObject({ admitted: false });
    const listed = async (who: string): Promise<string[]> =>
      (JSON.parse((await as(who, 'GET', 'rooms')).text) as { rooms: Room[] }).rooms.map(({ slug }) => slug);
    expect([(await listed('Bob')).includes('ada'), (await listed('Ada')).includes('ada')]).toEqual([false, true]);
    expect((await as('Ada', 'POST', 'rooms/ada/unarchive')).status).toBe(200);
    expect((await listed('Bob')).includes('ada')).toBe(true);
  });

  test('is one of five at most, and has an address that is free', async () => {
    for (let i = 0; i < 5; i++) expect((await as('Cleo', 'POST', 'rooms', { slug: `cleo-${i}` })).status).toBe(200);
    expect((await as('Cleo', 'POST', 'rooms', { slug: 'cleo-5' })).code).toBe('limit-exceeded');
    expect((await as('Bob', 'POST', 'rooms', { slug: 'cleo-0' })).code).toBe('name-taken');
    expect((await as('Bob', 'POST', 'rooms', { slug: 'admin' })).code).toBe('bad-request');
    expect((await as('nobody', 'POST', 'rooms', { slug: 'x' })).code).toBe('sign-in');
  });

  test('is not to be renamed while something is live in it', async () => {
    await as('Dora', 'POST', 'rooms', { slug: 'doras' });
    const { key } = JSON.parse((await as('Dora', 'GET', 'rooms/doras/key')).text) as { key: string };
    const publisher = await server.publish({ path: 'live/doras', credentials: { key } });
    expect((await as('Dora', 'POST', 'rooms/doras/rename', { slug: 'doras-2' })).code).toBe('room-live');
    publisher.end('ended');
    expect((await as('Dora', 'POST', 'rooms/doras/rename', { slug: 'doras-2' })).status).toBe(200);
  });

  test('shows its keys to its owner alone, and nothing of another’s (S-02)', async () => {
    await as('Bob', 'POST', 'rooms', { slug: 'bobs' });
    await as('Dora', 'POST', 'rooms', { slug: 'doras-own' });
    const phone = JSON.parse((await as('Bob', 'POST', 'rooms/bobs/keys', { name: 'phone' })).text) as {
      id: string;
      key: string;
    };
    for (const [method, path] of [
      ['GET', 'key'],
      ['GET', 'keys'],
      ['GET', `keys/${phone.id}`],
      ['POST', `keys/${phone.id}/replace`],
      ['DELETE', `keys/${phone.id}`],
      ['GET', 'members'],
      ['GET', 'bans'],
      ['POST', 'end'],
      ['POST', 'passes'],
      ['POST', 'archive'],
    ] as const)
      expect((await as('Dora', method, `rooms/bobs/${path}`)).code, path).toBe('denied');
    expect((await as('Dora', 'GET', `rooms/doras-own/keys/${phone.id}`)).code).toBe('not-found');
    expect((await as('Dora', 'DELETE', `rooms/doras-own/keys/${phone.id}`)).code).toBe('not-found');
    const publisher = await server.publish({ path: 'live/bobs', credentials: { key: phone.key } });
    publisher.end('ended');
    const { text } = await as('Bob', 'GET', 'rooms/bobs/keys');
    expect(text).not.toContain(phone.key);
    expect(JSON.parse(text)).toMatchObject({
      keys: [{ name: 'main' }, { name: 'phone', lastUsed: expect.any(String) }],
    });
  });
});

describe('who may watch', () => {
  test('is everyone, and with each other rule only those whom it names; the others are told the title', async () => {
    await as('owner', 'POST', 'rooms', { slug: 'hall' });
    const allow = async (change: object): Promise<void> =>
      expect((await as('owner', 'PATCH', 'rooms/hall', change)).status).toBe(200);
    expect([await tries('nobody', 'hall'), await tries('Ada', 'hall')]).toEqual([ENTERS, ENTERS]);
    await allow({ watch: 'signed-in' });
    expect([await tries('nobody', 'hall'), await tries('Ada', 'hall')]).toEqual([Array(5).fill(401), ENTERS]);
    await allow({ watch: 'list' });
    expect([await tries('nobody', 'hall'), await tries('Ada', 'hall'), await tries('owner', 'hall')]).toEqual([
      Array(5).fill(401),
      Array(5).fill(403),
      ENTERS,
    ]);
    expect(await roomAs('Ada', 'hall')).toMatchObject({ title: 'Hall', admitted: false, tracks: [], viewers: 0 });
    await as('owner', 'POST', 'rooms/hall/members', { name: 'Ada', role: 'viewer' });
    expect(await tries('Ada', 'hall')).toEqual(ENTERS);
  });

  test('is who knows the password, also without an account; a wrong one is tried ten times', async () => {
    await as('owner', 'POST', 'rooms', { slug: 'club', watch: 'password', password: 'open sesame' });
    expect(await tries('nobody', 'club')).toEqual(Array(5).fill(403));
    const enter = (password: string): Promise<Answer> => as('nobody', 'POST', 'rooms/club/enter', { password });
    expect((await enter('wrong')).code).toBe('wrong-password');
    const entered = await enter('open sesame');
    expect(entered.status).toBe(204);
    cookies['visitor'] = entered.headers.getSetCookie()[0]!.split(';')[0]!;
    expect(await tries('visitor', 'club')).toEqual(ENTERS);
    expect((await as('Ada', 'POST', 'rooms/club/enter', { password: 'open sesame' })).headers.getSetCookie()).toEqual(
      [],
    );
    expect(await tries('Ada', 'club')).toEqual(ENTERS);
    const codes: (string | undefined)[] = [];
    for (let i = 0; i < 12; i++) codes.push((await enter('wrong')).code);
    expect(codes.at(-1)).toBe('too-many-requests');
    expect(codes.filter((code) => code === 'wrong-password').length).toBeLessThanOrEqual(8);
  });

  test('is who has a signed link, in the page and in a player', async () => {
    await as('owner', 'POST', 'rooms', { slug: 'den', watch: 'link' });
    const made = JSON.parse((await as('owner', 'POST', 'rooms/den/passes', { viewer: 'tv', minutes: 10 })).text) as {
      pass: string;
      url: string;
    };
    expect(made.url).toBe(`${server.base}/den#pass=${made.pass}`);
    const statuses = async (): Promise<number[]> => {
      const found: number[] = [];
      for (const path of [
        `/live/den.flv?pass=${made.pass}`,
        `/live/den/pass/${made.pass}/index.m3u8`,
        '/live/den/index.m3u8',
      ]) {
        const socket = await RawSocket.upgrade(server.port, path, { Connection: undefined, Upgrade: undefined });
        open.push(socket);
        found.push((await socket.head()).status!);
      }
      return found;
    };
    expect(await statuses()).toEqual([200, 404, 403]);
    // Who comes by the pass alone is told that they are in.
    const byPass = await RawSocket.webSocket(server.port, `/ws/den?pass=${made.pass}`);
    open.push(byPass);
    expect(await byPass.message('hello')).toMatchObject({ room: { slug: 'den', admitted: true } });
    const told = await server.call('GET', `/api/v1/rooms/den?pass=${made.pass}`, {});
    expect(JSON.parse(told.text)).toMatchObject({ admitted: true, role: 'guest' });
    expect((await as('Bob', 'POST', 'rooms/den/enter', { pass: made.pass })).status).toBe(204);
    expect(await tries('Bob', 'den')).toEqual(ENTERS);
    expect((await as('owner', 'DELETE', 'rooms/den/passes')).status).toBe(204);
    expect([await statuses(), await tries('Bob', 'den')]).toEqual([[403, 403, 403], Array(5).fill(403)]);
    expect((await as('Bob', 'POST', 'rooms/den/enter', { pass: made.pass })).code).toBe('denied');
  });
});

describe('a ban is refused in words', () => {
  let slug: string;
  beforeAll(async () => {
    slug = 'ranks';
    await as('owner', 'POST', 'rooms', { slug });
    for (const name of ['Cleo', 'Ada']) await as('owner', 'POST', `rooms/${slug}/members`, { name, role: 'moderator' });
  });
  const ban = async (who: string, body: object): Promise<unknown[]> => {
    const { status, text } = await as(who, 'POST', `rooms/${slug}/bans`, body);
    const { error } = JSON.parse(text) as { error?: { code: string; detail?: { why: string } } };
    return [status, error?.code, error?.detail?.why].filter((each) => each !== undefined);
  };

  test.each([
    ['another who looks after the room', 'Cleo', async () => ({ name: 'Ada' }), [403, 'denied', 'moderator-ban']],
    [
      'their network, too',
      'Cleo',
      async () => ({ who: await idOf('Ada'), network: '203.0.113.1' }),
      [403, 'denied', 'moderator-ban'],
    ],
    ['themselves', 'Cleo', async () => ({ who: await idOf('Cleo') }), [403, 'denied', 'self-ban']],
    ['the owner', 'Cleo', async () => ({ who: await idOf('owner') }), [403, 'denied', 'owner-ban']],
    ['the server', 'Cleo', async () => ({ who: 'server' }), [403, 'denied', 'owner-ban']],
    ['themselves as its owner', 'owner', async () => ({ who: await idOf('owner') }), [403, 'denied', 'owner-ban']],
    ['nobody that there is', 'owner', async () => ({ who: 'nonsense' }), [404, 'not-found']],
    ['an account that there is not', 'owner', async () => ({ who: 'u_AAAAAAAAAAAAAAAA' }), [404, 'not-found']],
    ['a viewer without a name', 'owner', async () => ({ who: 'p_' }), [404, 'not-found']],
  ])('of one who bans %s', async (_whom, by, body, expected) => {
    expect(await ban(by, await body())).toEqual(expected);
    expect(JSON.parse((await as('owner', 'GET', `rooms/${slug}/bans`)).text)).toEqual({ bans: [] });
  });

  test('and that of one who looks after the room is made and lifted by its owner alone', async () => {
    expect(await ban('owner', { name: 'Ada' })).toEqual([200]);
    expect(await roomAs('Ada', slug)).toMatchObject({ role: 'banned', admitted: false });
    const { bans } = JSON.parse((await as('owner', 'GET', `rooms/${slug}/bans`)).text) as { bans: { id: string }[] };
    const lift = async (who: string): Promise<unknown> =>
      (await as(who, 'DELETE', `rooms/${slug}/bans/${bans[0]!.id}`)).status;
    expect([await lift('Ada'), await lift('Cleo'), await ban('Ada', { name: 'Bob' })]).toEqual([
      403,
      403,
      [403, 'denied'],
    ]);
    expect(await lift('owner')).toBe(204);
    expect(await roomAs('Ada', slug)).toMatchObject({ role: 'moderator', admitted: true });
  });

  test('but a guest, or the viewer of a link with the longest name, can be banned', async () => {
    for (const who of ['g_AAAAAAAAAAAAAAAA', `p_${'v'.repeat(80)}`])
      expect(await ban('Cleo', { who }), who).toEqual([200]);
  });
});

describe('within two seconds (S-16)', () => {
  test('a ban ends what somebody watches and where they are, by account and by network, and nothing of others', async () => {
    await as('owner', 'POST', 'rooms', { slug: 'yard' });
    await as('owner', 'POST', 'rooms/yard/members', { name: 'Cleo', role: 'moderator' });
    const { key } = JSON.parse((await as('owner', 'GET', 'rooms/yard/key')).text) as { key: string };
    const publisher = await server.publish({ path: 'live/yard', credentials: { key } });
    const watch = async (who: string, path: string, address?: string): Promise<RawSocket> => {
      const socket = await RawSocket.upgrade(server.port, path, headersOf(who, address));
      open.push(socket);
      expect((await socket.head()).status).toBe(101);
      return socket;
    };
    const [media, place] = [await watch('Bob', '/live/yard.flv'), await watch('Bob', '/ws/yard')];
    const guest = await watch('nobody', '/live/yard.mp4', '203.0.113.5');
    const [other, moderator] = [await watch('Ada', '/live/yard.flv'), await watch('Cleo', '/ws/yard')];
    const begin = performance.now();
    expect((await as('Cleo', 'POST', 'rooms/yard/bans', { name: 'Bob', reason: 'spam' })).status).toBe(200);
    await as('Cleo', 'POST', 'rooms/yard/bans', { network: '203.0.113.0/24', minutes: 5 });
    await Promise.all([media.closed(), place.closed(), guest.closed()]);
    expect(performance.now() - begin).toBeLessThan(AT_ONCE);
    expect([other.ended, moderator.ended]).toEqual([false, false]);
    expect([await tries('Bob', 'yard'), await tries('nobody', 'yard', '203.0.113.77')]).toEqual([
      Array(5).fill(403),
      Array(5).fill(403),
    ]);
    expect(await roomAs('Bob', 'yard')).toMatchObject({ role: 'banned', admitted: false, ban: { reason: 'spam' } });
    expect(await roomAs('Ada', 'yard')).not.toHaveProperty('ban');
    const { bans } = JSON.parse((await as('Cleo', 'GET', 'rooms/yard/bans')).text) as {
      bans: { id: string; name?: string }[];
    };
    expect(bans.map(({ name }) => name)).toEqual([undefined, 'Bob']);
    expect((await as('Cleo', 'DELETE', `rooms/yard/bans/${bans[1]!.id}`)).status).toBe(204);
    expect((await tries('Bob', 'yard')).slice(0, 3)).toEqual([101, 101, 101]);
    publisher.end('ended');
  });

  test('a ban of the viewer of a link ends what those watch whose browser was let in by it, also after a restart', async () => {
    await as('owner', 'POST', 'rooms', { slug: 'cellar', watch: 'link' });
    const passOf = async (viewer: string): Promise<string> =>
      (JSON.parse((await as('owner', 'POST', 'rooms/cellar/passes', { viewer })).text) as { pass: string }).pass;
    for (const [who, viewer] of [
      ['Bob', 'tv'],
      ['Ada', 'phone'],
    ] as const)
      expect((await as(who, 'POST', 'rooms/cellar/enter', { pass: await passOf(viewer) })).status).toBe(204);
    const [bob, ada] = await Promise.all(
      ['Bob', 'Ada'].map(async (who) => {
        const socket = await RawSocket.upgrade(server.port, '/live/cellar.flv', headersOf(who));
        open.push(socket);
        expect((await socket.head()).status).toBe(101);
        return socket;
      }),
    );
    const begin = performance.now();
    expect((await as('owner', 'POST', 'rooms/cellar/bans', { who: 'p_tv' })).status).toBe(200);
    await bob!.closed();
    expect(performance.now() - begin).toBeLessThan(AT_ONCE);
    expect([ada!.ended, (await roomAs('Bob', 'cellar')).role]).toEqual([false, 'banned']);
    const { store, scheduler } = server.app;
    const entries = await RoomEntries.open(store, scheduler);
    const id = server.app.services.rooms.idOf('cellar')!;
    expect(entries.viewerOf({ id }, await idOf('Bob'))).toBe('p_tv');
  });

  test('a role that is taken away, and a room that becomes private, end what is not allowed any more', async () => {
    await as('owner', 'POST', 'rooms', { slug: 'attic' });
    await as('owner', 'POST', 'rooms/attic/members', { name: 'Ada', role: 'moderator' });
    const enter = async (who: string, path: string): Promise<RawSocket> => {
      const socket = await RawSocket.upgrade(server.port, path, headersOf(who));
      open.push(socket);
      expect((await socket.head()).status).toBe(101);
      return socket;
    };
    const [ada, bob, media] = [
      await enter('Ada', '/ws/attic'),
      await enter('Bob', '/ws/attic'),
      await enter('Bob', '/live/attic.flv'),
    ];
    let begin = performance.now();
    expect((await as('owner', 'DELETE', `rooms/attic/members/${await idOf('Ada')}`)).status).toBe(204);
    await ada.closed();
    expect(performance.now() - begin).toBeLessThan(AT_ONCE);
    expect([bob.ended, (await as('Ada', 'GET', 'rooms/attic/bans')).code]).toEqual([false, 'denied']);
    begin = performance.now();
    await as('owner', 'PATCH', 'rooms/attic', { watch: 'list' });
    await Promise.all([bob.closed(), media.closed()]);
    expect(performance.now() - begin).toBeLessThan(AT_ONCE);
  });

  test('a key that is revoked cuts who publishes with it', async () => {
    await as('owner', 'POST', 'rooms', { slug: 'stage' });
    const { id, key } = JSON.parse((await as('owner', 'POST', 'rooms/stage/keys', { name: 'phone' })).text) as {
      id: string;
      key: string;
    };
    const { promise: closed, resolve } = Promise.withResolvers<string | undefined>();
    await server.publish({ path: 'live/stage', credentials: { key }, close: (_reason, error) => resolve(error?.code) });
    const begin = performance.now();
    expect((await as('owner', 'DELETE', `rooms/stage/keys/${id}`)).status).toBe(204);
    expect(await closed).toBe('wrong-key');
    expect(performance.now() - begin).toBeLessThan(AT_ONCE);
  });
});

test('what was changed is kept with who changed it, without secrets, for those who look after it', async () => {
  await as('owner', 'POST', 'rooms', { slug: 'logged', watch: 'password', password: 'open sesame' });
  await as('owner', 'PATCH', 'rooms/logged', { title: 'Another title' });
  await as('owner', 'POST', 'rooms/logged/members', { name: 'Cleo', role: 'moderator' });
  await as('Bob', 'PATCH', 'rooms/logged', { title: 'Bob’s title' });
  interface Entries {
    entries: { action: string; room?: string; remote: string; who: string; details: object }[];
  }
  const read = async (who: string, path: string): Promise<Entries['entries']> =>
    (JSON.parse((await as(who, 'GET', path)).text) as Entries).entries;
  const about = await read('Cleo', 'rooms/logged/audit');
  expect(about.map(({ action, details }) => [action, details])).toEqual([
    ['POST /rooms/:slug/members', { name: 'Cleo', role: 'moderator' }],
    ['PATCH /rooms/:slug', { title: 'Another title' }],
  ]);
  expect(about[0]).toMatchObject({ room: 'logged', remote: '198.51.100.0/24', who: await idOf('owner') });
  expect((await read('owner', 'rooms/logged/audit'))[0]!.remote).toBe('198.51.100.9');
  const [made] = (await read('owner', 'audit')).filter(({ action }) => action === 'POST /rooms');
  expect(made!.details).toEqual({ slug: 'logged', watch: 'password', password: '…' });
  expect((await as('Bob', 'GET', 'rooms/logged/audit')).code).toBe('denied');
  expect((await as('Cleo', 'GET', 'audit')).code).toBe('denied');
});

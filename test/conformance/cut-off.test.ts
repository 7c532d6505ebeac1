import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { RawSocket } from '../raw-socket.ts';
import { until } from '../servers.ts';
import { type Answer, startTestServer, type TestServer } from '../test-server.ts';
import { SocketPeer } from './rtmp/socket-peer.ts';

/** What is decided about somebody takes effect within this. ms */
const AT_ONCE = 2000;
const DAY = 86_400_000_000;
const PASSWORD = 'a good password';

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer({ limits: { callsPerAddress: 0 } });
});
afterAll(() => server.close());

async function byOwner(method: string, path: string, body?: object): Promise<Record<string, string>> {
  const answer = await server.call(method, `/api/v1/${path}`, {
    headers: { Authorization: `Bearer ${server.bearer}` },
    ...(body ? { body } : {}),
  });
  expect(answer.status, `${method} ${path}: ${answer.text}`).toBeLessThan(300);
  return answer.text === '' ? {} : (JSON.parse(answer.text) as Record<string, string>);
}

/** Somebody and a room of their own to be in. */
interface Case {
  slug: string;
  name: string;
  id: string;
  /** By which they are signed in. */
  cookie: string;
  /** What they do themselves, in another browser where it is said so. */
  call(method: string, path: string, body?: object, cookie?: string): Promise<Answer>;
  signIn(): Promise<string>;
}

let cases = 0;

async function newRoom(settings: object): Promise<string> {
  const slug = `hall-${++cases}`;
  await byOwner('POST', 'rooms', { slug, ...settings });
  return slug;
}

async function newCase(settings: object, role = 'viewer'): Promise<Case> {
  const slug = await newRoom(settings);
  const name = `Ada${cases}`;
  const { user } = (await byOwner('POST', 'users', { name, password: PASSWORD })) as unknown as {
    user: { id: string };
  };
  await byOwner('POST', `rooms/${slug}/members`, { name, role });
  const call: Case['call'] = (method, path, body, cookie = '') =>
    server.call(method, `/api/v1/${path}`, { headers: { Origin: server.base, Cookie: cookie }, ...(body && { body }) });
  const signIn = async (): Promise<string> => {
    const answer = await call('POST', 'sign-in', { name, password: PASSWORD });
    return answer.headers.getSetCookie()[0]!.split(';')[0]!;
  };
  return { slug, name, id: user.id, cookie: await signIn(), call, signIn };
}

/** How somebody shows who they are: to a browser’s routes, and in the address of RTMP where that can be. */
interface Proof {
  headers: Record<string, string>;
  query?: string;
}

const asBrowser = ({ cookie }: Case): Proof => ({ headers: { Origin: server.base, Cookie: cookie } });

/** One who watches by every way; gives what ends each. */
async function watchAll(
  slug: string,
  { headers, query }: Proof,
): Promise<[way: string, ends: () => Promise<unknown>][]> {
  const asked = query === undefined ? '' : `?${query}`;
  const open = async (path: string, upgrade: boolean): Promise<RawSocket> => {
    const plain = upgrade ? {} : { Connection: undefined, Upgrade: undefined };
    const socket = await RawSocket.upgrade(server.port, path + asked, { ...headers, ...plain });
    expect((await socket.head()).status, path).toBe(upgrade ? 101 : 200);
    return socket;
  };
  const bodies = await Promise.all(['flv', 'ts', 'mp4'].map((format) => open(`/live/${slug}.${format}`, false)));
  const sockets = await Promise.all(['flv', 'mp4'].map((format) => open(`/live/${slug}.${format}`, true)));
  const [room, talk] = [await open(`/ws/${slug}`, true), await open(`/ws/${slug}`, true)];
  room.frame(0x81, JSON.stringify({ type: 'media', format: 'flv' }));
  expect(await room.message('ok')).toMatchObject({ format: 'flv' });
  const url = `${server.base}/live/${slug}/index.m3u8${asked}`;
  // Nothing is live, so a list is not found by those who may ask for it.
  expect((await fetch(url, { headers })).status).toBe(404);
  const isShut = async (): Promise<boolean> => [401, 403].includes((await fetch(url, { headers })).status);
  const ways: [string, () => Promise<unknown>][] = [
    ...bodies.map((socket): [string, () => Promise<unknown>] => ['HTTP', () => socket.rest()]),
    ...sockets.map((socket): [string, () => Promise<unknown>] => ['WebSocket', () => socket.closed()]),
    ['media of the room’s socket', () => room.closed()],
    ['the room’s socket', () => talk.closed()],
    ['HLS', () => until('the next list is refused', isShut)],
  ];
  if (query !== undefined || Object.keys(headers).length === 0) {
    const peer = await SocketPeer.begun(server.server.rtmp.port, 'play', slug + asked);
    ways.push(['RTMP', () => until('RTMP is closed', () => peer.closedAt !== undefined)]);
  }
  return ways;
}

/** Does what ends it all; every way is cut in time once it is done, and no session is left. */
async function expectCut(slug: string, proof: Proof, decide: () => Promise<unknown>): Promise<void> {
  const ways = await watchAll(slug, proof);
  const { hub } = server.server;
  await decide();
  const begin = performance.now();
  await Promise.all(
    ways.map(async ([way, ends]) => {
      await ends();
      expect(performance.now() - begin, way).toBeLessThan(AT_ONCE);
    }),
  );
  expect([...hub.sessionsOf(`live/${slug}`)].filter(({ access }) => access.protocol !== 'hls')).toEqual([]);
}

const ofMembers: [what: string, decide: (at: Case) => Promise<unknown>, role?: string][] = [
  ['signs out', ({ call, cookie }) => call('POST', 'sign-out', {}, cookie)],
  [
    'is signed out in another browser',
    async ({ call, signIn }) =>
      expect((await call('DELETE', 'me/sign-ins', undefined, await signIn())).status).toBe(204),
  ],
  [
    'has another password',
    async ({ call, signIn }) => {
      const change = { password: 'an even better one', currentPassword: PASSWORD };
      expect((await call('PATCH', 'me', change, await signIn())).status).toBe(200);
    },
  ],
  ['is disabled', ({ id }) => byOwner('PATCH', `users/${id}`, { disabled: true })],
  ['is taken away', ({ id }) => byOwner('DELETE', `users/${id}`)],
  ['is banned', ({ slug, name }) => byOwner('POST', `rooms/${slug}/bans`, { name })],
  [
    'looks after the room and is banned',
    async ({ slug, name, call, cookie }) => {
      await byOwner('POST', `rooms/${slug}/bans`, { name });
      expect((await call('GET', `rooms/${slug}/bans`, undefined, cookie)).status).toBe(403);
    },
    'moderator',
  ],
  ['has no role any more', ({ slug, id }) => byOwner('DELETE', `rooms/${slug}/members/${id}`)],
];

describe('S-16 every way of watching is cut within two seconds for one who', () => {
  test.each(ofMembers)('%s', async (_what, decide, role = 'viewer') => {
    const at = await newCase({ watch: 'list' }, role);
    await expectCut(at.slug, asBrowser(at), () => decide(at));
  });

  test('watches by a token that is revoked', async () => {
    const at = await newCase({ watch: 'list' });
    const made = await at.call('POST', 'tokens', { scope: 'read' }, at.cookie);
    const { token } = JSON.parse(made.text) as { token: string };
    const { tokens } = JSON.parse((await at.call('GET', 'tokens', undefined, at.cookie)).text) as {
      tokens: { id: string }[];
    };
    const proof = { headers: { Authorization: `Bearer ${token}` } };
    await expectCut(at.slug, proof, () => at.call('DELETE', `tokens/${tokens[0]!.id}`, undefined, at.cookie));
  });

  test('watches by a token whose time is over', async () => {
    const at = await newCase({ watch: 'list' });
    const made = await at.call('POST', 'tokens', { scope: 'read', days: 1 }, at.cookie);
    const { token } = JSON.parse(made.text) as { token: string };
    await expectCut(at.slug, { headers: { Authorization: `Bearer ${token}` } }, async () => {
      server.clock.ahead += DAY;
    });
  });

  test('watches in a browser whose cookie is too old', async () => {
    const at = await newCase({ watch: 'list' });
    await expectCut(at.slug, asBrowser(at), async () => {
      server.clock.ahead += 401 * DAY;
    });
  });

  test('came by a link, as all links are ended', async () => {
    const { slug } = await newCase({ watch: 'link' });
    const { pass } = await byOwner('POST', `rooms/${slug}/passes`, {});
    await expectCut(slug, { headers: {}, query: `pass=${pass}` }, () => byOwner('DELETE', `rooms/${slug}/passes`));
  });

  test.each(['link', 'everyone'])('came by a link whose viewer is banned from a room with watch: %s', async (watch) => {
    const slug = await newRoom({ watch });
    const { pass } = await byOwner('POST', `rooms/${slug}/passes`, { viewer: 'tv', minutes: 60 });
    await expectCut(slug, { headers: {}, query: `pass=${pass}` }, async () => {
      expect(await byOwner('POST', `rooms/${slug}/bans`, { who: 'p_tv' })).toMatchObject({ who: 'p_tv', name: 'tv' });
    });
    const again = await server.call('GET', `/live/${slug}.flv?pass=${pass}`);
    expect([again.status, again.text]).toEqual([403, expect.stringContaining('You are banned from this room.')]);
  });

  test('came by a link whose time is over', async () => {
    const { slug } = await newCase({ watch: 'link' });
    const { pass } = await byOwner('POST', `rooms/${slug}/passes`, { minutes: 5 });
    await expectCut(slug, { headers: {}, query: `pass=${pass}` }, async () => {
      server.clock.ahead += DAY / 24;
    });
  });

  test('was let in by a link whose time is over, unless another link let them in for longer', async () => {
    const slug = await newRoom({ watch: 'link' });
    const browser = { Origin: server.base, Cookie: '' };
    for (const minutes of [5, 30, 5]) {
      const { pass } = await byOwner('POST', `rooms/${slug}/passes`, { minutes });
      const entered = await server.call('POST', `/api/v1/rooms/${slug}/enter`, { headers: browser, body: { pass } });
      expect(entered.status).toBe(204);
      browser.Cookie ||= entered.headers.getSetCookie()[0]!.split(';')[0]!;
    }
    const flv = async (): Promise<number> => {
      const options = { ...browser, Connection: undefined, Upgrade: undefined };
      const socket = await RawSocket.upgrade(server.port, `/live/${slug}.flv`, options);
      const { status } = await socket.head();
      socket.destroy();
      return status!;
    };
    server.clock.ahead += DAY / 144;
    expect(await flv()).toBe(200);
    await expectCut(slug, { headers: browser }, async () => {
      server.clock.ahead += DAY / 48;
    });
    expect(await flv()).toBe(403);
  });

  test.each([
    ['becomes one for its members', (slug: string) => byOwner('PATCH', `rooms/${slug}`, { watch: 'list' })],
    [
      'becomes one for those who have signed in',
      (slug: string) => byOwner('PATCH', `rooms/${slug}`, { watch: 'signed-in' }),
    ],
    ['gets a password', (slug: string) => byOwner('PATCH', `rooms/${slug}`, { watch: 'password', password: 'sesame' })],
    ['is put away', (slug: string) => byOwner('POST', `rooms/${slug}/archive`)],
    ['bans their network', (slug: string) => byOwner('POST', `rooms/${slug}/bans`, { network: '127.0.0.0/8' })],
  ] as const)('is a guest of a room that %s', async (_what, decide) => {
    const { slug } = await newCase({});
    await expectCut(slug, { headers: {} }, () => decide(slug));
  });
});

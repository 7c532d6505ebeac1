import { createHmac } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { toRoomcastError } from '../../src/errors.ts';
import { RawSocket } from '../raw-socket.ts';
import { SocketPeer } from './rtmp/socket-peer.ts';
import { type Answer, startTestServer, type TestServer } from '../test-server.ts';

const MINUTE = 60_000_000;
const DAY = 1440 * MINUTE;

let server: TestServer;
let other: TestServer;
/** Of the room `den`: without an end, and with one in ten minutes. */
const good = { endless: '', short: '', guest: '' };
/** Tokens that are good for something else. */
const misplaced: Record<string, string> = {};

const owner = (at: TestServer, method: string, path: string, body?: object): Promise<Answer> =>
  at.call(method, `/api/v1/${path}`, {
    headers: { Authorization: `Bearer ${at.bearer}` },
    ...(body ? { body } : {}),
  });

async function passOf(at: TestServer, slug: string, body: object = {}): Promise<string> {
  return (JSON.parse((await owner(at, 'POST', `rooms/${slug}/passes`, body)).text) as { pass: string }).pass;
}

async function guestOf(at: TestServer): Promise<string> {
  const answer = await at.call('POST', '/api/v1/guest', { headers: { Origin: at.base }, body: { name: 'Gus' } });
  return answer.headers.getSetCookie()[0]!.split(';')[0]!.split('=')[1]!;
}

beforeAll(async () => {
  const options = { trustedProxies: ['127.0.0.1'], limits: { callsPerAddress: 0 } };
  [server, other] = await Promise.all([startTestServer(options), startTestServer(options)]);
  for (const at of [server, other]) {
    await owner(at, 'POST', 'rooms', { slug: 'den', watch: 'link' });
    await owner(at, 'POST', 'rooms', { slug: 'attic', watch: 'link' });
  }
  good.endless = await passOf(server, 'den', { viewer: 'tv' });
  good.short = await passOf(server, 'den', { minutes: 10 });
  good.guest = await guestOf(server);
  misplaced['the pass of another room'] = await passOf(server, 'attic');
  misplaced['the pass of another server'] = await passOf(other, 'den', { viewer: 'tv' });
  misplaced['the pass of a guest'] = good.guest;
  misplaced['the pass of a guest of another server'] = await guestOf(other);
  misplaced['a publish key'] = server.key;
  misplaced['the cookie of the owner'] = server.cookie.split('=')[1]!;
  misplaced['a token of a program'] = server.bearer;
});
afterAll(() => Promise.all([server.close(), other.close()]));

/** Statuses of every door of a room that takes a pass. */
async function statusesOf(pass: string, slug = 'den'): Promise<(number | undefined)[]> {
  const found: (number | undefined)[] = [];
  const inQuery = encodeURIComponent(pass);
  for (const path of [
    `/live/${slug}.flv?pass=${inQuery}`,
    `/live/${slug}.mp4?pass=${inQuery}`,
    `/ws/${slug}?pass=${inQuery}`,
  ]) {
    const socket = await RawSocket.upgrade(server.port, path);
    found.push((await socket.head()).status);
    socket.destroy();
  }
  found.push((await server.call('GET', `/live/${slug}/pass/${inQuery}/index.m3u8`)).status);
  const body = { pass: pass.slice(0, 1024) };
  found.push(
    (await server.call('POST', `/api/v1/rooms/${slug}/enter`, { headers: { Origin: server.base }, body })).status,
  );
  const told = await server.call('GET', `/api/v1/rooms/${slug}?pass=${inQuery}`);
  found.push((JSON.parse(told.text) as { admitted?: boolean }).admitted === true ? 200 : 403);
  return found;
}

/** Nothing is live, so a list is not found by those who may ask for it. */
const ENTERS = [101, 101, 101, 404, 204, 200];

const base64 = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');
const payloadOf = (token: string): Record<string, unknown> =>
  JSON.parse(Buffer.from(token.slice(3).split('.')[0]!, 'base64url').toString()) as Record<string, unknown>;
const signatureOf = (token: string): string => token.split('.')[1]!;
/** The same signature under another payload. */
const saying = (token: string, change: object): string =>
  `${token.slice(0, 3)}${base64({ ...payloadOf(token), ...change })}.${signatureOf(token)}`;
const signedWith = (key: string, token: string): string => {
  const [text = ''] = token.split('.');
  return `${text}.${createHmac('sha256', key).update(text).digest('base64url')}`;
};
const flipped = (token: string, at: number, bit: number): string => {
  const bytes = Buffer.from(token);
  bytes[at < 0 ? bytes.length + at : at]! ^= 1 << bit;
  return bytes.toString('latin1');
};
/** The next letter of base64url, whose lowest bits are not part of what is coded. */
const sparing = (token: string): string => {
  const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
  return token.slice(0, -1) + letters[letters.indexOf(token.at(-1)!) ^ 1]!;
};

/** What somebody makes of a token that is good, or of none. */
const forgeries: readonly [string, (token: string) => string][] = [
  ['nothing', () => ''],
  ['its prefix', (token) => token.slice(0, 3)],
  ['no signature', (token) => token.split('.')[0]!],
  ['an empty signature', (token) => `${token.split('.')[0]}.`],
  ['its signature alone', (token) => signatureOf(token)],
  ['two signatures', (token) => `${token}.${signatureOf(token)}`],
  ['itself twice', (token) => token + token],
  ['a part less', (token) => token.slice(0, -1)],
  ['spare bits of its last letter', sparing],
  ['padding', (token) => `${token}=`],
  ['another alphabet of base64', (token) => `${token.slice(0, -4)}+/+/`],
  ['a space behind it', (token) => `${token} `],
  ['a line behind it', (token) => `${token}\r\n`],
  ['a NUL behind it', (token) => `${token}\0`],
  ['small letters', (token) => token.toLowerCase()],
  ['capitals', (token) => token.toUpperCase()],
  ['the prefix of a pass of a room', (token) => `rp_${token.slice(3)}x`],
  ['the prefix of the other kind', (token) => (token.startsWith('rp_') ? 'rg_' : 'rp_') + token.slice(3)],
  ['no prefix', (token) => token.slice(3)],
  ['a bit of the prefix', (token) => flipped(token, 1, 0)],
  ['the first bit of what it says', (token) => flipped(token, 3, 0)],
  ['a bit in the middle of what it says', (token) => flipped(token, 20, 1)],
  ['the dot', (token) => token.replace('.', '_')],
  ['the first bit of its signature', (token) => flipped(token, -43, 0)],
  ['a bit in the middle of its signature', (token) => flipped(token, -20, 2)],
  ['the last bit of its signature', (token) => flipped(token, -1, 3)],
  ['a later end', (token) => saying(token, { e: 9_999_999_999 })],
  ['no end', (token) => saying(token, { e: undefined })],
  ['an end that is no number', (token) => saying(token, { e: '9999999999' })],
  ['an end before time', (token) => saying(token, { e: -1 })],
  [
    'an endless end',
    (token) => `${token.slice(0, 3)}${Buffer.from('{"e":1e999}').toString('base64url')}.${signatureOf(token)}`,
  ],
  ['another room', (token) => saying(token, { r: 'r_attic' })],
  ['another person', (token) => saying(token, { i: 'u_owner', v: 'owner' })],
  ['a claim to be the admin', (token) => saying(token, { admin: true, kind: 'server' })],
  ['an earlier turn', (token) => saying(token, { p: 0 })],
  [
    'a prototype',
    (token) =>
      `${token.slice(0, 3)}${Buffer.from('{"__proto__":{"r":1}}').toString('base64url')}.${signatureOf(token)}`,
  ],
  ['a list', (token) => `${token.slice(0, 3)}${base64([payloadOf(token)])}.${signatureOf(token)}`],
  ['a signature by an empty key', (token) => signedWith('', token)],
  ['a signature by a key that everybody knows', (token) => signedWith('secret', token)],
  ['a signature by its own prefix', (token) => signedWith(token.slice(0, 3), token)],
  ['a JWT without an algorithm', (token) => `${base64({ alg: 'none', typ: 'JWT' })}.${base64(payloadOf(token))}.`],
  [
    'a JWT that names a key of its own',
    (token) => {
      const text = `${base64({ alg: 'HS256', kid: '/dev/null', jku: 'http://127.0.0.1/' })}.${base64(payloadOf(token))}`;
      return `${text}.${createHmac('sha256', '').update(text).digest('base64url')}`;
    },
  ],
  ['a very long one', (token) => token.slice(0, 3) + 'A'.repeat(4000) + token.slice(3)],
];

test('S-06 there are more than forty ways to make one up', () => {
  expect(forgeries.length).toBeGreaterThanOrEqual(40);
});

test('S-06 a pass opens its room through every door, and no other room', async () => {
  expect(await statusesOf(good.endless)).toEqual(ENTERS);
  expect(await statusesOf(good.short)).toEqual(ENTERS);
  expect(await statusesOf(good.endless, 'attic')).toEqual(Array(6).fill(403));
});

test('S-06 a pass that somebody made up from a good one opens nothing', async () => {
  for (const [name, forge] of forgeries) {
    for (const token of [good.endless, good.short]) {
      const forged = forge(token);
      if (forged === token) continue;
      const statuses = await statusesOf(forged);
      expect(
        statuses.filter((status) => status! < 400),
        `${name}: ${forged.slice(0, 200)}`,
      ).toEqual([]);
    }
  }
});

test('S-06 what is good for something else opens no room', async () => {
  for (const [name, token] of Object.entries(misplaced))
    expect(
      (await statusesOf(token)).filter((status) => status! < 400),
      name,
    ).toEqual([]);
});

test('S-06 a pass is nobody, publishes nothing, and is no address of IRC or of the API', async () => {
  for (const pass of [good.endless, good.short]) {
    for (const headers of [{ Authorization: `Bearer ${pass}` }, { Origin: server.base, Cookie: `roomcast=${pass}` }]) {
      const me = await server.call('GET', '/api/v1/me', { headers });
      expect([me.status === 401 || (JSON.parse(me.text) as { user: unknown }).user === null]).toEqual([true]);
      expect(
        (await server.call('PATCH', '/api/v1/rooms/den', { headers, body: { title: 'x' } })).status,
      ).toBeGreaterThan(400);
    }
    for (const access of [
      { path: 'live/den', credentials: { key: pass } },
      { path: `live/${pass}`, credentials: {} },
      { path: 'live/den', credentials: { pass } },
    ])
      expect(
        await server.publish(access).then(
          () => 'published',
          (error: unknown) => toRoomcastError(error).code,
        ),
      ).toMatch(/denied|bad-key|not-found|key|bad-path/);
  }
});

test('S-06 a pass ends at its time, to a second, wherever the clock of its holder is', async () => {
  const left = (payloadOf(good.short)['e'] as number) * 1000 - Date.now();
  server.clock.ahead = (left - 2000) * 1000;
  expect(await statusesOf(good.short)).toEqual(ENTERS);
  server.clock.ahead = (left + 1) * 1000;
  expect(await statusesOf(good.short)).toEqual(Array(6).fill(403));
  expect(await statusesOf(good.endless)).toEqual(ENTERS);
  // Its holder is told so, by every protocol; nobody else is.
  const saidOf = async (pass: string): Promise<unknown[]> => {
    const body = (text: string): unknown => (JSON.parse(text) as { error: { message: string } }).error.message;
    const play = await server.call('GET', `/live/den.flv?pass=${pass}`);
    const list = await server.call('GET', `/live/den/pass/${pass}/index.m3u8`);
    const enter = { headers: { Origin: server.base }, body: { pass } };
    const door = await server.call('POST', '/api/v1/rooms/den/enter', enter);
    const peer = await SocketPeer.connected(server.server.rtmp.port);
    peer.say('createStream', 2, null);
    peer.say('play', 3, null, `den?pass=${pass}`);
    await peer.told('NetStream.Play.Failed');
    const { description } = peer.talk.commands.at(-1) as { description: string };
    return [...[play, list, door].map(({ text }) => body(text)), description.replace('denied: ', '')];
  };
  expect(await saidOf(good.short)).toEqual(Array(4).fill('This link is over; ask for a new one.'));
  for (const other of [`${good.short}x`, misplaced['the pass of another server']!])
    expect(await saidOf(other)).toEqual(Array(4).fill('This link does not open this room; ask for a new one.'));
  server.clock.ahead = 0;
});

describe('S-06 the pass of a guest', () => {
  /** The id of whom a token stands for. */
  const whoIs = async (token: string): Promise<unknown> => {
    const found = new Set<unknown>();
    const cookie = token.replaceAll(/[^\x21-\x7e]/g, '');
    const asked =
      cookie === token
        ? [{ Cookie: `roomcast=${token}`, Origin: server.base }, { Authorization: `Bearer ${token}` }]
        : [];
    for (const headers of asked) {
      const { text, status } = await server.call('GET', '/api/v1/me', { headers });
      found.add(status === 200 ? ((JSON.parse(text) as { user: { id: string } | null }).user?.id ?? null) : null);
    }
    const socket = await RawSocket.webSocket(server.port, '/ws/lobby');
    socket.frame(0x81, JSON.stringify({ id: 1, type: 'login', token: token.slice(0, 1024) || '-' }));
    let answer = await socket.message();
    while (answer['id'] !== 1) answer = await socket.message();
    socket.destroy();
    found.add((answer['user'] as { id: string } | undefined)?.id ?? null);
    return [...found];
  };

  test('stands for the guest whom it was given, and one that somebody made up for nobody', async () => {
    expect(await whoIs(good.guest)).toEqual([payloadOf(good.guest)['i']]);
    for (const [name, forge] of forgeries) {
      const forged = forge(good.guest);
      if (forged === good.guest) continue;
      expect(await whoIs(forged), `${name}: ${forged.slice(0, 200)}`).toEqual([null]);
    }
    expect(await whoIs(good.endless)).toEqual([null]);
    expect(await whoIs(misplaced['the pass of a guest of another server']!)).toEqual([null]);
  });

  test('opens no more than a guest may, and is worth nothing after ninety days', async () => {
    const headers = { Authorization: `Bearer ${good.guest}` };
    for (const path of ['tokens', 'users', 'sessions', 'rooms/lobby/key', 'rooms/lobby/bans'])
      expect((await server.call('GET', `/api/v1/${path}`, { headers })).status, path).toBeGreaterThanOrEqual(401);
    server.clock.ahead = 90 * DAY - MINUTE;
    expect(await whoIs(good.guest)).toEqual([payloadOf(good.guest)['i']]);
    server.clock.ahead = 90 * DAY + MINUTE;
    expect(await whoIs(good.guest)).toEqual([null]);
    server.clock.ahead = 0;
  });
});

test('S-06 all passes of a room are worth nothing once they are ended', async () => {
  expect((await owner(server, 'DELETE', 'rooms/den/passes')).status).toBe(204);
  for (const token of [good.endless, good.short]) expect(await statusesOf(token)).toEqual(Array(6).fill(403));
  expect(await statusesOf(await passOf(server, 'den'))).toEqual(ENTERS);
});

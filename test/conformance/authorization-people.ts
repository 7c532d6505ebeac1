import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sql } from 'kysely';
import { hashToken } from '../../src/features/accounts/secret-token.ts';
import type { Scope } from '../../src/live/access.ts';
import { plugins } from '../../src/plugins.ts';
import { openStore } from '../../src/store/store.ts';
import type { Answer, TestServer } from '../test-server.ts';
import type { Principal } from './authorization-rows.ts';

const FOREIGN = 'https://evil.example';
const DAY = 86_400_000_000;

/** Everybody who comes. */
export const principals: readonly Principal[] = [
  { name: 'anonymous', headers: () => ({}), reads: 'guest', changes: 'foreign', socket: 'guest' },
  {
    name: 'a viewer on our page',
    headers: ({ base }) => ({ Origin: base }),
    reads: 'guest',
    changes: 'guest',
    socket: 'guest',
  },
  {
    name: 'the owner on our page',
    headers: ({ base, cookie }) => ({ Origin: base, Cookie: cookie }),
    reads: 'admin',
    changes: 'admin',
    socket: 'admin',
  },
  {
    name: 'the owner’s browser without an Origin',
    headers: ({ cookie }) => ({ Cookie: cookie }),
    reads: 'admin',
    changes: 'foreign',
    socket: 'guest',
  },
  {
    name: 'the owner’s browser on a page of another site',
    headers: ({ cookie }) => ({ Origin: FOREIGN, Cookie: cookie }),
    reads: 'guest',
    changes: 'foreign',
    socket: 'guest',
  },
  {
    name: 'the owner’s browser in a sandboxed frame',
    headers: ({ cookie }) => ({ Origin: 'null', Cookie: cookie }),
    reads: 'guest',
    changes: 'foreign',
    socket: 'guest',
  },
  {
    name: 'the owner’s browser, which says that the request is from another site',
    headers: ({ cookie }) => ({ Cookie: cookie, 'Sec-Fetch-Site': 'cross-site' }),
    reads: 'guest',
    changes: 'foreign',
    socket: 'guest',
  },
  {
    name: 'a program with a token',
    server: true,
    headers: ({ bearer }) => ({ Authorization: `Bearer ${bearer}` }),
    reads: 'admin',
    changes: 'admin',
    socket: 'admin',
  },
  {
    name: 'somebody with an account on our page',
    headers: ({ base }) => ({ Origin: base, Cookie: people.account }),
    reads: 'account',
    changes: 'account',
    socket: 'account',
  },
  ...(['owner', 'moderator'] as const).map((who) => ({
    name: `${who === 'owner' ? 'the owner' : 'a moderator'} of a room on our page`,
    headers: ({ base }: TestServer) => ({ Origin: base, Cookie: cookieOf(who) }),
    room: 'garden' as const,
    reads: who,
    changes: who,
    socket: who,
  })),
  {
    name: 'the owner of a room by a token that only reads',
    headers: () => ({ Authorization: `Bearer ${people.ownerReads}` }),
    room: 'garden',
    reads: 'owner',
    changes: 'owner',
    socket: 'owner',
    scope: 'read',
  },
  {
    name: 'the owner of another room',
    headers: ({ base }) => ({ Origin: base, Cookie: cookieOf('neighbour') }),
    room: 'garden',
    reads: 'account',
    changes: 'account',
    socket: 'account',
  },
  {
    name: 'somebody who is banned from the room',
    headers: ({ base }) => ({ Origin: base, Cookie: cookieOf('banned') }),
    room: 'garden',
    banned: true,
    reads: 'account',
    changes: 'account',
    socket: 'account',
  },
  {
    name: 'a program with a token whose time is over',
    headers: () => ({ Authorization: `Bearer ${people.expiredToken}` }),
    reads: 'guest',
    changes: 'guest',
    socket: 'guest',
  },
  {
    name: 'somebody with an account on a page of another site',
    headers: () => ({ Origin: FOREIGN, Cookie: people.account }),
    reads: 'guest',
    changes: 'foreign',
    socket: 'guest',
  },
  {
    name: 'a guest with a name on our page',
    headers: ({ base }) => ({ Origin: base, Cookie: people.guest }),
    reads: 'guest',
    changes: 'guest',
    socket: 'guest',
  },
  {
    name: 'somebody whose account was disabled',
    headers: ({ base }) => ({ Origin: base, Cookie: people.disabled }),
    reads: 'guest',
    changes: 'guest',
    socket: 'guest',
  },
  {
    name: 'a browser that was signed out',
    headers: ({ base }) => ({ Origin: base, Cookie: people.signedOut }),
    reads: 'guest',
    changes: 'guest',
    socket: 'guest',
  },
  {
    name: 'a program with a token of an account',
    headers: () => ({ Authorization: `Bearer ${people.accountToken}` }),
    reads: 'account',
    changes: 'account',
    socket: 'account',
  },
  {
    name: 'a program with a token that was revoked',
    headers: () => ({ Authorization: `Bearer ${people.revokedToken}` }),
    reads: 'guest',
    changes: 'guest',
    socket: 'guest',
  },
  {
    name: 'a program with the owner’s token that only reads',
    server: true,
    headers: () => ({ Authorization: `Bearer ${people.readToken}` }),
    reads: 'admin',
    changes: 'admin',
    socket: 'admin',
    scope: 'read',
  },
  {
    name: 'a program with the pass of a guest',
    headers: () => ({ Authorization: `Bearer ${people.guest.split('=')[1]}` }),
    reads: 'guest',
    changes: 'guest',
    socket: 'guest',
  },
  {
    name: 'a program with a token on a page of another site',
    server: true,
    headers: ({ bearer }) => ({ Authorization: `Bearer ${bearer}`, Origin: FOREIGN }),
    reads: 'admin',
    changes: 'admin',
    socket: 'admin',
  },
  {
    name: 'a program with a wrong token, and the owner’s cookie',
    headers: ({ cookie, base }) => ({ Authorization: 'Bearer rt_wrong', Cookie: cookie, Origin: base }),
    reads: 'guest',
    changes: 'guest',
    socket: 'guest',
  },
  {
    name: 'a publisher, who knows the key',
    headers: ({ key, base }) => ({ Authorization: `Bearer ${key}`, Cookie: `roomcast=${key}`, Origin: base }),
    reads: 'guest',
    changes: 'guest',
    socket: 'guest',
  },
  {
    name: 'a browser with a made-up cookie',
    headers: ({ base }) => ({ Origin: base, Cookie: 'roomcast=owner; __Host-roomcast=admin; role=owner' }),
    reads: 'guest',
    changes: 'guest',
    socket: 'guest',
  },
  {
    name: 'one who says so in headers that proxies use',
    headers: ({ base }) => ({
      Origin: base,
      'X-Forwarded-For': '127.0.0.1',
      'X-Forwarded-Host': 'localhost',
      'X-Real-IP': '127.0.0.1',
      'X-Forwarded-User': 'owner',
      'X-HTTP-Method-Override': 'GET',
      'User-Agent': 'roomcast-admin',
    }),
    reads: 'guest',
    changes: 'guest',
    socket: 'guest',
    forwarded: true,
  },
  {
    name: 'the owner’s browser behind a proxy',
    headers: ({ base, cookie }) => ({ Origin: base, Cookie: cookie, 'X-Forwarded-For': '192.0.2.7' }),
    reads: 'admin',
    changes: 'admin',
    socket: 'admin',
    forwarded: true,
  },
  {
    name: 'a program with a token behind a proxy',
    server: true,
    headers: ({ bearer }) => ({ Authorization: `Bearer ${bearer}`, Forwarded: 'for=192.0.2.7' }),
    reads: 'admin',
    changes: 'admin',
    socket: 'admin',
    forwarded: true,
  },
];

/** People whom the server knows, by what they show. */
const people = {
  account: '',
  guest: '',
  disabled: '',
  signedOut: '',
  accountToken: '',
  revokedToken: '',
  expiredToken: '',
  readToken: '',
  ownerReads: '',
};

/** Those who are something in a room, whom the data folder has from before. */
const cookieOf = (who: string): string => `roomcast=cookie-of-${who}`;

/** A data folder in which there are a room with its owner and moderator, another owner, and somebody who is banned. */
export async function peopledData(): Promise<string> {
  const data = await mkdtemp(join(tmpdir(), 'roomcast-people-'));
  const store = await openStore({ folder: data, migrations: plugins.flatMap(({ migrations = [] }) => migrations) });
  const [now, never] = [new Date().toISOString(), '2099-01-01T00:00:00.000Z'];
  const { db } = store;
  for (const who of ['owner', 'moderator', 'neighbour', 'banned']) {
    await sql`INSERT INTO accounts (id, kind, name, name_key, created)
      VALUES (${`u_${who}`}, 'person', ${`a-${who}`}, ${`a-${who}`}, ${now})`.execute(db);
    await sql`INSERT INTO sign_ins (hash, account, created, expires)
      VALUES (${hashToken(`cookie-of-${who}`)}, ${`u_${who}`}, ${now}, ${never})`.execute(db);
  }
  for (const [slug, owner] of [
    ['garden', 'u_owner'],
    ['yard', 'u_neighbour'],
  ])
    await sql`INSERT INTO rooms (slug, id, created, owner, declared)
      VALUES (${slug}, ${`r_${slug}`}, ${now}, ${owner}, 0)`.execute(db);
  await sql`INSERT INTO room_members (room, account, role, since)
    VALUES ('r_garden', 'u_moderator', 'moderator', ${now})`.execute(db);
  await sql`INSERT INTO room_bans (id, room, who, by, created)
    VALUES ('b_1', 'r_garden', 'u_banned', 'u_owner', ${now})`.execute(db);
  await store.close();
  return data;
}

/** Has those come whom only the server itself can make. */
export async function invite(server: TestServer): Promise<void> {
  const owner = { Authorization: `Bearer ${server.bearer}` };
  const post = async (path: string, body: object, headers: Record<string, string>): Promise<Answer> =>
    server.call('POST', `/api/v1/${path}`, { headers, body });
  const join = async (name: string): Promise<{ cookie: string; id: string }> => {
    const answer = await post('users', { name, password: 'a good password' }, { Origin: server.base });
    const { user } = JSON.parse(answer.text) as { user: { id: string } };
    return { cookie: answer.headers.getSetCookie()[0]!.split(';')[0]!, id: user.id };
  };
  people.account = (await join('Ada')).cookie;
  const [disabled, signedOut] = [await join('Dora'), await join('Sue')];
  people.disabled = disabled.cookie;
  people.signedOut = signedOut.cookie;
  await server.call('PATCH', `/api/v1/users/${disabled.id}`, { headers: owner, body: { disabled: true } });
  await post('sign-out', {}, { Origin: server.base, Cookie: signedOut.cookie });
  const guest = await post('guest', { name: 'Ann' }, { Origin: server.base });
  people.guest = guest.headers.getSetCookie()[0]!.split(';')[0]!;
  const tokenOf = async (headers: Record<string, string>, scope: Scope, more = {}): Promise<string> =>
    (JSON.parse((await post('tokens', { scope, ...more }, headers)).text) as { token: string }).token;
  const asAda = { Origin: server.base, Cookie: people.account };
  people.accountToken = await tokenOf(asAda, 'admin');
  people.revokedToken = await tokenOf(asAda, 'manage');
  people.readToken = await tokenOf(owner, 'read');
  people.ownerReads = await tokenOf({ Origin: server.base, Cookie: cookieOf('owner') }, 'read');
  server.clock.ahead = -2 * DAY;
  people.expiredToken = await tokenOf(owner, 'admin', { days: 1 });
  server.clock.ahead = 0;
  const { tokens } = JSON.parse((await server.call('GET', '/api/v1/tokens', { headers: asAda })).text) as {
    tokens: { id: string; scope: string }[];
  };
  const revoked = tokens.find(({ scope }) => scope === 'manage')!;
  await server.call('DELETE', `/api/v1/tokens/${revoked.id}`, { headers: asAda });
}

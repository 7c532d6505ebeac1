import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sql } from 'kysely';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { bytesOf } from '../../../test/database-bytes.ts';
import { failure } from '../../../test/room-stage.ts';
import { VirtualScheduler } from '../../../test/virtual-scheduler.ts';
import type { Identity } from '../../live/access.ts';
import { SECOND } from '../../media/time.ts';
import { openStore, type Store } from '../../store/store.ts';
import { createOwner } from './0002-owner.ts';
import { createAccounts } from './0004-accounts.ts';
import { AccountDirectory } from './account-directory.ts';
import { COOKIE_LIFE } from './cookie.ts';
import { GuestPasses } from './guest-passes.ts';
import { Identities } from './identities.ts';
import { OneTimeLinks } from './one-time-links.ts';
import { hashToken, makeToken } from './secret-token.ts';
import { SignIns } from './sign-ins.ts';
import { Tokens } from './tokens.ts';

const DAY = 86_400 * SECOND;
const migrations = [createOwner, createAccounts];

let folder: string;
let store: Store;
let scheduler: VirtualScheduler;

interface Parts {
  accounts: AccountDirectory;
  signIns: SignIns;
  tokens: Tokens;
  guests: GuestPasses;
  who(credentials: { bearer?: string; cookie?: string }): Identity | undefined;
}

/** As a start does. */
async function open(): Promise<Parts> {
  const accounts = await AccountDirectory.open(store, scheduler);
  const signIns = await SignIns.open(store, scheduler);
  const tokens = await Tokens.open(store, scheduler);
  const guests = new GuestPasses((text) => store.seal.mac(text, 'guests'), scheduler);
  const identities = new Identities({ accounts, signIns, tokens, guests });
  return { accounts, signIns, tokens, guests, who: (credentials) => identities.identify(credentials) };
}

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'roomcast-accounts-'));
  store = await openStore({ folder, migrations });
  scheduler = new VirtualScheduler();
});
afterEach(async () => {
  await store.close();
  await rm(folder, { recursive: true });
});

describe('an account', () => {
  test('is found by its name as people type it, and over a restart', async () => {
    const { accounts } = await open();
    const ada = await accounts.create({ name: 'Ada', password: 'a good one', email: 'ada@example.org' });
    expect(ada).toMatchObject({ kind: 'person', name: 'Ada', admin: false, hasPassword: true });
    // What is printed and answered of an account has nothing to guess its password by.
    expect(JSON.stringify(accounts.list())).not.toContain('scrypt');
    for (const directory of [accounts, (await open()).accounts]) {
      expect(directory.named('aDA')).toEqual(ada);
      expect(directory.named('ada ')).toBeUndefined();
      expect(directory.find(ada.id)?.email).toBe('ada@example.org');
    }
  });

  test('has a name that nobody else has, also where two ask at the same moment', async () => {
    const { accounts } = await open();
    const both = await Promise.allSettled([
      accounts.create({ name: 'Ada', password: 'a good one' }),
      accounts.create({ name: 'ADA', password: 'another one' }),
    ]);
    expect(both.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    expect((await failure(accounts.create({ name: 'ada' }))).code).toBe('name-taken');
    expect(() => accounts.freeName('ada')).toThrow(/has this name/);
    expect(accounts.list()).toHaveLength(1);
  });

  test('may be renamed, also to its own name in other letters; the old name is free then', async () => {
    const { accounts } = await open();
    const { id } = await accounts.create({ name: 'ada' });
    expect((await accounts.change(id, { name: 'Ada' })).name).toBe('Ada');
    expect((await accounts.change(id, { name: 'Grace' })).name).toBe('Grace');
    expect([accounts.named('ada'), accounts.named('grace')?.id]).toEqual([undefined, id]);
    await accounts.create({ name: 'Ada' });
    expect((await failure(accounts.change(id, { name: 'ada' }))).code).toBe('name-taken');
    expect(accounts.find(id)?.name).toBe('Grace');
  });

  test('is opened by its password alone, and not once it is disabled or gone', async () => {
    const { accounts } = await open();
    const { id } = await accounts.create({ name: 'Ada', password: 'a good one' });
    const opens = async (name: string, password: string): Promise<boolean> =>
      (await accounts.verify(name, password))?.id === id;
    expect(await opens('ada', 'a good one')).toBe(true);
    for (const wrong of ['', 'a good on', 'A good one', 'a good one ', 'x'.repeat(10_000)])
      expect(await opens('ada', wrong)).toBe(false);
    expect(await opens('bob', 'a good one')).toBe(false);
    await accounts.change(id, { password: 'a better one' });
    expect([await opens('ada', 'a good one'), await opens('ada', 'a better one')]).toEqual([false, true]);
    await accounts.change(id, { disabled: true });
    expect(await opens('ada', 'a better one')).toBe(false);
    await accounts.remove(id);
    expect([accounts.named('ada'), accounts.list()]).toEqual([undefined, []]);
    expect((await failure(accounts.remove(id))).code).toBe('not-found');
  });
});

describe('who somebody is', () => {
  test('is nobody, whatever they bring that was never given', async () => {
    const { who } = await open();
    for (const credentials of [
      {},
      { cookie: 'roomcast=' },
      { cookie: 'roomcast=x' },
      { bearer: 'x' },
      { bearer: 'rg_e30.AAAA' },
      { cookie: 'roomcast=rg_e30.' },
    ])
      expect(who(credentials)).toBeUndefined();
  });

  test('is an account in a browser until its cookie ends, also over a restart', async () => {
    const first = await open();
    const { id } = await first.accounts.create({ name: 'Ada' });
    const cookie = `roomcast=${await first.signIns.create(id, 'a browser')}`;
    expect(first.who({ cookie })).toEqual({ id, kind: 'account', name: 'Ada', admin: false });
    scheduler.advance((COOKIE_LIFE - 1) * SECOND);
    expect((await open()).who({ cookie })?.id).toBe(id);
    scheduler.advance(SECOND);
    expect([first.who({ cookie }), (await open()).who({ cookie })]).toEqual([undefined, undefined]);
  });

  test('is nobody once the browser is signed out, and others go on', async () => {
    const { accounts, signIns, who } = await open();
    const { id } = await accounts.create({ name: 'Ada' });
    const [a, b, c] = [await signIns.create(id), await signIns.create(id), await signIns.create(id)];
    const here = (): boolean[] => [a, b, c].map((value) => who({ cookie: `roomcast=${value}` }) !== undefined);
    expect(await signIns.end(id, signIns.idOf(a))).toBe(true);
    expect([await signIns.end(id, signIns.idOf(a)), await signIns.end('u_other', signIns.idOf(b))]).toEqual([
      false,
      false,
    ]);
    expect(here()).toEqual([false, true, true]);
    await signIns.endAll(id, { but: c });
    expect(here()).toEqual([false, false, true]);
    expect((await open()).signIns.list(id)).toHaveLength(1);
  });

  test('is at most fifty browsers at once: the oldest is signed out', async () => {
    const { accounts, signIns, who } = await open();
    const { id } = await accounts.create({ name: 'Ada' });
    const values: string[] = [];
    for (let i = 0; i < 51; i++) values.push(await signIns.create(id));
    expect(who({ cookie: `roomcast=${values[0]}` })).toBeUndefined();
    expect(who({ cookie: `roomcast=${values[1]}` })?.id).toBe(id);
    expect(signIns.list(id)).toHaveLength(50);
  });

  test('is nobody in a browser whose account is disabled', async () => {
    const { accounts, signIns, who } = await open();
    const { id } = await accounts.create({ name: 'Ada' });
    const cookie = `roomcast=${await signIns.create(id)}`;
    await accounts.change(id, { disabled: true });
    expect(who({ cookie })).toBeUndefined();
  });

  test('is what a token says, within its scope and time, until it is revoked', async () => {
    const { accounts, tokens, who } = await open();
    const { id } = await accounts.create({ name: 'Ada' });
    const chat = await tokens.create({ scope: 'chat', account: id, name: 'a bot', expires: scheduler.wall() + 1000 });
    const server = await tokens.create({ scope: 'admin' });
    const passing = tokens.createPassing();
    expect(who({ bearer: chat })).toEqual({ id, kind: 'account', name: 'Ada', admin: false, scope: 'chat' });
    expect(who({ bearer: server })).toEqual({ id: 'server', kind: 'server', admin: true, scope: 'admin' });
    expect((await tokens.list(id)).map(({ name, scope }) => [name, scope])).toEqual([['a bot', 'chat']]);
    const next = await open();
    expect([chat, server, passing].map((bearer) => next.who({ bearer })?.id)).toEqual([id, 'server', undefined]);
    scheduler.advance(SECOND);
    expect([who({ bearer: chat }), next.who({ bearer: chat })]).toEqual([undefined, undefined]);
    const all = await tokens.list();
    expect(all).toHaveLength(2);
    const servers = all.find(({ account }) => account === undefined)!;
    expect(await tokens.revoke(servers.id, id)).toBe(false);
    expect([await tokens.revoke(servers.id), await tokens.revoke(servers.id)]).toEqual([true, false]);
    expect(who({ bearer: server })).toBeUndefined();
    expect(who({ bearer: passing })?.id).toBe('server');
  });

  test('is the same guest as before with the pass that they were given, for ninety days', async () => {
    const { guests, who } = await open();
    const { pass, guest } = guests.create('Ann');
    expect(guest).toMatchObject({ kind: 'guest', name: 'Ann', admin: false, id: expect.stringMatching(/^g_/) });
    expect([who({ bearer: pass }), who({ cookie: `roomcast=${pass}` })]).toEqual([guest, guest]);
    expect((await open()).who({ bearer: pass })).toEqual(guest);
    const renamed = guests.create('Anna', guest.id);
    expect(who({ bearer: renamed.pass })).toEqual({ ...guest, name: 'Anna' });
    expect(guests.create('Ann').guest.id).not.toBe(guest.id);
    scheduler.advance(90 * DAY);
    expect(who({ bearer: pass })).toBeUndefined();
  });

  test('is never told by a pass that was changed, or made for something else', async () => {
    const { guests, who } = await open();
    const { pass } = guests.create('Ann');
    for (let i = 0; i < pass.length; i++)
      expect(
        who({ bearer: pass.slice(0, i) + (pass[i] === 'A' ? 'B' : 'A') + pass.slice(i + 1) }),
        `at ${i}`,
      ).toBeUndefined();
    for (const wrong of [`${pass}.`, `${pass}=`, ` ${pass}`, pass.slice(3), `${pass}.${pass}`])
      expect(who({ bearer: wrong })).toBeUndefined();
    const other = new GuestPasses((text) => store.seal.mac(text, 'something else'), scheduler).create('Ann').pass;
    expect(who({ bearer: other })).toBeUndefined();
  });

  test('is never told by a wrong token, though a good cookie comes along', async () => {
    const { accounts, signIns, who } = await open();
    const { id } = await accounts.create({ admin: true });
    const cookie = `roomcast=${await signIns.create(id)}`;
    expect(who({ bearer: 'wrong', cookie })).toBeUndefined();
  });
});

describe('a link that works once', () => {
  test('stands for what it was made for, once, within its life', () => {
    const links = new OneTimeLinks<string>(scheduler, DAY);
    const [a, b] = [links.create('a'), links.create('b')];
    expect([links.use(a), links.use(a)]).toEqual(['a', undefined]);
    scheduler.advance(DAY);
    expect(links.use(b)).toBeUndefined();
    for (const guess of ['', 'x', '__proto__', 'a'.repeat(1_000_000)]) expect(links.use(guess)).toBeUndefined();
  });

  test('can be one of many, of which the oldest end first', () => {
    const links = new OneTimeLinks<number>(scheduler, DAY);
    const tokens = Array.from({ length: 101 }, (_, index) => links.create(index));
    expect([links.use(tokens[0]!), links.use(tokens[1]!)]).toEqual([undefined, 1]);
  });
});

test('nothing in the data folder is of use to one who reads it', async () => {
  const { accounts, signIns, tokens, guests } = await open();
  const { id } = await accounts.create({ name: 'Ada', password: 'a good one' });
  const secrets = [
    await signIns.create(id),
    await tokens.create({ scope: 'admin' }),
    'a good one',
    guests.create('Ann').pass,
  ];
  const bytes = await bytesOf(store);
  expect(secrets.map((secret) => bytes.includes(secret))).toEqual([false, false, false, false]);
});

test('whoever claimed a server of the version before is its admin, in the browsers that they used, and their tokens go on', async () => {
  await store.close();
  await rm(folder, { recursive: true });
  store = await openStore({ folder, migrations: [createOwner] });
  const [value, token] = [makeToken(), makeToken('rt_')];
  const at = '2026-01-01T00:00:00.000Z';
  await sql`INSERT INTO claims VALUES (${at})`.execute(store.db);
  await sql`INSERT INTO owner_browsers VALUES (${hashToken(value)}, ${at}, '2027-01-01T00:00:00.000Z')`.execute(
    store.db,
  );
  await sql`INSERT INTO tokens VALUES (${hashToken(token)}, 'admin', ${at})`.execute(store.db);
  await store.close();
  store = await openStore({ folder, migrations });
  const { accounts, who } = await open();
  expect(accounts.admin).toMatchObject({ admin: true, hasPassword: false, created: at });
  expect(who({ cookie: `roomcast=${value}` })).toEqual({ id: accounts.admin!.id, kind: 'account', admin: true });
  expect(who({ bearer: token })).toEqual({ id: 'server', kind: 'server', admin: true, scope: 'admin' });
});

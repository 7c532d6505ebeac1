import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { VirtualScheduler } from '../../../test/virtual-scheduler.ts';
import { toRoomcastError } from '../../errors.ts';
import { SECOND } from '../../media/time.ts';
import { openStore, type Store } from '../../store/store.ts';
import { createOwner } from './0002-owner.ts';
import { COOKIE_LIFE } from './cookie.ts';
import { OwnerAccess } from './owner-access.ts';

const DAY = 86_400 * SECOND;

let folder: string;
let store: Store;
let scheduler: VirtualScheduler;
let access: OwnerAccess;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'roomcast-owner-'));
  store = await openStore({ folder, migrations: [createOwner] });
  scheduler = new VirtualScheduler();
  access = await OwnerAccess.open(store, scheduler);
});
afterEach(async () => {
  await store.close();
  await rm(folder, { recursive: true });
});

const refusal = (token: string): Promise<string> =>
  access.claim(token).then(
    () => 'admitted',
    (error: unknown) => toRoomcastError(error).code,
  );

describe('the owner’s link', () => {
  test('makes a browser the owner’s, once', async () => {
    expect(access.claimed).toBe(false);
    const token = access.links.create();
    expect(token.length).toBeGreaterThanOrEqual(43);
    const cookie = `roomcast=${await access.claim(token)}`;
    expect([access.claimed, access.identify({ cookie })?.role]).toEqual([true, 'owner']);
    expect(await refusal(token)).toBe('already-claimed');
  });

  test('ends after a day', async () => {
    const [early, late] = [access.links.create(), access.links.create()];
    scheduler.advance(DAY - SECOND);
    expect(await refusal(early)).toBe('admitted');
    scheduler.advance(SECOND);
    expect(await refusal(late)).toBe('already-claimed');
  });

  test('ends with the next start, which knows the browsers all the same', async () => {
    const waiting = access.links.create();
    const cookie = `roomcast=${await access.claim(access.links.create())}`;
    access = await OwnerAccess.open(store, scheduler);
    expect([access.claimed, access.identify({ cookie })?.role]).toEqual([true, 'owner']);
    expect(await refusal(waiting)).toBe('already-claimed');
  });

  test('is worth nothing when it is guessed, empty or huge', async () => {
    access.links.create();
    for (const token of ['', 'x', '__proto__', 'a'.repeat(1_000_000)])
      expect(await refusal(token)).toBe('already-claimed');
    expect(access.claimed).toBe(false);
  });

  test('can be one of many, of which the oldest end first', async () => {
    const links = Array.from({ length: 101 }, () => access.links.create());
    expect(await refusal(links[0]!)).toBe('already-claimed');
    expect(await refusal(links[1]!)).toBe('admitted');
  });

  test('opened twice at the same moment lets one in', async () => {
    const token = access.links.create();
    expect((await Promise.all([refusal(token), refusal(token)])).sort()).toEqual(['admitted', 'already-claimed']);
  });
});

describe('who is the owner', () => {
  test('nobody before the server is claimed, whatever they bring', () => {
    for (const credentials of [
      {},
      { cookie: 'roomcast=' },
      { cookie: 'roomcast=x' },
      { bearer: 'x' },
      { key: 'rk_x' },
    ]) {
      expect(access.identify(credentials)).toBeUndefined();
    }
  });

  test('a browser until its cookie ends, also over a restart', async () => {
    const cookie = `roomcast=${await access.claim(access.links.create())}`;
    scheduler.advance((COOKIE_LIFE - 1) * SECOND);
    expect(access.identify({ cookie })?.role).toBe('owner');
    scheduler.advance(SECOND);
    expect(access.identify({ cookie })).toBeUndefined();
    access = await OwnerAccess.open(store, scheduler);
    expect([access.identify({ cookie }), access.claimed]).toEqual([undefined, true]);
  });

  test('a program with a token, which is kept, and one with the server’s own token, which is not', async () => {
    const token = await access.createToken('admin');
    const passing = access.createPassingToken();
    expect([token, passing].map((bearer) => access.identify({ bearer })?.role)).toEqual(['owner', 'owner']);
    access = await OwnerAccess.open(store, scheduler);
    expect([token, passing].map((bearer) => access.identify({ bearer })?.role)).toEqual(['owner', undefined]);
  });

  test('a program until its token is revoked, and nobody else is', async () => {
    const [first, second] = [await access.createToken('admin'), await access.createToken('admin')];
    const passing = access.createPassingToken();
    access.identify({ bearer: second });
    const tokens = await access.tokens();
    expect(tokens.map(({ scope, lastUsed }) => [scope, lastUsed])).toContainEqual(['admin', undefined]);
    expect(JSON.stringify(tokens)).not.toContain('rt_');
    const { id } = tokens.find(({ lastUsed }) => lastUsed !== undefined)!;
    expect([await access.revokeToken(id), await access.revokeToken(id), await access.revokeToken('')]).toEqual([
      true,
      false,
      false,
    ]);
    const who = (): unknown[] => [first, second, passing].map((bearer) => access.identify({ bearer })?.role);
    expect(who()).toEqual(['owner', undefined, 'owner']);
    access = await OwnerAccess.open(store, scheduler);
    expect(who()).toEqual(['owner', undefined, undefined]);
    expect(await access.tokens()).toMatchObject([{ created: '2026-01-01T00:00:01.000Z' }]);
  });

  test('never one with a wrong token, though a good cookie comes along', async () => {
    const cookie = `roomcast=${await access.claim(access.links.create())}`;
    expect(access.identify({ bearer: 'wrong', cookie })).toBeUndefined();
  });

  test('a link, a cookie and a token are of no use in each other’s place', async () => {
    const link = access.links.create();
    const value = await access.claim(access.links.create());
    const token = await access.createToken('admin');
    const wrong = [
      { bearer: link },
      { bearer: value },
      { cookie: `roomcast=${token}` },
      { cookie: `roomcast=${link}` },
    ];
    expect(wrong.map((credentials) => access.identify(credentials))).toEqual([
      undefined,
      undefined,
      undefined,
      undefined,
    ]);
    expect([await refusal(value), await refusal(token)]).toEqual(['already-claimed', 'already-claimed']);
  });
});

test('nothing in the data folder is of use to one who reads it', async () => {
  const link = access.links.create();
  const value = await access.claim(access.links.create());
  const token = await access.createToken('admin');
  await store.close();
  const bytes = await readFile(join(folder, 'roomcast.db'));
  store = await openStore({ folder, migrations: [createOwner] });
  expect([link, value, token].map((secret) => bytes.includes(secret))).toEqual([false, false, false]);
});

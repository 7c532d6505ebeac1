import { afterEach, beforeEach, describe, expect, onTestFinished, test, vi } from 'vitest';
import type { KyselyPlugin } from 'kysely';
import { temporaryFolder } from '../../../test/output.ts';
import { failure } from '../../../test/room-stage.ts';
import { until } from '../../../test/servers.ts';
import { VirtualScheduler } from '../../../test/virtual-scheduler.ts';
import { SECOND } from '../../media/time.ts';
import { lost, StoreFault } from '../../store/faults.ts';
import { openStore, type Store } from '../../store/store.ts';
import { createOwner } from './0002-owner.ts';
import { createAccounts } from './0004-accounts.ts';
import { AccountDirectory } from './account-directory.ts';
import type { AccountTables } from './account-tables.ts';
import { hashToken } from './secret-token.ts';
import { SignIns } from './sign-ins.ts';

const FULL = new StoreFault('The disk is full.', undefined, { full: true });
const PASSWORD = 'a good password';

let store: Store;
let scheduler: VirtualScheduler;
let accounts: AccountDirectory;
let signIns: SignIns;
let id: string;
/** What the database answers to all that is asked of sign-ins. */
let fault: Error | undefined;

const failing: KyselyPlugin = {
  transformQuery({ node }) {
    if (fault) throw fault;
    return node;
  },
  transformResult: async ({ result }) => result,
};

beforeEach(async () => {
  store = await openStore({ folder: temporaryFolder(), migrations: [createOwner, createAccounts] });
  onTestFinished(() => store.close());
  scheduler = new VirtualScheduler();
  accounts = await AccountDirectory.open(store, scheduler);
  signIns = await SignIns.open({ ...store, db: store.db.withPlugin(failing) }, scheduler);
  ({ id } = await accounts.create({ name: 'Ada', password: PASSWORD }));
});
afterEach(() => (fault = undefined));

async function rows(): Promise<string[]> {
  const db = store.db.withTables<AccountTables>();
  return (await db.selectFrom('sign_ins').select('hash').execute()).map(({ hash }) => hash).sort();
}

const hashes = (...values: string[]): string[] => values.map(hashToken).sort();

/** How long whoever makes room waits. */
const tryAgain = (): Promise<void> => scheduler.pass(5 * SECOND);

describe('while the disk of the database is full', () => {
  test('R-03 a browser is signed in all the same, and is so over a restart once there is room', async () => {
    const before = await signIns.create(id);
    fault = FULL;
    const value = await signIns.create(id, 'a browser');
    expect([signIns.accountOf(value), signIns.list(id).length]).toEqual([id, 2]);
    await tryAgain();
    expect(await rows()).toEqual(hashes(before));
    fault = undefined;
    await tryAgain();
    await until('it is written', async () => (await rows()).length === 2);
    expect(await rows()).toEqual(hashes(before, value));
    expect((await SignIns.open(store, scheduler)).accountOf(value)).toBe(id);
  });

  test('R-03 a browser is signed out at once, and stays so once there is room', async () => {
    const [kept, before] = [await signIns.create(id), await signIns.create(id)];
    fault = FULL;
    const meanwhile = await signIns.create(id);
    for (const value of [before, meanwhile]) {
      expect(await signIns.end(id, signIns.idOf(value))).toBe(true);
      expect(signIns.accountOf(value)).toBeUndefined();
    }
    expect(await rows()).toEqual(hashes(kept, before));
    fault = undefined;
    await tryAgain();
    await until('it is written', async () => (await rows()).length === 1);
    expect(await rows()).toEqual(hashes(kept));
  });

  test('R-03 the oldest of too many browsers is signed out as ever', async () => {
    const oldest = await signIns.create(id);
    fault = FULL;
    for (let i = 0; i < 50; i++) await signIns.create(id);
    expect([signIns.list(id).length, signIns.accountOf(oldest)]).toEqual([50, undefined]);
  });

  test('R-03 an account that is taken away is not missed as there is room', async () => {
    const { id: other } = await accounts.create({ name: 'Bob' });
    fault = FULL;
    const value = await signIns.create(id);
    await signIns.create(other);
    await accounts.remove(other);
    signIns.forget(other);
    fault = undefined;
    await tryAgain();
    await until('it is written', async () => (await rows()).length === 1);
    expect(await rows()).toEqual(hashes(value));
  });

  test('R-03 a server that stops as there is room again has written all', async () => {
    fault = FULL;
    const value = await signIns.create(id);
    fault = undefined;
    await signIns.close();
    expect(await rows()).toEqual(hashes(value));
    expect(scheduler.pending).toBe(0);
  });
});

test('R-03 a database that is not there signs nobody in; who is signed out meanwhile stays so', async () => {
  const before = await signIns.create(id);
  fault = lost(undefined);
  expect((await failure(signIns.create(id))).code).toBe('store-failed');
  expect(signIns.list(id)).toHaveLength(1);
  expect((await failure(signIns.end(id, signIns.idOf(before)))).code).toBe('store-failed');
  expect(signIns.accountOf(before)).toBeUndefined();
  fault = undefined;
  await tryAgain();
  await until('it is written', async () => (await rows()).length === 0);
});

describe('S-16 whoever changes a password', () => {
  test('S-16 shuts out one who signs in by the old one at the same moment', async () => {
    const { passwords } = accounts;
    const looked = passwords.matches.bind(passwords);
    const looking = vi.spyOn(passwords, 'matches').mockImplementationOnce(async (...given) => {
      const matches = await looked(...given);
      await accounts.change(id, { password: 'an even better one' });
      return matches;
    });
    expect(await accounts.verify('Ada', PASSWORD)).toBeUndefined();
    expect(await looking.mock.results[0]!.value).toBe(true);
    expect((await accounts.verify('Ada', 'an even better one'))?.id).toBe(id);
  });

  test('S-16 shuts out one whose account is disabled at the same moment', async () => {
    const attempt = accounts.verify('Ada', PASSWORD);
    await accounts.change(id, { disabled: true });
    expect(await attempt).toBeUndefined();
  });

  test('S-16 signs out who is just being signed in', async () => {
    const [value] = await Promise.all([signIns.create(id), signIns.endAll(id)]);
    expect(signIns.accountOf(value)).toBeUndefined();
    expect(await rows()).toEqual([]);
  });
});

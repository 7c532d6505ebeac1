import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { expect, onTestFinished, test } from 'vitest';
import { temporaryFolder } from '../output.ts';
import { runProgram } from '../programs.ts';
import { root } from '../servers.ts';
import { startTestServer, type TestServer } from '../test-server.ts';

/** What goes with `before-accounts.sql`: the folder's secret, and what people of that server have. */
const SECRET = '8d44dfa1c9e3eebccef423c3d8cd104e81ec94d2eeef3cafdcd1d2e41fb793c6';
const COOKIE = 'roomcast=7zvyhSI1OrY1Tjnt1IaMeP49QYHdYDEOO-IkaTcoJV0';
const TOKEN = 'rt_x0eRSyNu3gwmVrg933IhuktUpDPeTob8PceQhZufxX8';
const KEY = 'rk_n442c3ummgpu2g76dgx6kp2rjx2iqsee';
const GARDEN_KEY = 'rk_u32qh25d4zg55joxjlpbex7i3tbzjddj';

const LAST = { endedAt: '2026-11-22T21:34:07.681Z', duration: 3 };

/** The data folder of a server of the version before accounts. */
async function before(): Promise<string> {
  const folder = join(temporaryFolder(), 'data');
  await mkdir(folder);
  await writeFile(join(folder, 'secret'), `${SECRET}\n`);
  const database = new DatabaseSync(join(folder, 'roomcast.db'));
  database.exec(await readFile(join(import.meta.dirname, '..', 'fixtures', 'before-accounts.sql'), 'utf8'));
  database.close();
  return folder;
}

/** Everything is there. The first time the last broadcast is still the old server’s. */
async function expectEverything(server: TestServer, lastLive?: object): Promise<void> {
  const get = async (path: string, headers: Record<string, string>): Promise<unknown> => {
    const { status, text } = await server.call('GET', `/api/v1/${path}`, { headers });
    expect(status, text).toBe(200);
    return JSON.parse(text);
  };
  const [cookie, token] = [{ Cookie: COOKIE }, { Authorization: `Bearer ${TOKEN}` }];
  expect(await get('me', cookie)).toMatchObject({ user: { kind: 'account', admin: true } });
  expect(await get('rooms/lobby', cookie)).toMatchObject({
    title: 'Ann’s room',
    role: 'owner',
    ...(lastLive && { lastLive }),
  });
  expect(await get('rooms/garden', token)).toMatchObject({ title: 'The garden' });
  expect(await get('rooms/lobby/key', token)).toMatchObject({ key: KEY });
  expect(await get('rooms/garden/key', token)).toMatchObject({ key: GARDEN_KEY });
  // The browser is the owner’s still, and proves once more who it is before it is shown a key.
  expect(await get('rooms/garden', cookie)).toMatchObject({ role: 'owner' });
  const publisher = await server.publish({ credentials: { key: KEY } });
  expect(server.server.hub.stream('live/lobby')?.state).toBe('live');
  publisher.end('ended');
  expect(server.log.filter((line) => /"err"/.test(line))).toEqual([]);
}

async function start(data: string): Promise<TestServer> {
  const server = await startTestServer({ data, rooms: { garden: { title: 'The garden' } } });
  onTestFinished(() => server.close().catch(() => {}));
  return server;
}

test('a server of the version before accounts has everything after the upgrade, and after the next start', async () => {
  const data = await before();
  const server = await start(data);
  await expectEverything(server, LAST);
  await server.close();
  await expectEverything(await start(data));
});

test('an upgrade that is killed in its midst has changed nothing, and the next start does it', async () => {
  const data = await before();
  const program = join(root, 'test', 'killed-upgrade.ts');
  const { signal, stderr } = await runProgram(process.execPath, [program, data], { limitMs: 20_000 });
  expect(signal, stderr).toBe('SIGKILL');
  const database = new DatabaseSync(join(data, 'roomcast.db'));
  const tables = database.prepare(`SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name`).all();
  database.close();
  expect(tables.map(({ name }) => name)).toEqual(['claims', 'migrations', 'owner_browsers', 'rooms', 'tokens']);
  await expectEverything(await start(data), LAST);
});

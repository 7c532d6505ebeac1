import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { createServer } from '../../src/server.ts';
import { temporaryFolder } from '../output.ts';
import { runProgram } from '../programs.ts';
import { root } from '../servers.ts';
import { startTestServer } from '../test-server.ts';
import { passwords, TestDatabase } from './database.ts';

const cli = join(root, 'src', 'cli.ts');
const run = (args: string[], env: NodeJS.ProcessEnv = {}): ReturnType<typeof runProgram> =>
  runProgram(process.execPath, args, { limitMs: 25_000, cwd: temporaryFolder(), env: { ...process.env, ...env } });

test('an upgrade that is killed in its midst has changed nothing, and the next start does it', async () => {
  const database = await TestDatabase.make();
  const folder = temporaryFolder();
  const program = join(root, 'test', 'killed-upgrade.ts');
  const { signal, stderr } = await run([program, folder, database.address()]);
  expect(signal, stderr).toBe('SIGKILL');
  expect(await database.ask(`SELECT tablename FROM pg_tables WHERE schemaname = 'public'`)).toEqual([]);
  const server = await startTestServer({ database: database.address() });
  onTestFinished(() => server.close());
  expect((await server.call('GET', '/readyz')).status).toBe(200);
});

test('commands without a server work on the database, and nothing that is printed has its password', async () => {
  const database = await TestDatabase.make();
  const env = { ROOMCAST_DATABASE: database.address(), ROOMCAST_DATA: temporaryFolder() };
  const settings = { database: database.address(), data: env.ROOMCAST_DATA, http: '127.0.0.1:0', rtmp: '127.0.0.1:0' };
  await (await createServer(settings)).close();
  const room = await run([cli, 'room', 'create', 'pond'], env);
  expect([room.status, room.stderr]).toEqual([0, expect.stringContaining('database')]);
  expect(await database.ask(`SELECT slug FROM rooms ORDER BY slug`)).toContainEqual({ slug: 'pond' });
  const printed = [room, await run([cli, 'config'], env), await run([cli, 'config', '--json'], env)];
  const wrong = await run([cli, 'config', '--database', 'mysql://ann:hidden-word@127.0.0.1/x']);
  expect([wrong.status, wrong.stderr]).toEqual([expect.any(Number), expect.stringContaining('postgres://')]);
  expect(wrong.stdout + wrong.stderr).not.toContain('hidden-word');
  for (const { stdout, stderr } of printed)
    for (const password of passwords()) expect(stdout + stderr).not.toContain(password);
  expect(printed[1]!.stdout).toMatch(new RegExp(`^database: .*postgres.*${database.name}`, 'm'));
});

test('the driver is loaded where it is used, and nowhere else', async () => {
  const script = (options: string): string => `
    import { createRequire } from 'node:module';
    const { createServer } = await import(${JSON.stringify(join(root, 'src', 'server.ts'))});
    const server = await createServer({ data: '${temporaryFolder()}', http: '127.0.0.1:0', rtmp: '127.0.0.1:0', ${options} });
    console.log(Object.keys(createRequire('/').cache).some((file) => /node_modules.pg.lib/.test(file)));
    await server.close();`;
  const database = await TestDatabase.make();
  const loads = async (options: string): Promise<string> => {
    const { stdout, stderr } = await run(['--input-type=module', '-e', script(options)]);
    return stdout.trim() || stderr;
  };
  expect(await loads('')).toBe('false');
  expect(await loads(`database: '${database.address()}'`)).toBe('true');
});

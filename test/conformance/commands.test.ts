import { execFile } from 'node:child_process';
import { existsSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { roomSettings } from '../../src/cli/room-settings.ts';
import { WrongUsage } from '../../src/config/load.ts';
import { roomBody } from '../../src/features/rooms/room-schemas.ts';
import { plain } from '../../src/media/images/picture-cases.ts';
import { createServer } from '../../src/server.ts';
import { roomcast } from '../command.ts';
import { temporaryFolder } from '../output.ts';
import { root } from '../servers.ts';

const json = async (data: string, ...words: string[]): Promise<unknown> =>
  JSON.parse((await roomcast(data, ...words, '--json')).stdout);
const rows = async (data: string, ...words: string[]): Promise<string[][]> =>
  (await roomcast(data, ...words)).stdout
    .split('\n')
    .slice(0, -1)
    .map((line) => line.split('\t'));

/** A data folder with a store in it, on which a server runs or does not; what is done with it. */
async function withStore(runs: boolean, work: (data: string) => Promise<void>): Promise<void> {
  const data = temporaryFolder();
  const options = { data, http: '127.0.0.1:0', rtmp: '127.0.0.1:0', drain: 0 };
  const server = await createServer(options);
  if (!runs) await server.close();
  try {
    await work(data);
  } finally {
    if (runs) await server.close();
  }
}

describe.each([
  ['beside a server', true],
  ['without one', false],
])('the command line, %s', (_way, runs) => {
  test('makes a room, sets all of it, shows it, and says that one was put away', () =>
    withStore(runs, async (data) => {
      expect(await rows(data, 'room', 'create', 'garden', '--title', 'The garden')).toEqual([
        ['garden', 'idle', '0', 'The garden'],
      ]);
      await roomcast(
        ...([data, 'room', 'set', 'garden', '--title', 'Roses', '--description', 'All day', '--tags', 'a, b'] as const),
        ...['--language', 'en', '--watch', 'link', '--guests', 'read', '--show-viewers', 'yes'],
        ...['--max-viewers', '7', '--max-bit-rate', '4000000'],
      );
      const all = {
        ...{ title: 'Roses', description: 'All day', tags: ['a', 'b'], language: 'en', watch: 'link', guests: 'read' },
        ...{ showViewers: true, maxViewers: 7, maxBitRate: 4_000_000, state: 'idle', viewers: 0, role: 'owner' },
      };
      expect(await json(data, 'room', 'show', 'garden')).toMatchObject(all);
      expect((await roomcast(data, 'room', 'show', 'garden')).stdout).toContain('description: All day\n');
      await roomcast(data, 'room', 'set', 'garden', '--description', 'none', '--max-viewers', 'none', '--tags', 'none');
      const after = (await json(data, 'room', 'show', 'garden')) as object;
      expect(after).toMatchObject({ tags: [] });
      expect(Object.keys(after)).not.toEqual(expect.arrayContaining(['description']));
      await roomcast(data, 'room', 'archive', 'garden');
      expect(await rows(data, 'room')).toContainEqual(['garden', 'archived', '0', 'Roses']);
      expect(await json(data, 'room')).toEqual({
        rooms: [
          expect.objectContaining({ slug: 'lobby', admitted: true, tracks: [] }),
          expect.objectContaining({ slug: 'garden', archived: expect.stringMatching(/Z$/) }),
        ],
      });
    }));

  test('looks after members, bans, links and the log of a room', () =>
    withStore(runs, async (data) => {
      await roomcast(data, 'user', 'add', 'ada');
      expect(await rows(data, 'room', 'member', 'lobby', 'add', 'Ada', 'moderator')).toEqual([
        ['ada', 'moderator', expect.stringMatching(/Z$/), expect.any(String)],
      ]);
      await roomcast(data, 'room', 'member', 'lobby', 'remove', 'ADA');
      expect(await rows(data, 'room', 'member', 'lobby')).toEqual([]);
      const network = ['192.0.2.0/24', '--minutes', '5', '--reason', 'too loud'];
      const [[id = ''] = []] = await rows(data, 'room', 'ban', 'lobby', 'add', ...network);
      expect(await json(data, 'room', 'ban', 'lobby')).toEqual({
        bans: [expect.objectContaining({ id, network: '192.0.2.0/24', reason: 'too loud' })],
      });
      await roomcast(data, 'room', 'ban', 'lobby', 'lift', id);
      expect(await rows(data, 'room', 'ban', 'lobby')).toEqual([]);
      const link = (await roomcast(data, 'room', 'link', 'lobby', '--viewer', 'tv', '--minutes', '5')).stdout;
      expect(link).toMatch(/^http:\/\/\S+\/lobby#pass=rp_\S+\n$/);
      const log = (await rows(data, 'room', 'log', 'lobby')).map((cells) => cells.slice(2, 5));
      expect(log[0]).toEqual(['server', '127.0.0.1', 'POST /rooms/:slug/passes']);
      expect(log.map((cells) => cells[2])).toContain('DELETE /rooms/:slug/bans/:id');
    }));

  test('makes keys with a name, lists them, replaces and revokes them', () =>
    withStore(runs, async (data) => {
      const { stdout: main } = await roomcast(data, 'key', 'lobby');
      expect(main).toMatch(/^rk_\w+\n$/);
      const { stdout: phone } = await roomcast(data, 'key', 'lobby', 'add', 'phone');
      expect((await roomcast(data, 'key', 'lobby', 'show', 'phone')).stdout).toBe(phone);
      expect((await roomcast(data, 'key', 'lobby', 'show', 'phone', '--new')).stdout).not.toBe(phone);
      expect((await roomcast(data, 'key', 'lobby', '--new')).stdout).not.toBe(main);
      expect((await rows(data, 'key', 'lobby', 'list')).map(([name]) => name)).toEqual(['main', 'phone']);
      await roomcast(data, 'key', 'lobby', 'revoke', 'phone');
      await expect(roomcast(data, 'key', 'lobby', 'show', 'phone')).rejects.toMatchObject({ code: 'not-found' });
    }));

  test('makes accounts with an address, and tokens with a name and an end', () =>
    withStore(runs, async (data) => {
      await roomcast(data, 'user', 'add', 'ada', '--email', 'ada@example.org');
      await roomcast(data, 'user', 'set', 'ada', '--name', 'Grace');
      expect(await json(data, 'user', 'show', 'grace')).toMatchObject({ name: 'Grace', email: 'ada@example.org' });
      await roomcast(data, 'user', 'disable', 'Grace');
      expect(await rows(data, 'user')).toEqual([['Grace', 'disabled', expect.any(String), expect.any(String)]]);
      await roomcast(data, 'user', 'add', 'Robbie', '--bot');
      await roomcast(data, 'token', '--account', 'robbie', '--name', 'spare', '--days', '3');
      const tokens = ((await json(data, 'token', '--list')) as { tokens: object[] }).tokens;
      expect(tokens).toEqual([
        expect.objectContaining({ scope: 'chat' }),
        expect.objectContaining({ scope: 'chat', name: 'spare', expires: expect.any(String) }),
      ]);
      const reset = roomcast(data, 'user', 'reset', 'Grace');
      if (runs) expect((await reset).stdout).toMatch(/^http:\S+#reset=\S+\n$/);
      else await expect(reset).rejects.toMatchObject({ code: 'not-found' });
    }));

  test('gives a room a cover from a file, and takes it away', () =>
    withStore(runs, async (data) => {
      const file = join(data, 'cover.png');
      writeFileSync(file, plain.png);
      expect((await roomcast(data, 'room', 'cover', 'lobby', file)).stdout).toMatch(/^\/\S+\n$/);
      await roomcast(data, 'room', 'cover', 'lobby', 'remove');
      expect(await json(data, 'room', 'show', 'lobby')).not.toHaveProperty('cover');
      const missing = roomcast(data, 'room', 'cover', 'lobby', join(data, 'none.png'));
      await expect(missing).rejects.toMatchObject({ code: 'not-found' });
    }));
});

test('without a server, a link is of the one that will run, also where that speaks TLS', () =>
  withStore(false, async (data) => {
    const file = join(data, 'roomcast.yaml');
    writeFileSync(file, 'tls: self-signed\nhttps: "192.0.2.7:8443"\n');
    const run = (...words: string[]): Promise<string> =>
      new Promise((resolve) => {
        const args = [join(root, 'bin', 'roomcast.js'), ...words, '--config', file, '--data', data];
        execFile(process.execPath, args, (_error, stdout) => resolve(stdout));
      });
    expect(await run('room', 'link', 'lobby')).toMatch(/^https:\/\/192\.0\.2\.7:8443\/lobby#pass=rp_/);
  }));

test('“room set” has a flag for every field of the API, and for no other', () => {
  const { properties } = roomBody as { properties: object };
  expect(roomSettings.map(({ field }) => field)).toEqual(Object.keys(properties));
});

test.each([
  ['room', 'nope'],
  ['room', 'member', 'lobby', 'add', 'ada'],
  ['room', 'set', 'lobby'],
  ['room', 'set', 'lobby', '--max-viewers', 'many'],
  ['room', 'list', '--minutes', '5'],
  ['user', 'add'],
  ['token', '--scope', 'all'],
  ['token', '--list', '--revoke', 'abc'],
  ['key', 'lobby', 'list', '--new'],
])('%s %s … is wrong usage where it has too little, too much or another word', (...words) =>
  withStore(true, (data) => expect(roomcast(data, ...words)).rejects.toThrow(WrongUsage)),
);

test('a password is read from standard input, and opens the room', () =>
  withStore(true, async (data) => {
    const set = ['room', 'set', 'lobby', '--watch', 'password', '--password', '--data', data];
    const run = (input: string): Promise<{ status: number | null; stderr: string }> =>
      new Promise((resolve) => {
        const child = execFile(process.execPath, [join(root, 'bin', 'roomcast.js'), ...set], (_error, _out, stderr) =>
          resolve({ status: child.exitCode, stderr }),
        );
        child.stdin!.end(input);
      });
    expect(await run('')).toMatchObject({ status: 2, stderr: expect.stringContaining('Password of the room') });
    expect(await run('abc\n')).toMatchObject({ status: 1, stderr: expect.stringContaining('“password” must have') });
    expect(await run('open sesame\n')).toEqual({ status: 0, stderr: '' });
    expect(await json(data, 'room', 'show', 'lobby')).toMatchObject({ watch: 'password' });
  }));

test.each([['room'], ['user'], ['token'], ['key', 'lobby'], ['link'], ['room', 'create', 'pond']])(
  '%s on a folder without data says so, and makes nothing',
  async (...words) => {
    const data = join(temporaryFolder(), 'mistyped');
    await expect(roomcast(data, ...words)).rejects.toThrow(
      `There is no roomcast data in ${data}; name the folder with --data, or start the server there first.`,
    );
    expect(existsSync(data)).toBe(false);
    const empty = temporaryFolder();
    await expect(roomcast(empty, ...words)).rejects.toMatchObject({ code: 'not-found' });
    expect(readdirSync(empty)).toEqual([]);
  },
);

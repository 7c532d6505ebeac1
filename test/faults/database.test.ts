import { execFileSync } from 'node:child_process';
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { hashToken } from '../../src/features/accounts/secret-token.ts';
import { describe, expect, onTestFinished, test } from 'vitest';
import { temporaryFolder } from '../output.ts';
import { PostgresCluster } from '../postgres-cluster.ts';
import { testWith } from '../programs.ts';
import { type Kept, liveThrough } from './outage.ts';
import { WatchedServer } from './watched-server.ts';

/** Room for a new database, and a little more. */
const DISK = '8M';
/** Nobody is kept from talking as fast as it takes to fill it. */
const env = { ROOMCAST_LIMITS_SOCKET_MESSAGES: '0' };

/** A folder on a disk of its own. Whoever may not mount one is told so: there is no other way to fill a disk safely. */
function smallDisk(): string {
  const folder = temporaryFolder();
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${DISK}`, 'roomcast-test', folder], { stdio: 'pipe' });
  } catch (cause) {
    throw new Error('This test fills a disk of its own, for which it has to mount a tmpfs: run it as root.', { cause });
  }
  onTestFinished(() => void execFileSync('umount', ['-l', folder]));
  return folder;
}

/** Takes all that is left of a disk; freed by taking the file away. */
function fill(folder: string): string {
  const file = join(folder, 'filler');
  for (const size of [65_536, 4096])
    try {
      for (;;) writeFileSync(file, new Uint8Array(size), { flag: 'a' });
    } catch (error) {
      expect((error as NodeJS.ErrnoException).code).toBe('ENOSPC');
    }
  return file;
}

/** Of a cookie, as the database has it. */
const hashOf = (cookie: string): string => hashToken(cookie.split('=')[1]!);

function expectSignIns({ signedIn, signedOut }: Kept, rows: readonly { hash: unknown }[]): void {
  const hashes = rows.map(({ hash }) => hash);
  expect(hashes).toEqual(expect.arrayContaining(signedIn.map(hashOf)));
  for (const cookie of signedOut) expect(hashes).not.toContain(hashOf(cookie));
}

function expectWhole(folder: string, kept: Kept): void {
  const database = new DatabaseSync(join(folder, 'roomcast.db'));
  try {
    expect(database.prepare('PRAGMA integrity_check').all()).toEqual([{ integrity_check: 'ok' }]);
    database.exec(`INSERT INTO messages_text (messages_text) VALUES ('integrity-check')`);
    const texts = database.prepare(`SELECT text FROM messages WHERE kind = 'say' ORDER BY id`).all();
    expect(texts.map(({ text }) => text)).toEqual(kept.said);
    expectSignIns(kept, database.prepare('SELECT hash FROM sign_ins').all() as { hash: unknown }[]);
  } finally {
    database.close();
  }
}

describe('R-03 a database that cannot be written', () => {
  testWith(
    ['ffmpeg'],
    'R-03 as its disk is full: chat says so, people sign in and out, live goes on',
    { timeout: 120_000 },
    async () => {
      const data = smallDisk();
      const server = await WatchedServer.start([], { data, env });
      let filler = '';
      const kept = await liveThrough('a full disk', server, {
        begin: () => void (filler = fill(data)),
        end: () => rmSync(filler),
        signsIn: true,
      });
      expectWhole(data, kept);
    },
  );

  testWith(
    ['ffmpeg', 'postgres', 'initdb'],
    'R-03 as PostgreSQL stops and is started again: chat and who signs in are told so, live goes on',
    { timeout: 120_000 },
    async () => {
      const cluster = await PostgresCluster.start();
      onTestFinished(() => cluster.end());
      const server = await WatchedServer.start([], {
        env: { ...env, ROOMCAST_DATABASE: await cluster.create('rooms') },
      });
      const kept = await liveThrough('PostgreSQL away', server, {
        begin: () => cluster.down('immediate'),
        end: () => cluster.up(),
        signsIn: false,
      });
      const rows = await cluster.query<{ text: string }>(
        `SELECT text FROM messages WHERE kind = 'say' ORDER BY id`,
        'rooms',
      );
      expect(rows.map(({ text }) => text)).toEqual(kept.said);
      expectSignIns(kept, await cluster.query<{ hash: string }>('SELECT hash FROM sign_ins', 'rooms'));
      const { stderr, stdout } = server.process.program;
      for (const password of cluster.passwords) expect(stderr + stdout).not.toContain(password);
    },
  );
});

test('a start on a disk that is full says so, and the next start is well', { timeout: 60_000 }, async () => {
  const data = smallDisk();
  const filler = fill(data);
  await expect(WatchedServer.start([], { data })).rejects.toThrow(/ENOSPC|full/);
  rmSync(filler);
  const server = await WatchedServer.start([], { data });
  expect((await server.health()).unhandled).toBe(0);
});

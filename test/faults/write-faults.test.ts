import { mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { tmpdir } from 'node:os';
import { program, runProgram } from '../programs.ts';
import { report, sized } from './report.ts';
import type { Said } from './store-writer.ts';

/** Messages of one run: enough for the log to be moved into the database, and begun anew, several times. */
const MESSAGES = 60;
const FILES = ['roomcast.db', 'roomcast.db-wal', 'roomcast.db-journal'];
const WRITES = 'write,pwrite64,writev,pwritev';

let folder: string;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'roomcast-'));
  await write();
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Runs the writer, under strace where something is to be injected. */
async function write(...inject: string[]): Promise<Said[]> {
  const writer = [process.execPath, join(import.meta.dirname, 'store-writer.ts'), folder, String(MESSAGES)];
  const files = FILES.flatMap((name) => ['-P', join(folder, name)]);
  const through = [program('strace'), '-f', '--seccomp-bpf', '-qq', '-o', '/dev/null', ...files];
  const command = inject.length > 0 ? [...through, ...inject.flatMap((each) => ['-e', each]), ...writer] : writer;
  const { stdout, stderr, status } = await runProgram(command[0]!, command.slice(1), { limitMs: 30_000 });
  expect(status, stderr).toBe(0);
  return JSON.parse(stdout) as Said[];
}

/** What was said to be kept is there, nothing else is, and the database is whole. Gives how many were kept. */
function expectTold(said: readonly Said[]): number {
  const database = new DatabaseSync(join(folder, 'roomcast.db'));
  try {
    expect(database.prepare('PRAGMA integrity_check').all()).toEqual([{ integrity_check: 'ok' }]);
    database.exec(`INSERT INTO messages_text (messages_text) VALUES ('integrity-check')`);
    const there = new Set(
      database
        .prepare('SELECT id FROM messages')
        .all()
        .map(({ id }) => id),
    );
    for (const [id, outcome] of said) {
      expect(['kept', 'store-failed', 'busy'], `${id} was told of in an error of the list`).toContain(outcome);
      expect(there.has(id), `${id} is there, as it was said: ${outcome}`).toBe(outcome === 'kept');
    }
  } finally {
    database.close();
  }
  return said.filter(([, outcome]) => outcome === 'kept').length;
}

describe('R-02 the system refuses writes of the database', () => {
  // Every so many writes one fails, at other places of each transaction; now and then one merges its index in a hundred writes.
  test.each(['ENOSPC', 'EIO', 'EDQUOT'])(
    'R-02 with %s, again and again: each is told, and the next goes on',
    async (error) => {
      const parts: string[] = [];
      let kept = 0;
      let refused = 0;
      for (const when of ['4+61', '9+211', '20+499']) {
        const said = await write(`inject=${WRITES}:error=${error}:when=${when}`);
        const here = expectTold(said);
        kept += here;
        refused += said.length - here;
        parts.push(`${when}: ${here} of ${said.length}`);
      }
      expect(Math.min(kept, refused), 'some are kept, and some refused').toBeGreaterThan(5);
      report('R-02', `${error}: kept ${parts.join(', ')}`);
    },
    60_000,
  );

  test.each(['ENOSPC', 'EIO'])(
    'R-02 with %s from the nth write on, for good: all before is there',
    async (error) => {
      for (const from of sized(
        [1, 2, 3, 5, 8, 21],
        Array.from({ length: 60 }, (_, index) => index + 1),
      ))
        expectTold(await write(`inject=${WRITES}:error=${error}:when=${from}+`));
      expect(expectTold(await write())).toBe(MESSAGES);
    },
    sized(60_000, 240_000),
  );

  test('R-02 by interrupting them: nothing is lost', async () => {
    expect(expectTold(await write(`inject=${WRITES}:error=EINTR:when=1+2`))).toBe(MESSAGES);
  });

  test('R-02 by writing nothing of what was asked: each is told, and the next goes on', async () => {
    const kept = expectTold(await write(`inject=${WRITES}:retval=0:when=3+211`));
    expect(kept).toBeGreaterThan(0);
    expect(kept).toBeLessThan(MESSAGES);
  });

  test('R-02 by refusing to make them lasting, once or for good', async () => {
    for (const when of ['1', '2', '1+', '2+2'])
      expectTold(await write(`inject=fsync,fdatasync:error=EIO:when=${when}`));
    expect(expectTold(await write())).toBe(MESSAGES);
  }, 60_000);
});

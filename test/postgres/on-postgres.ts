import { randomBytes } from 'node:crypto';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeEach, inject, vi } from 'vitest';
import type * as store from '../../src/store/store.ts';
import { ask } from '../postgres-cluster.ts';

const cluster = inject('cluster');

/** Each data folder has a database of its own, which is made when it is first opened and forgotten with the folder. */
async function databaseOf(folder: string): Promise<string> {
  if (cluster === undefined) throw new Error('PostgreSQL is not installed.');
  const note = join(folder, 'database-of-tests');
  let name = await readFile(note, 'utf8').catch(() => undefined);
  if (name === undefined) {
    name = `t_${randomBytes(8).toString('hex')}`;
    await ask(cluster, `CREATE DATABASE ${name} TEMPLATE roomcast_template`);
    await mkdir(folder, { recursive: true, mode: 0o700 });
    await writeFile(note, name);
  }
  return cluster.replace(/\/postgres$/, `/${name}`);
}

// What a suite opens as its store is on PostgreSQL, unless it says where.
vi.mock('../../src/store/store.ts', async (importOriginal) => {
  const original = await importOriginal<typeof store>();
  return {
    ...original,
    openStore: async (options: store.StoreOptions) =>
      original.openStore({ ...options, database: options.database ?? (await databaseOf(options.folder)) }),
  };
});

beforeEach((context) => {
  context.skip(cluster === undefined, 'needs postgres');
});

import { createHash } from 'node:crypto';
import { resolve } from 'node:path';
import { beforeEach, inject, vi } from 'vitest';
import type * as store from '../../src/store/store.ts';
import { ask } from '../postgres-cluster.ts';

const cluster = inject('cluster');

/** Each data folder has a database of its own, which is made when it is first opened. */
async function databaseOf(folder: string): Promise<string> {
  if (cluster === undefined) throw new Error('PostgreSQL is not installed.');
  const name = `t_${createHash('sha256').update(resolve(folder)).digest('hex').slice(0, 20)}`;
  const there = await ask(cluster, `SELECT 1 AS one FROM pg_database WHERE datname = '${name}'`);
  if (there.length === 0) await ask(cluster, `CREATE DATABASE ${name} TEMPLATE roomcast_template`);
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

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openStore, type Store } from '../../store/store.ts';
import { createBroadcasts } from './0010-broadcasts.ts';
import { BroadcastLog, MAX_KEPT } from './broadcast-log.ts';
import type { BroadcastRow } from './broadcast-tables.ts';

const START = Date.UTC(2026, 0, 1);

let folder: string;
let store: Store;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'roomcast-broadcasts-'));
  store = await openStore({ folder, migrations: [createBroadcasts] });
});
afterEach(async () => {
  await store.close();
  await rm(folder, { recursive: true, force: true });
});

const at = (seconds: number): string => new Date(START + seconds * 1000).toISOString();

function row(number: number, more: Partial<BroadcastRow> = {}): BroadcastRow {
  return {
    id: `b${number}`,
    room: 'r_a',
    started: at(number * 100),
    seen: at(number * 100 + 10),
    ended: at(number * 100 + 10),
    peak: 3,
    viewers: 4,
    watch_seconds: 25,
    protocols: '{"hls":{"peak":3,"watchSeconds":25}}',
    messages: 5,
    ...more,
  };
}

test('a row is told in words, and what is written again replaces it', async () => {
  const log = await BroadcastLog.open(store);
  await log.write([row(1, { ended: null, messages: 0 })]);
  await log.write([row(1)]);
  expect(await log.page('r_a', { limit: 10 })).toEqual([
    {
      id: 'b1',
      started: at(100),
      ended: at(110),
      duration: 10,
      peak: 3,
      unique: 4,
      watchSeconds: 25,
      average: 2.5,
      protocols: { hls: { peak: 3, watchSeconds: 25 } },
      messages: 5,
    },
  ]);
  expect(await log.page('r_b', { limit: 10 })).toEqual([]);
});

test('what was on when the server was killed ended when it was written last', async () => {
  const log = await BroadcastLog.open(store);
  await log.write([row(1, { ended: null, seen: at(105) })]);
  const [on] = await log.page('r_a', { limit: 1 });
  expect(on).not.toHaveProperty('ended');
  const next = await BroadcastLog.open(store);
  expect(await next.page('r_a', { limit: 1 })).toMatchObject([{ ended: at(105), duration: 5 }]);
});

test('pages go back in time, and totals are of all', async () => {
  const log = await BroadcastLog.open(store);
  await log.write([1, 2, 3].map((number) => row(number)));
  const first = await log.page('r_a', { limit: 2 });
  expect(first.map(({ id }) => id)).toEqual(['b3', 'b2']);
  const rest = await log.page('r_a', { limit: 2, before: first[1]!.started });
  expect(rest.map(({ id }) => id)).toEqual(['b1']);
  expect(await log.totals('r_a')).toEqual({ broadcasts: 3, duration: 30, watchSeconds: 75, messages: 15 });
});

test('the oldest of a room go when they are too many, and those of others stay', async () => {
  const log = await BroadcastLog.open(store);
  await log.write([row(0, { id: 'other', room: 'r_b' }), ...Array.from({ length: MAX_KEPT + 3 }, (_, i) => row(i))]);
  expect((await log.totals('r_a')).broadcasts).toBe(MAX_KEPT);
  expect((await log.totals('r_b')).broadcasts).toBe(1);
  expect(await log.page('r_a', { limit: 1, before: at(301) })).toMatchObject([{ id: 'b3' }]);
});

test('a write that fails is told, and those after it are done', async () => {
  const log = await BroadcastLog.open(store);
  await expect(log.write([row(1, { peak: null as never })])).rejects.toThrow(/peak/);
  await log.write([row(2)]);
  expect(await log.page('r_a', { limit: 10 })).toMatchObject([{ id: 'b2' }]);
});

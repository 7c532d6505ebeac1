import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { settle, VirtualScheduler } from '../../../test/virtual-scheduler.ts';
import { silent } from '../../log.ts';
import { SECOND } from '../../media/time.ts';
import { openStore } from '../../store/store.ts';
import { Deliveries } from './deliveries.ts';
import { DeliveryLog } from './delivery-log.ts';
import type { Hook } from './hook.ts';
import { HookDirectory } from './hook-directory.ts';
import { webhooks } from './index.ts';
import type { Post, PostResult } from './signed-post.ts';

const YES: PostResult = { ok: true, status: 204, ms: 1 };
const NO: PostResult = { ok: false, error: 'no', ms: 1 };

async function stage() {
  const folder = await mkdtemp(join(tmpdir(), 'roomcast-hooks-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const scheduler = new VirtualScheduler();
  const sent: string[] = [];
  const warned: object[] = [];
  const state = { answer: (_post: Post): PostResult | Promise<PostResult> => YES };
  /** Begins anew with what is in the database. */
  const open = async () => {
    const store = await openStore({ folder, migrations: webhooks.migrations! });
    const hooks = await HookDirectory.open(store, scheduler);
    const log = new DeliveryLog(store);
    const logger = { ...silent, warn: (fields: object) => void warned.push(fields) };
    const deliveries = await Deliveries.open({
      ...{ hooks, log, scheduler, logger, limits: { tries: 3, queue: 10, log: 20 } },
      async send(post) {
        const { type, data } = JSON.parse(post.body) as { type: string; data: { n: number } };
        sent.push(`${post.url.slice(-1)} ${type} ${data.n}`);
        return state.answer(post);
      },
    });
    let closed = false;
    const close = async (): Promise<void> => {
      if (closed) return;
      closed = true;
      await deliveries.close();
      await store.close();
    };
    onTestFinished(close);
    return { hooks, log, deliveries, close };
  };
  const tell = async (deliveries: Deliveries, hooks: readonly Hook[], types: readonly string[]): Promise<void> => {
    for (const [n, type] of types.entries()) deliveries.tell(hooks, { type, room: 'lobby', data: { n } });
    await scheduler.pass(SECOND / 10, SECOND / 100);
  };
  return { scheduler, sent, warned, state, open, tell };
}

const create = async (hooks: HookDirectory, name: string): Promise<Hook> =>
  (await hooks.create('r_1', { url: `https://x.example/${name}`, events: ['chat.message'] })).hook;

test('what waits when the server stops is sent after its start, in order', async () => {
  const { scheduler, sent, state, open, tell } = await stage();
  state.answer = () => NO;
  const first = await open();
  const hook = await create(first.hooks, 'a');
  await tell(first.deliveries, [hook], ['stream.live', 'chat.message']);
  // Not even written yet when the stop begins.
  first.deliveries.tell([hook], { type: 'stream.ended', room: 'lobby', data: { n: 2 } });
  await first.close();
  sent.length = 0;
  state.answer = () => YES;
  const second = await open();
  expect(second.deliveries.waitingFor(hook.id)).toBe(3);
  await scheduler.pass(SECOND, SECOND / 100);
  expect(sent).toEqual(['a stream.live 0', 'a chat.message 1', 'a stream.ended 2']);
  expect(second.deliveries.waitingFor(hook.id)).toBe(0);
  const page = await second.log.page(hook.id, { limit: 10 });
  expect(page.map(({ type, attempts }) => [type, attempts])).toEqual([
    ['stream.ended', 1],
    ['chat.message', 1],
    ['stream.live', 2],
  ]);
});

test('of too many the oldest of the chat are dropped, then the oldest, never what is being sent, and the log says so', async () => {
  const { scheduler, sent, warned, state, open, tell } = await stage();
  const { hooks, log, deliveries } = await open();
  const hook = await create(hooks, 'a');
  let end = (_result: PostResult): void => {};
  state.answer = () => new Promise((resolve) => (end = resolve));
  await tell(deliveries, [hook], ['chat.message']);
  await tell(
    deliveries,
    [hook],
    Array.from({ length: 12 }, (_, n) => (n % 2 === 0 ? 'chat.message' : 'moderation')),
  );
  expect(warned).toEqual([{ hook: hook.id, dropped: 3 }]);
  expect(
    (await log.page(hook.id, { limit: 100 })).map(({ body }) => (JSON.parse(body) as { data: { n: number } }).data.n),
  ).toEqual([...[11, 10, 9, 8, 7, 6, 5, 3, 1, 0]]);
  await tell(
    deliveries,
    [hook],
    Array.from({ length: 10 }, () => 'moderation'),
  );
  expect(deliveries.waitingFor(hook.id)).toBe(10);
  state.answer = () => YES;
  end(YES);
  await scheduler.pass(SECOND, SECOND / 100);
  expect(sent).toHaveLength(10);
  expect(new Set(sent.slice(1).map((line) => line.split(' ')[1]))).toEqual(new Set(['moderation']));
});

test('those who hang take no place from those who answer', async () => {
  const { sent, state, open, tell, scheduler } = await stage();
  const { hooks, deliveries } = await open();
  const slow = await Promise.all(Array.from({ length: 18 }, () => create(hooks, 's')));
  const quick = await create(hooks, 'q');
  state.answer = () => NO;
  await tell(deliveries, slow, ['chat.message']);
  state.answer = ({ url, signal }) => {
    if (url.endsWith('q')) return YES;
    signal!.throwIfAborted();
    return new Promise((_resolve, reject) => signal!.addEventListener('abort', reject));
  };
  await scheduler.pass(3 * SECOND, SECOND / 10);
  sent.length = 0;
  await tell(deliveries, [quick], ['chat.message', 'chat.message']);
  expect(sent).toEqual(['q chat.message 0', 'q chat.message 1']);
});

test('what was sent is forgotten but for the newest', async () => {
  const { open, tell } = await stage();
  const { hooks, log, deliveries } = await open();
  const hook = await create(hooks, 'a');
  for (let more = 0; more < 20; more++) await tell(deliveries, [hook], ['moderation', 'moderation', 'moderation']);
  await settle();
  const kept = await log.page(hook.id, { limit: 200 });
  expect(kept.length).toBeGreaterThanOrEqual(20);
  expect(kept.length).toBeLessThan(20 + 50);
});

test('a webhook that is taken away leaves nothing behind', async () => {
  const { open, tell, state, scheduler, sent } = await stage();
  const { hooks, log, deliveries } = await open();
  const hook = await create(hooks, 'a');
  state.answer = () => NO;
  await tell(deliveries, [hook], ['moderation', 'moderation']);
  await hooks.remove(hook);
  deliveries.forget(hook.id);
  await tell(deliveries, [hook], ['moderation']);
  await scheduler.pass(3600 * SECOND, 10 * SECOND);
  expect([sent.length, await log.page(hook.id, { limit: 10 }), scheduler.pending]).toEqual([1, [], 0]);
});

test('after a restart the secret before signs still, until its day is over', async () => {
  const { open, scheduler } = await stage();
  const first = await open();
  const { hook, secret } = await first.hooks.create('r_1', { url: 'https://x.example/a' });
  const { secret: next } = await first.hooks.rotate(hook);
  await first.close();
  const { hooks } = await open();
  expect(hooks.secretsOf(hook.id)).toEqual([next, secret]);
  scheduler.advance(24 * 3600 * SECOND);
  expect(hooks.secretsOf(hook.id)).toEqual([next]);
});

import { describe, expect, test } from 'vitest';
import { settle, VirtualScheduler } from '../../../test/virtual-scheduler.ts';
import { SECOND } from '../../media/time.ts';
import { HookQueue } from './hook-queue.ts';
import type { PostResult } from './signed-post.ts';
import type { DeliveryRow } from './webhook-tables.ts';

const YES: PostResult = { ok: true, status: 204, ms: 1 };
const NO: PostResult = { ok: false, status: 500, error: 'It answered 500.', ms: 1 };

function stage({ tries = 5 } = {}) {
  const scheduler = new VirtualScheduler();
  const rows: DeliveryRow[] = [];
  /** When what was sent, in seconds, and whether as one that fails. */
  const sent: [number, number, boolean][] = [];
  const died: number[] = [];
  const trims: number[] = [];
  const state = {
    answer: (_seq: number): PostResult | Promise<PostResult> => YES,
    enabled: true,
    broken: false,
    left: 0,
  };
  const start = scheduler.now();
  const queue = new HookQueue({
    ...{ hook: 'h_1', scheduler, tries, keep: 100 },
    log: {
      async next() {
        if (state.broken) throw new Error('the disk is full');
        return rows.find((row) => row.state === 'waiting');
      },
      async tried(seq, { error }, next) {
        const row = rows.find((each) => each.seq === seq)!;
        row.attempts++;
        row.error = error ?? null;
        row.state = next;
      },
      async trim() {
        trims.push(sent.length);
      },
    },
    enabled: () => state.enabled,
    async send({ seq }, failing) {
      sent.push([(scheduler.now() - start) / SECOND, seq, failing]);
      return state.answer(seq);
    },
    left: () => void state.left++,
    died: ({ seq }) => void died.push(seq),
    failed() {},
  });
  const add = (count = 1): void => {
    for (let more = 0; more < count; more++)
      rows.push({ seq: rows.length + 1, state: 'waiting', attempts: 0 } as DeliveryRow);
    queue.wake();
  };
  return { scheduler, queue, rows, sent, died, trims, state, add, seqs: () => sent.map(([, seq]) => seq) };
}

describe('what waits for a webhook', () => {
  test('is sent one after the other, in order', async () => {
    const { add, sent, state, rows, queue } = stage();
    let inFlight = 0;
    state.answer = async () => {
      expect(++inFlight).toBe(1);
      await settle();
      inFlight--;
      return YES;
    };
    add(3);
    await settle();
    add(2);
    for (let turn = 0; turn < 20; turn++) await settle();
    expect(sent.map(([, seq]) => seq)).toEqual([1, 2, 3, 4, 5]);
    expect([rows.every((row) => row.state === 'sent'), state.left]).toEqual([true, 5]);
    await queue.close();
  });

  test('is tried again after waits that grow, before the next has its turn, and then put aside', async () => {
    const { scheduler, add, sent, died, state, rows } = stage();
    state.answer = (seq) => (seq === 1 ? NO : YES);
    add(2);
    await settle();
    await scheduler.pass(400 * SECOND, SECOND);
    expect(sent.map(([at, seq]) => [at, seq])).toEqual([
      [0, 1],
      [2, 1],
      [12, 1],
      [62, 1],
      [312, 1],
    ]);
    expect(died).toEqual([1]);
    await scheduler.pass(600 * SECOND, SECOND);
    expect(sent.at(-1)).toEqual([912, 2, true]);
    expect(rows.map((row) => [row.state, row.attempts])).toEqual([
      ['dead', 5],
      ['sent', 1],
    ]);
    // It answers again: nothing waits any more, and nobody takes it for one that fails.
    add();
    await settle();
    expect(sent.at(-1)).toEqual([expect.any(Number), 3, false]);
  });

  test('loses few to a webhook that is gone for an hour', async () => {
    const { scheduler, add, sent, died, state, seqs } = stage();
    state.answer = () => NO;
    add(50);
    await scheduler.pass(3600 * SECOND, SECOND);
    expect([sent.length, died]).toEqual([10, [1, 2]]);
    state.answer = () => YES;
    await scheduler.pass(600 * SECOND, SECOND);
    expect(new Set(seqs()).size).toBe(50);
  });

  test('is tried at once when its webhook was changed', async () => {
    const { queue, add, sent, state } = stage();
    state.answer = () => NO;
    add();
    await settle();
    state.answer = () => YES;
    queue.retry();
    await settle();
    expect(sent).toEqual([
      [0, 1, false],
      [0, 1, false],
    ]);
  });

  test('stays where it is while the webhook is turned off, and when the server stops', async () => {
    const { scheduler, queue, add, sent, state, rows } = stage();
    state.enabled = false;
    add();
    await scheduler.pass(3600 * SECOND, 60 * SECOND);
    expect(sent).toEqual([]);
    state.enabled = true;
    state.answer = () => new Promise((_resolve, reject) => setImmediate(reject, new Error('stopping')));
    queue.wake();
    await queue.close();
    expect([sent.length, rows[0]!.state, rows[0]!.attempts, scheduler.pending]).toEqual([1, 'waiting', 0, 0]);
  });

  test('is not forgotten where the database cannot be read for a while', async () => {
    const { scheduler, add, state, seqs } = stage();
    state.broken = true;
    add();
    await settle();
    state.broken = false;
    await scheduler.pass(11 * SECOND, SECOND);
    expect(seqs()).toEqual([1]);
  });

  test('is looked through now and then, so that what was sent is forgotten', async () => {
    const { add, trims, scheduler } = stage();
    add(120);
    await scheduler.pass(2 * SECOND, SECOND / 100);
    expect(trims).toEqual([1, 51, 101]);
  });
});

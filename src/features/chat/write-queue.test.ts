import { expect, test } from 'vitest';
import { RoomcastError } from '../../errors.ts';
import { systemScheduler } from '../../io/scheduler.ts';
import { WriteQueue } from './write-queue.ts';

/** A database that remembers which writes shared a transaction. */
function stage(): { queue: WriteQueue<string[]>; done: string[][] } {
  const done: string[][] = [];
  const queue = new WriteQueue<string[]>(systemScheduler(), async (run) => {
    const transaction: string[] = [];
    await run(transaction);
    done.push(transaction);
  });
  return { queue, done };
}

const write = (queue: WriteQueue<string[]>, name: string): Promise<void> =>
  queue.add(async (transaction) => void transaction.push(name));

test('what comes in the same moment is one transaction, in order', async () => {
  const { queue, done } = stage();
  await Promise.all(['a', 'b', 'c'].map((name) => write(queue, name)));
  await write(queue, 'd');
  expect(done).toEqual([['a', 'b', 'c'], ['d']]);
});

test('what comes while one is written is the next', async () => {
  const { queue, done } = stage();
  let later: Promise<void> | undefined;
  await queue.add(async (transaction) => {
    transaction.push('a');
    later = Promise.all([write(queue, 'b'), write(queue, 'c')]).then(() => {});
  });
  await later;
  expect(done).toEqual([['a'], ['b', 'c']]);
});

test('one that cannot be written costs the others nothing', async () => {
  const { queue, done } = stage();
  const results = await Promise.allSettled([
    write(queue, 'a'),
    queue.add(() => Promise.reject(new Error('no'))),
    write(queue, 'c'),
  ]);
  expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
  expect(done).toEqual([['a'], ['c']]);
  await write(queue, 'd');
  expect(done.at(-1)).toEqual(['d']);
});

test('where the database cannot be used all are told at once, and it is asked once', async () => {
  let asked = 0;
  const queue = new WriteQueue<undefined>(systemScheduler(), async () => {
    asked++;
    throw new RoomcastError('store-failed');
  });
  const results = await Promise.allSettled([1, 2, 3].map(() => queue.add(async () => {})));
  expect(results.map(({ status }) => status)).toEqual(['rejected', 'rejected', 'rejected']);
  expect(asked).toBe(1);
});

test('drains until nothing waits', async () => {
  const { queue, done } = stage();
  void write(queue, 'a');
  void write(queue, 'b');
  await queue.drain();
  expect(done).toEqual([['a', 'b']]);
});

test('more than ten thousand that wait are refused', async () => {
  let open = (): void => {};
  const gate = new Promise<void>((resolve) => (open = resolve));
  const queue = new WriteQueue<undefined>(systemScheduler(), (run) => run(undefined));
  let begin = (): void => {};
  const begun = new Promise<void>((resolve) => (begin = resolve));
  const first = queue.add(() => {
    begin();
    return gate;
  });
  await begun;
  const rest = Array.from({ length: 10_000 }, () => queue.add(async () => {}));
  await expect(queue.add(async () => {})).rejects.toMatchObject({ code: 'busy' });
  open();
  await Promise.all([first, ...rest]);
});

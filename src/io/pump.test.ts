import { once } from 'node:events';
import { beforeEach, describe, expect, test } from 'vitest';
import { type OpenOutlet, type OutletKind, outletKinds, socketKinds } from '../../test/outlets.ts';
import { settle, VirtualScheduler } from '../../test/virtual-scheduler.ts';
import type { Cursor } from '../live/cursor.ts';
import type { EndReason } from '../media/frame.ts';
import { SECOND } from '../media/time.ts';
import { Pump, type PumpOptions } from './pump.ts';

const BLOCK_BYTES = 256 * 1024;
/** So many blocks are more than a system keeps for one that reads nothing. */
const FLOOD = 100;
/** A block, and what an encrypted socket holds before it counts as behind. */
const MOST_HELD = BLOCK_BYTES + 64 * 1024;

/** The blocks of one viewer, one at a time. */
class Blocks implements Pick<Cursor, 'take' | 'queued' | 'ended' | 'leave'> {
  readonly waiting: Uint8Array[] = [];
  left = false;
  #ended: EndReason | undefined;
  #ready = (): void => {};

  readonly join = (ready: () => void): Cursor => {
    this.#ready = ready;
    return this as unknown as Cursor;
  };

  add(...blocks: Uint8Array[]): void {
    this.waiting.push(...blocks);
    this.#ready();
  }

  end(): void {
    this.#ended = 'ended';
    this.#ready();
  }

  take(): Uint8Array[] {
    return this.waiting.splice(0, 1);
  }

  get queued(): number {
    return this.waiting.length;
  }

  get ended(): EndReason | undefined {
    return this.waiting.length > 0 ? undefined : this.#ended;
  }

  leave(): void {
    this.left = true;
  }
}

let scheduler: VirtualScheduler;
let to: OpenOutlet;
let blocks: Blocks;

/** Starts one; resolves with why it is over. The outlet is closed as a player's is. */
function pumping(options: Partial<PumpOptions> = {}): Promise<string> {
  return new Promise((resolve) => {
    const over = (reason: string): void => {
      resolve(reason);
      to.outlet.end(SECOND);
    };
    const { outlet } = to;
    return new Pump({ outlet, scheduler, join: blocks.join, finish: over, stalled: () => over('stalled'), ...options });
  });
}

async function received(): Promise<Buffer> {
  const parts: Buffer[] = [];
  for await (const part of to.viewer) parts.push(part as Buffer);
  return Buffer.concat(parts);
}

/** The viewer reads nothing, and the system takes no more for it. */
async function full(): Promise<void> {
  let before = -1;
  const isFull = (): boolean => {
    const same = to.held() > 0 && blocks.waiting.length === before;
    before = blocks.waiting.length;
    return same;
  };
  await expect.poll(isFull, { interval: 20 }).toBe(true);
}

const block = (value: number): Uint8Array => new Uint8Array(BLOCK_BYTES).fill(value);

const begin = async ({ open }: OutletKind): Promise<void> => {
  scheduler = new VirtualScheduler();
  to = await open(scheduler);
  blocks = new Blocks();
};

describe.each(outletKinds)('to $name', (kind) => {
  beforeEach(() => begin(kind));

  test('a viewer that reads gets every block in order, then the end', async () => {
    const over = pumping();
    const all = received();
    blocks.add(Uint8Array.of(1), Uint8Array.of(2, 3));
    blocks.add(Uint8Array.of(4));
    blocks.end();
    expect(await over).toBe('ended');
    expect([...(await all)]).toEqual([1, 2, 3, 4]);
    expect(blocks.left).toBe(true);
  });

  test('blocks that come after the first were written follow them', async () => {
    void pumping();
    to.viewer.resume();
    blocks.add(Uint8Array.of(1));
    await once(to.viewer, 'data');
    blocks.add(Uint8Array.of(2));
    const [next] = (await once(to.viewer, 'data')) as [Buffer];
    expect([...next]).toEqual([2]);
  });

  test('a viewer that keeps up is not waited for', () => {
    to.viewer.resume();
    to.outlet.open({ taken: () => expect.unreachable(), still: () => expect.unreachable(), lookMs: 1000 });
    expect(to.outlet.write([new Uint8Array(10_000)])).toBe(true);
    expect(to.outlet.write([new Uint8Array(10_000), new Uint8Array(10)])).toBe(true);
    to.outlet.release();
  });

  test('what a viewer does not read waits in the feed and not in the process', async () => {
    const over = pumping();
    to.viewer.pause();
    blocks.add(...Array.from({ length: FLOOD }, (_, index) => block(index)));
    await full();
    expect(blocks.waiting.length).toBeGreaterThan(0);
    expect(to.held()).toBeLessThanOrEqual(MOST_HELD);

    blocks.add(block(FLOOD));
    expect(to.held()).toBeLessThanOrEqual(MOST_HELD);
    blocks.end();
    const bytes = await received();
    expect(await over).toBe('ended');
    const order = Array.from({ length: FLOOD + 1 }, (_, index) => bytes[index * BLOCK_BYTES]);
    expect(bytes.length).toBe((FLOOD + 1) * BLOCK_BYTES);
    expect(order).toEqual(order.map((_, index) => index));
  });

  test('a viewer with much to catch up on takes one batch at a turn, and no turn once it left', async () => {
    const turns: number[] = [];
    const pump = new Pump({
      outlet: to.outlet,
      scheduler,
      join: blocks.join,
      finish: () => {},
      stalled: () => {},
    });
    blocks.add(...Array.from({ length: 4 }, (_, value) => Uint8Array.of(value)));
    for (let turn = 0; turn < 2; turn++) {
      turns.push(blocks.waiting.length);
      await settle();
    }
    pump.stop();
    await settle();
    expect([...turns, blocks.waiting.length]).toEqual([3, 2, 1]);
  });

  test('the end waits until the socket took the last block', async () => {
    let over: string | undefined;
    void pumping().then((reason) => (over = reason));
    to.viewer.pause();
    while (to.held() === 0) {
      blocks.add(block(1));
      for (let turn = 0; turn < 3; turn++) await settle();
    }
    blocks.end();
    await settle();
    expect(over).toBeUndefined();
    await received();
    expect(over).toBe('ended');
  });

  test('each block is written in the framing of the protocol', async () => {
    const all = received();
    const over = pumping({ wrap: (bytes) => Uint8Array.of(bytes.length, ...bytes) });
    blocks.add(Uint8Array.of(7, 8), Uint8Array.of(9));
    blocks.end();
    await over;
    expect([...(await all)]).toEqual([2, 7, 8, 1, 9]);
  });
});

/** Whether bytes move is looked at by timers of the system, which virtual time does not reach. */
describe.each(socketKinds)('to $name that is slow', (kind) => {
  beforeEach(() => begin(kind));

  test('one that takes no batch within a minute is given up, even when what it sends keeps the connection busy', async () => {
    let over: string | undefined;
    void pumping().then((reason) => (over = reason));
    to.viewer.pause();
    blocks.add(...Array.from({ length: FLOOD }, () => block(1)));
    await full();
    scheduler.advance(59 * SECOND);
    await settle();
    expect(over).toBeUndefined();
    scheduler.advance(2 * SECOND);
    await settle();
    expect(over).toBe('stalled');
  });

  test('one that takes each batch in time may stay as long as it likes', async () => {
    let over: string | undefined;
    void pumping().then((reason) => (over = reason));
    for (let batch = 0; batch < 3; batch++) {
      to.viewer.pause();
      blocks.add(...Array.from({ length: FLOOD }, () => block(batch)));
      await full();
      scheduler.advance(59 * SECOND);
      to.viewer.resume();
      await expect.poll(() => [blocks.waiting.length, to.held()]).toEqual([0, 0]);
    }
    expect(over).toBeUndefined();
  });
});

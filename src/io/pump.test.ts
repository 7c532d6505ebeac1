import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { settle, VirtualScheduler } from '../../test/virtual-scheduler.ts';
import type { Cursor } from '../live/cursor.ts';
import type { EndReason } from '../media/frame.ts';
import { SECOND } from '../media/time.ts';
import { Pump, type PumpOptions } from './pump.ts';

const BLOCK_BYTES = 256 * 1024;
/** So many blocks are more than a system keeps for a socket that nobody reads. */
const FLOOD = 100;

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

let socket: Socket;
let viewer: Socket;
let blocks: Blocks;

beforeEach(async () => {
  const server = createServer({ noDelay: true }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  viewer = connect((server.address() as AddressInfo).port, '127.0.0.1');
  [socket] = (await once(server, 'connection')) as [Socket];
  server.close();
  blocks = new Blocks();
});

afterEach(() => {
  socket.destroy();
  viewer.destroy();
});

/** Starts one; resolves with why it is over. The socket is closed as a player's is. */
function pumping(options: Partial<PumpOptions> = {}): Promise<string> {
  return new Promise((resolve) => {
    const over = (reason: string): void => {
      resolve(reason);
      socket.end();
    };
    const scheduler = new VirtualScheduler();
    return new Pump({ socket, scheduler, join: blocks.join, finish: over, stalled: () => over('stalled'), ...options });
  });
}

async function received(): Promise<Buffer> {
  const parts: Buffer[] = [];
  for await (const part of viewer) parts.push(part as Buffer);
  return Buffer.concat(parts);
}

/** The viewer reads nothing, and the system takes no more for it. */
async function full(): Promise<void> {
  await expect.poll(() => socket.writableLength, { interval: 1 }).toBeGreaterThan(0);
}

const block = (value: number): Uint8Array => new Uint8Array(BLOCK_BYTES).fill(value);

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
  viewer.resume();
  blocks.add(Uint8Array.of(1));
  await once(viewer, 'data');
  blocks.add(Uint8Array.of(2));
  const [next] = (await once(viewer, 'data')) as [Buffer];
  expect([...next]).toEqual([2]);
});

test('what a viewer does not read waits in the feed and not in the process', async () => {
  const over = pumping();
  viewer.pause();
  blocks.add(...Array.from({ length: FLOOD }, (_, index) => block(index)));
  await full();
  expect(blocks.waiting.length).toBeGreaterThan(0);
  expect(socket.writableLength).toBeLessThanOrEqual(BLOCK_BYTES);

  blocks.add(block(FLOOD));
  expect(socket.writableLength).toBeLessThanOrEqual(BLOCK_BYTES);
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
    socket,
    scheduler: new VirtualScheduler(),
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
  viewer.pause();
  while (socket.writableLength === 0) blocks.add(block(1));
  blocks.end();
  await new Promise((resolve) => setImmediate(resolve));
  expect(over).toBeUndefined();
  await received();
  expect(over).toBe('ended');
});

test('one that takes no batch within a minute is given up, even when what it sends keeps the connection busy', async () => {
  const scheduler = new VirtualScheduler();
  let over: string | undefined;
  void pumping({ scheduler }).then((reason) => (over = reason));
  viewer.pause();
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
  const scheduler = new VirtualScheduler();
  let over: string | undefined;
  void pumping({ scheduler }).then((reason) => (over = reason));
  for (let batch = 0; batch < 3; batch++) {
    viewer.pause();
    blocks.add(...Array.from({ length: FLOOD }, () => block(batch)));
    await full();
    scheduler.advance(59 * SECOND);
    viewer.resume();
    await expect.poll(() => [blocks.waiting.length, socket.writableLength], { timeout: 10_000 }).toEqual([0, 0]);
  }
  expect(over).toBeUndefined();
});

test('each block is written in the framing of the protocol', async () => {
  const all = received();
  const over = pumping({ wrap: (bytes) => Uint8Array.of(bytes.length, ...bytes) });
  blocks.add(Uint8Array.of(7, 8), Uint8Array.of(9));
  blocks.end();
  await over;
  expect([...(await all)]).toEqual([2, 7, 8, 1, 9]);
});

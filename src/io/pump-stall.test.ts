import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { describe, expect, onTestFinished, test } from 'vitest';
import { VirtualScheduler } from '../../test/virtual-scheduler.ts';
import type { Cursor } from '../live/cursor.ts';
import { MILLISECOND } from '../media/time.ts';
import { Pump } from './pump.ts';
import { SocketOutlet } from './socket-outlet.ts';

/** ms of virtual time, and far more real time than a test takes; Pump looks four times in it. */
const STALL = 800_000;
const LOOKS = 4;

/** Our side of a connection, and the viewer's, which reads nothing yet. */
async function connection(): Promise<{ socket: Socket; viewer: Socket }> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const viewer = connect((server.address() as AddressInfo).port, '127.0.0.1').pause();
  const [socket] = (await once(server, 'connection')) as [Socket];
  onTestFinished(() => {
    for (const each of [socket, viewer]) each.destroy();
    server.close();
  });
  return { socket, viewer };
}

/** Something to take at any time, as in a broadcast that is far ahead of its viewer. */
function plenty(): Cursor {
  const bytes = [new Uint8Array(256 * 1024)];
  return { take: () => bytes, queued: bytes[0]!.length, leave: () => {}, ended: undefined } as unknown as Cursor;
}

/** Bytes that the socket has not taken. */
function queueOf(socket: Socket): number {
  return (socket as unknown as { _handle: { writeQueueSize: number } })._handle.writeQueueSize;
}

interface Pumping {
  readonly isStalled: boolean;
  /** Looks that found that nothing had moved. */
  readonly quiet: number;
  /** The time of a look passes, and Node looks as it does when its own timer is due. */
  look(): void;
}

function pumpTo(socket: Socket): Pumping {
  const state = { isStalled: false, quiet: 0 };
  const scheduler = new VirtualScheduler();
  const stalled = (): void => {
    state.isStalled = true;
    pump.stop();
  };
  const outlet = new SocketOutlet(socket, scheduler);
  const pump = new Pump({ outlet, scheduler, join: plenty, finish: () => {}, stalled, stallMs: STALL });
  onTestFinished(() => pump.stop());
  socket.on('timeout', () => state.quiet++);
  const look = (): void => {
    scheduler.advance((STALL / LOOKS) * MILLISECOND);
    (socket as unknown as { _onTimeout(): void })._onTimeout();
  };
  return Object.assign(state, { look });
}

/** Resolves when the system's buffers are full and something waits behind them. */
async function filled(socket: Socket): Promise<void> {
  let before = 0;
  const isFull = (): boolean => {
    const now = queueOf(socket);
    const same = now > 0 && now === before;
    before = now;
    return same;
  };
  await expect.poll(isFull, { interval: 50 }).toBe(true);
}

describe('a viewer that reads nothing', () => {
  test('is stalled when nothing has moved for the stall time, and no look later', async () => {
    const { socket } = await connection();
    const pumping = pumpTo(socket);
    await filled(socket);
    let queue = queueOf(socket);
    // The first look may only learn how much waits.
    for (let still = 0; still <= LOOKS && !pumping.isStalled; still++) {
      pumping.look();
      if (queueOf(socket) !== queue) still = 0;
      queue = queueOf(socket);
    }
    expect(pumping).toMatchObject({ isStalled: true, quiet: LOOKS });
  });
});

describe('a viewer that reads now and then', () => {
  test('is not stalled, though most looks find that nothing moved', async () => {
    const { socket, viewer } = await connection();
    const pumping = pumpTo(socket);
    let read = 0;
    viewer.on('data', (bytes) => (read += bytes.length));
    viewer.pause();
    for (let turn = 0; turn < 4; turn++) {
      await filled(socket);
      for (let look = 1; look < LOOKS; look++) pumping.look();
      const enough = read + 8 * 2 ** 20;
      viewer.resume();
      await expect.poll(() => read, { interval: 5 }).toBeGreaterThan(enough);
      viewer.pause();
      await filled(socket);
      pumping.look();
    }
    expect(pumping.quiet).toBeGreaterThan(4);
    expect(pumping.isStalled).toBe(false);
  });
});

import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { describe, expect, onTestFinished, test } from 'vitest';
import type { Cursor } from '../live/cursor.ts';
import { Pump } from './pump.ts';
import { systemScheduler } from './scheduler.ts';

/** ms; Pump looks four times in it. */
const STALL = 800;

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
  return { take: () => bytes, leave: () => {}, ended: undefined } as unknown as Cursor;
}

function pumpTo(socket: Socket): { stalledAt: number | undefined } {
  const state: { stalledAt: number | undefined } = { stalledAt: undefined };
  const stalled = (): void => {
    state.stalledAt ??= performance.now();
    pump.stop();
  };
  const scheduler = systemScheduler();
  const pump = new Pump({ socket, scheduler, join: plenty, finish: () => {}, stalled, stallMs: STALL });
  onTestFinished(() => pump.stop());
  return state;
}

describe('a viewer that reads nothing', () => {
  test('is stalled after the stall time, and not much later', async () => {
    const { socket } = await connection();
    const begun = performance.now();
    const state = pumpTo(socket);
    await expect.poll(() => state.stalledAt, { timeout: 5 * STALL }).toBeDefined();
    expect(state.stalledAt! - begun).toBeGreaterThanOrEqual(STALL);
    expect(state.stalledAt! - begun).toBeLessThan(1.75 * STALL);
  });
});

describe('a viewer that reads now and then', () => {
  test('is not stalled, though most looks find that nothing moved', async () => {
    const { socket, viewer } = await connection();
    const state = pumpTo(socket);
    let pauses = 0;
    let read = 0;
    viewer.on('data', (bytes) => {
      read += bytes.length;
      if (read < (pauses + 1) * 8 * 2 ** 20) return;
      viewer.pause();
      pauses++;
      setTimeout(() => viewer.resume(), STALL * 0.8);
    });
    viewer.resume();
    await expect.poll(() => pauses, { timeout: 20 * STALL }).toBe(4);
    expect(state.stalledAt).toBeUndefined();
  });
});

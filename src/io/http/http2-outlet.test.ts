import type { ClientHttp2Stream } from 'node:http2';
import { expect, onTestFinished, test } from 'vitest';
import { openHttp2, type OpenOutlet } from '../../../test/outlets.ts';
import { settle, VirtualScheduler } from '../../../test/virtual-scheduler.ts';
import type { Cursor } from '../../live/cursor.ts';
import { MILLISECOND, SECOND } from '../../media/time.ts';
import { Pump } from '../pump.ts';

const STALL_MS = 8000;
const LOOK = (STALL_MS / 4) * MILLISECOND;
const CANCEL = 0x8;

/** Something to take at any time, as in a broadcast that is far ahead of its viewer. */
function plenty(): Cursor {
  const bytes = [new Uint8Array(256 * 1024)];
  return { take: () => bytes, queued: bytes[0]!.length, leave: () => {}, ended: undefined } as unknown as Cursor;
}

interface Watched extends OpenOutlet {
  isStalled: boolean;
  read: number;
}

/** A viewer of a broadcast that is far ahead of it. It reads nothing yet. */
function watch(to: OpenOutlet, scheduler: VirtualScheduler): Watched {
  const watched = { ...to, isStalled: false, read: 0 };
  const { outlet, viewer } = to;
  viewer.on('data', (bytes: Uint8Array) => (watched.read += bytes.length));
  viewer.pause();
  const stalled = (): void => {
    watched.isStalled = true;
    pump.stop();
  };
  const pump = new Pump({ outlet, scheduler, join: plenty, finish: () => {}, stalled, stallMs: STALL_MS });
  onTestFinished(() => pump.stop());
  return watched;
}

/** The viewer's window is full: nothing moves any more until it reads. */
async function filled({ outlet }: OpenOutlet): Promise<void> {
  let before = -1;
  const isFull = (): boolean => {
    const { out } = outlet.traffic();
    const same = out === before;
    before = out;
    return same;
  };
  await expect.poll(isFull, { interval: 50 }).toBe(true);
}

/** Reads a little more than its window. */
async function read(watched: Watched): Promise<void> {
  const enough = watched.read + 128 * 1024;
  watched.viewer.resume();
  await expect.poll(() => watched.read, { interval: 1 }).toBeGreaterThan(enough);
  watched.viewer.pause();
  await filled(watched);
}

/** How a viewer is told of the end. */
function ending(viewer: ClientHttp2Stream): Promise<{ ended: boolean; code: number | undefined }> {
  let ended = false;
  viewer.on('error', () => {});
  viewer.resume().on('end', () => (ended = !viewer.aborted));
  return new Promise((resolve) => viewer.once('close', () => resolve({ ended, code: viewer.rstCode })));
}

test('a viewer that reads nothing is stalled, though another on its connection reads all the time', async () => {
  const scheduler = new VirtualScheduler();
  const { first, another } = await openHttp2(scheduler);
  const dead = watch(first, scheduler);
  const alive = watch(await another(), scheduler);
  await filled(dead);
  for (let look = 0; look < 5; look++) {
    expect(dead.isStalled).toBe(false);
    await read(alive);
    scheduler.advance(LOOK);
  }
  expect([dead.isStalled, alive.isStalled]).toEqual([true, false]);
});

test('a viewer that reads now and then is not stalled', async () => {
  const scheduler = new VirtualScheduler();
  const watched = watch((await openHttp2(scheduler)).first, scheduler);
  for (let turn = 0; turn < 4; turn++) {
    await filled(watched);
    scheduler.advance(3 * LOOK);
    await read(watched);
    scheduler.advance(LOOK);
  }
  expect(watched.isStalled).toBe(false);
});

test('what a viewer keeps up with leaves no timer behind', async () => {
  const scheduler = new VirtualScheduler();
  const { first } = await openHttp2(scheduler);
  first.viewer.resume();
  first.outlet.open({ taken: () => {}, still: () => {}, lookMs: 1000 });
  expect(first.outlet.write([new Uint8Array(1000)])).toBe(true);
  expect(scheduler.pending).toBe(0);
  expect(first.outlet.write([new Uint8Array(1_000_000)])).toBe(false);
  await expect.poll(() => scheduler.pending).toBe(0);
});

test('only the bytes of the stream itself are counted', async () => {
  const scheduler = new VirtualScheduler();
  const { first, another } = await openHttp2(scheduler);
  const other = await another();
  for (const { viewer } of [first, other]) viewer.resume();
  first.outlet.write([new Uint8Array(1000), new Uint8Array(200)]);
  other.outlet.write([new Uint8Array(7)], (bytes) => Uint8Array.of(1, ...bytes));
  expect([first.outlet.traffic(), other.outlet.traffic()]).toEqual([
    { in: 0, out: 1200 },
    { in: 0, out: 8 },
  ]);
});

test('the end comes behind everything that was written, cleanly', async () => {
  const scheduler = new VirtualScheduler();
  const { first } = await openHttp2(scheduler);
  const end = ending(first.viewer as ClientHttp2Stream);
  let read = 0;
  first.viewer.on('data', (bytes: Uint8Array) => (read += bytes.length));
  first.outlet.write([new Uint8Array(500_000)]);
  first.outlet.end(SECOND);
  expect(await end).toEqual({ ended: true, code: 0 });
  expect(read).toBe(500_000);
  await expect.poll(() => first.closed()).toBe(true);
  expect(scheduler.pending).toBe(0);
});

test('a viewer that does not read to the end is reset when its time is over', async () => {
  const scheduler = new VirtualScheduler();
  const { first } = await openHttp2(scheduler);
  first.viewer.pause();
  const end = new Promise((resolve) => first.viewer.on('error', () => {}).once('close', resolve));
  first.outlet.write([new Uint8Array(500_000)]);
  first.outlet.end(SECOND);
  scheduler.advance(SECOND - 1);
  await settle();
  expect(first.closed()).toBe(false);
  scheduler.advance(1);
  await end;
  expect([first.closed(), (first.viewer as ClientHttp2Stream).rstCode]).toEqual([true, CANCEL]);
});

test('a connection that goes takes its streams with it', async () => {
  const scheduler = new VirtualScheduler();
  const { first, stop } = await openHttp2(scheduler);
  const { outlet } = first;
  outlet.open({ taken: () => {}, still: () => {}, lookMs: 1000 });
  expect(outlet.write([new Uint8Array(1_000_000)])).toBe(false);
  stop();
  await expect.poll(() => first.closed()).toBe(true);
  expect(() => {
    outlet.write([new Uint8Array(10)]);
    outlet.end(SECOND);
    outlet.destroy();
  }).not.toThrow();
  await settle();
  expect(scheduler.pending).toBe(0);
});

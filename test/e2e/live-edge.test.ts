import { expect, test } from 'vitest';
import type { ClipName } from '../clips.ts';
import { startServer, type TestServer, until } from '../servers.ts';
import { TestBrowser } from './browser.ts';
import { inCalm } from './calm.ts';
import { FrameClock, type SeenFrame } from './frame-clock.ts';
import { RoomPage } from './room-page.ts';

const browser = new TestBrowser();

/** Room for measuring anew. */
const LONG = { timeout: 180_000 };

/** The frame in the middle when they are put in order of their delay, in ms. */
function median(frames: readonly SeenFrame[]): number {
  return frames.map(({ delay }) => delay).sort((a, b) => a - b)[Math.floor(frames.length / 2)]!;
}

interface Followed {
  server: TestServer;
  room: RoomPage;
  seen: SeenFrame[];
}

/** Opens the room when so many seconds of the film are published, and watches it for so many ms. */
function follow(film: ClipName, from: number, ms: number): Promise<Followed> {
  const measure = async (): Promise<Followed> => {
    const server = await startServer();
    const clock = await FrameClock.start(server, film);
    await clock.reaches(from);
    const room = await RoomPage.open(await browser.profile(), `${server.http}/lobby`);
    await clock.watch(room);
    await room.plays();
    await until(`${ms} ms were seen`, async () => (await clock.seen(room)).some(({ after }) => after > ms));
    return { server, room, seen: await clock.seen(room) };
  };
  return inCalm(measure, async ({ server, room }) => {
    await room.close();
    await server.server.close();
  });
}

test('joining late in a GOP of ten seconds, the picture is close to live at once', LONG, async () => {
  const { seen } = await follow('numbered-long-gop', 6, 3500);
  expect(seen.length).toBeGreaterThan(25);
  expect(median(seen.filter(({ after }) => after > 2500 && after < 3500))).toBeLessThan(1500);
  // Never from the start of the GOP, and never back.
  expect(seen[0]!.delay).toBeLessThan(3000);
  expect(seen.every(({ number }, index) => index === 0 || number > seen[index - 1]!.number)).toBe(true);
});

test('with key frames every two seconds it is at most 0.8 s from publisher to screen', LONG, async () => {
  const { room, seen } = await follow('numbered', 1.5, 8000);
  const steady = seen.filter(({ after }) => after > 5000);
  expect(steady.length).toBeGreaterThan(25);
  expect(median(steady)).toBeLessThan(800);

  await room.page.mouse.move(640, 300);
  const said = await room.button(/s behind$/).innerText();
  expect(said).toMatch(/^Live\s+\d+\.\d s behind$/);
  expect(Math.abs(Number.parseFloat(said.match(/[\d.]+/)![0]) * 1000 - median(steady))).toBeLessThan(300);
  await room.photograph('live-edge');
});

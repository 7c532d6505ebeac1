import { expect, test } from 'vitest';
import { startServer, until } from '../servers.ts';
import { TestBrowser } from './browser.ts';
import { FrameClock, type SeenFrame } from './frame-clock.ts';
import { RoomPage } from './room-page.ts';

const browser = new TestBrowser();

/** The frame in the middle when they are put in order of their delay, in ms. */
function median(frames: readonly SeenFrame[]): number {
  return frames.map(({ delay }) => delay).sort((a, b) => a - b)[Math.floor(frames.length / 2)]!;
}

test('joining late in a GOP of ten seconds, the picture is close to live at once', async () => {
  const server = await startServer();
  const clock = await FrameClock.start(server, 'numbered-long-gop');
  await clock.reaches(6);
  const room = await RoomPage.open(await browser.profile(), `${server.http}/lobby`);
  await clock.watch(room);
  await room.plays();
  await until('three seconds were seen', async () => (await clock.seen(room)).some(({ after }) => after > 3500));
  const seen = await clock.seen(room);
  expect(seen.length).toBeGreaterThan(25);
  expect(median(seen.filter(({ after }) => after > 2500 && after < 3500))).toBeLessThan(1500);
  // Never from the start of the GOP, and never back.
  expect(seen[0]!.delay).toBeLessThan(3000);
  expect(seen.every(({ number }, index) => index === 0 || number > seen[index - 1]!.number)).toBe(true);
});

test('with key frames every two seconds it is at most 0.8 s from publisher to screen', async () => {
  const server = await startServer();
  const clock = await FrameClock.start(server, 'numbered');
  await clock.reaches(1.5);
  const room = await RoomPage.open(await browser.profile(), `${server.http}/lobby`);
  await clock.watch(room);
  await room.plays();
  await until('eight seconds were seen', async () => (await clock.seen(room)).some(({ after }) => after > 8000));
  const steady = (await clock.seen(room)).filter(({ after }) => after > 5000);
  expect(steady.length).toBeGreaterThan(25);
  expect(median(steady)).toBeLessThan(800);

  await room.page.mouse.move(640, 300);
  const said = await room.button(/s behind$/).innerText();
  expect(said).toMatch(/^Live\s+\d+\.\d s behind$/);
  expect(Math.abs(Number.parseFloat(said.match(/[\d.]+/)![0]) * 1000 - median(steady))).toBeLessThan(300);
  await room.photograph('live-edge');
});

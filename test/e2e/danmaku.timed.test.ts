import type { Page, WebSocketRoute } from 'playwright-core';
import { expect, test } from 'vitest';
import type { ChatMessage } from '../../src/client/messages.ts';
import { long } from '../long.ts';
import { publish } from '../publish.ts';
import { startServer, until } from '../servers.ts';
import { TestBrowser } from './browser.ts';
import { inCalm } from './calm.ts';
import { commentsOver, Talker } from './comments.ts';
import { FrameClock } from './frame-clock.ts';
import { RoomPage } from './room-page.ts';

const browser = new TestBrowser();

/** As many as can be seen at once. */
const LOOK = { size: 50, area: 1, density: 'high', speed: 9, opacity: 85, without: [], words: [], on: true };
const CROWD = 200;
/** A burst of this many every tick keeps that many in the air. ms */
const BURST = 5;
const TICK = 100;
/** For how long frames are counted. ms */
const MEASURED = long ? 5000 : 3000;

/** Frames in a thread, and the longest time between two, until so many ms have passed. */
const FRAMES = `new Promise((resolve) => {
  const start = performance.now();
  let [count, last, longest] = [0, start, 0];
  requestAnimationFrame(function frame() {
    const now = performance.now();
    [count, longest, last] = [count + 1, Math.max(longest, now - last), now];
    if (now - start < ${MEASURED}) requestAnimationFrame(frame);
    else resolve({ rate: (count * 1000) / (now - start), longest });
  });
})`;

/** What the page’s own thread did meanwhile that took longer than 50 ms. */
const LONG_TASKS = `new Promise((resolve) => {
  const tasks = [];
  new PerformanceObserver((list) => tasks.push(...list.getEntries().map(({ duration }) => duration))).observe({ type: 'longtask' });
  setTimeout(() => resolve(tasks), ${MEASURED});
})`;

interface Frames {
  rate: number;
  longest: number;
}

/** A comment as the server tells it. */
function said(number: number): ChatMessage {
  const id = `01TEST${String(number).padStart(20, '0')}`;
  return {
    ...{ id, rev: id, kind: 'say', user: { id: 'g_crowd', name: 'Crowd', role: 'guest' }, text: `comment${number}` },
    ...{ at: new Date().toISOString(), danmaku: { mode: 'scroll', color: 'white' } },
  };
}

/** Counts how often the page was laid out, as the browser tells it. */
async function layoutCounter(page: Page): Promise<() => Promise<number>> {
  const devtools = await page.context().newCDPSession(page);
  await devtools.send('Performance.enable');
  return async () => {
    const { metrics } = await devtools.send('Performance.getMetrics');
    return metrics.find(({ name }) => name === 'LayoutCount')!.value;
  };
}

test('with 200 comments over a playing picture there are 55 frames a second or more, and no layout is made for them', async () => {
  await inCalm(async () => {
    const server = await startServer();
    const publisher = await publish('plain', `${server.rtmp}/live/lobby`, { loop: true });
    const profile = await browser.profile();
    await profile.addInitScript(`localStorage.setItem('roomcast', '${JSON.stringify({ danmaku: LOOK })}')`);
    const page = await profile.newPage();
    let socket: WebSocketRoute | undefined;
    await page.routeWebSocket('**/ws/lobby', (route) => {
      socket = route;
      route.connectToServer();
    });
    // Without the chat, which lays out each message that it shows.
    const room = await RoomPage.on(page, `${server.http}/lobby?chat=off`);
    await room.plays();
    const painter = (): ReturnType<typeof page.workers>[number] | undefined =>
      page.workers().find((worker) => worker.url().includes('painter'));
    await until('somebody paints', async () => painter() !== undefined);

    const layouts = await layoutCounter(page);
    const quiet = await layouts();
    await room.look(FRAMES);
    const before = await layouts();
    let number = 0;
    const crowd = setInterval(() => {
      const messages = Array.from({ length: BURST }, () => said(++number));
      socket!.send(JSON.stringify({ type: 'chat', messages }));
    }, TICK);
    try {
      await until('there are 200', async () => (await commentsOver(room)).length >= CROWD, 15_000);
      const full = await layouts();
      const [painted, shown, tasks] = await Promise.all([
        painter()!.evaluate<Frames>(FRAMES),
        room.look<Frames>(FRAMES),
        room.look<number[]>(LONG_TASKS),
      ]);
      const after = await layouts();
      const flying = await commentsOver(room);
      await room.photograph('danmaku-200');
      process.stdout.write(
        `  ${flying.length} comments: painted ${painted.rate.toFixed(1)} frames a second, the longest after ${painted.longest.toFixed(0)} ms; ` +
          `the page ${shown.rate.toFixed(1)}, after ${shown.longest.toFixed(0)} ms; long tasks ${JSON.stringify(tasks)}; ` +
          `layouts ${after - full}, without comments ${before - quiet}\n`,
      );
      expect(flying.length).toBeGreaterThanOrEqual(CROWD);
      expect(painted.rate).toBeGreaterThan(55);
      expect(shown.rate).toBeGreaterThan(55);
      expect(tasks).toEqual([]);
      // The page’s own numbers change meanwhile, as they do without comments.
      expect(after - full).toBeLessThanOrEqual((before - quiet) * 1.5 + 5);
    } finally {
      clearInterval(crowd);
      await page.close();
      await publisher.stop('SIGKILL');
      await server.server.close();
    }
  });
}, 180_000);

/** Frames of the numbered film in a second, and in all of it. */
const [RATE, ROUND] = [25, 30 * 25];
/** How much further one frame is than another of a film that is sent over and over. */
const further = (frame: number, other: number): number => ((frame - other + 1.5 * ROUND) % ROUND) - ROUND / 2;
const frameOf = (room: RoomPage): Promise<number> => room.look('framesSeen.at(-1)?.number ?? -1');

/** Notes with which frame comments come to the empty top of the picture, and when. */
const MEET = `(() => {
  const copy = new OffscreenCanvas(400, 40).getContext('2d', { willReadFrequently: true });
  let seen = false;
  globalThis.met = [];
  setInterval(() => {
    const canvas = document.querySelector('.danmaku canvas');
    if (!canvas?.width) return;
    copy.clearRect(0, 0, 400, 40);
    copy.drawImage(canvas, 0, 0, canvas.width, 80, 0, 0, 400, 40);
    const before = seen;
    seen = copy.getImageData(0, 0, 400, 40).data.some((value) => value > 0);
    if (seen && !before) met.push({ frame: framesSeen.at(-1)?.number, at: Date.now() });
  }, 40);
})()`;

interface Met {
  frame: number;
  at: number;
}

async function meets(room: RoomPage, place: number): Promise<Met> {
  await until('the comment is seen', () => room.look(`met.length > ${place}`), 12_000);
  return room.look(`met[${place}]`);
}

test('in step a comment flies with the picture that it is about, however late that is, and live it flies at once', async () => {
  const server = await startServer();
  const clock = await FrameClock.start(server, 'numbered', { round: ROUND / RATE });
  const open = async (way: string): Promise<RoomPage> => {
    const room = await RoomPage.open(await browser.profile(), `${server.http}/lobby?chat=off&play=${way}`);
    await clock.watch(room);
    await room.plays(30_000);
    await until('somebody paints', async () => room.page.workers().some((worker) => worker.url().includes('painter')));
    await room.look(MEET);
    return room;
  };
  const [live, late] = await Promise.all([open('ws-flv'), open('hls')]);
  await late.page.keyboard.press('k');
  await late.says('Paused');
  const stands = await frameOf(late);
  await until('it is five seconds behind', async () => further(await frameOf(live), stands) > 5 * RATE);
  await late.page.keyboard.press('k');
  await late.plays();
  const ann = await Talker.enter(`${server.ws}/ws/lobby`, 'Ann');

  const id = await ann.fly('in step', { mode: 'top' });
  const [first, then] = await Promise.all([meets(live, 0), meets(late, 0)]);
  // Of the same second of the film, five seconds apart.
  expect(Math.abs(further(first.frame, then.frame))).toBeLessThan(RATE);
  expect(then.at - first.at).toBeGreaterThan(3000);
  await ann.delete(id);
  for (const room of [live, late]) await until('it is gone', async () => (await commentsOver(room)).length === 0);

  await late.button('Settings').click();
  await late.page.getByRole('button', { name: /^Danmaku\s+On$/ }).click();
  await late.page.getByRole('group', { name: 'Timing' }).getByRole('button', { name: 'Live' }).click();
  await ann.fly('live', { mode: 'top' });
  const [now, soon] = await Promise.all([meets(live, 1), meets(late, 1)]);
  expect(further(now.frame, soon.frame)).toBeGreaterThan(3 * RATE);
});

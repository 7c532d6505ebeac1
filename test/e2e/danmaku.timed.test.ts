import type { Page, WebSocketRoute } from 'playwright-core';
import { expect, test } from 'vitest';
import type { ChatMessage } from '../../src/client/messages.ts';
import { long } from '../long.ts';
import { publish } from '../publish.ts';
import { startServer, until } from '../servers.ts';
import { TestBrowser } from './browser.ts';
import { inCalm } from './calm.ts';
import { commentsOver } from './comments.ts';
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

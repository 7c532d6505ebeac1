import { chromium } from 'playwright-core';
import { expect, onTestFinished, test } from 'vitest';
import { long } from '../long.ts';
import { program } from '../programs.ts';
import { publish } from '../publish.ts';
import { startServer, until } from '../servers.ts';
import { TestBrowser } from './browser.ts';
import { RoomPage } from './room-page.ts';

const browser = new TestBrowser();

/** The browser’s own HLS takes twice as long, and is led back in the same way. */
test.each(long ? ['native-hls', 'http-mp4'] : ['http-mp4'])(
  'whoever has paused what the browser plays by itself is led back to live (%s)',
  async (play) => {
    const server = await startServer();
    await publish('plain', `${server.rtmp}/live/lobby`, { loop: true });
    const room = await RoomPage.open(await browser.profile(), `${server.http}/lobby?play=${play}`);
    const before = await room.plays();
    const since = performance.now();
    await room.page.keyboard.press('k');
    const paused = performance.now();
    // Longer than what is silent is waited for.
    await until('they have missed some seconds', () => performance.now() > paused + 7000);
    expect(await room.scene()).toBe('live');
    await room.says('Paused');
    await room.page.keyboard.press('k');
    // The browser, which reads a list by itself, may have skipped what is no longer in it: who has missed nothing needs no way back.
    const { time } = await room.plays();
    const missed = (performance.now() - since) / 1000 - (time - before.time);
    const offered = async (): Promise<boolean> => (await room.button(/^Go to live/).count()) > 0;
    await until(`the way back is offered to who is ${missed} s late`, async () => missed < 1 || (await offered()));
    await room.page.keyboard.press('l');
    await until('it is live', async () => !(await offered()));
    await room.plays();
  },
);

/** They differ in what they load, and hardly in how they come back. */
const ways = long ? ['ws', 'flv', 'mp4', 'hls', 'native-hls', 'http-mp4'] : ['ws'];

test.each(ways)('whoever comes back to the page by the browser’s own button goes on watching (%s)', async (play) => {
  const server = await startServer();
  await publish('plain', `${server.rtmp}/live/lobby`, { loop: true });
  const keeper = await chromium.launch({
    executablePath: program('chromium'),
    args: ['--mute-audio'],
    chromiumSandbox: process.getuid?.() !== 0,
    // The page is put away as it is, and not thrown away.
    ignoreDefaultArgs: ['--disable-back-forward-cache'],
  });
  onTestFinished(() => keeper.close());
  const room = await RoomPage.open(await keeper.newContext(), `${server.http}/lobby?play=${play}`);
  // The browser’s own HLS waits for three segments of a broadcast that has only begun.
  await room.plays(30_000);
  await room.look('globalThis.mark = "kept"');
  await room.page.goto(server.http);
  await room.says('1 room');
  await room.page.goBack({ waitUntil: 'commit' });
  const { time } = await room.plays(6000);
  await until('it goes on', async () => (await room.picture()).time > time + 3, 8000);
  expect(await room.look('globalThis.mark')).toBe('kept');
});

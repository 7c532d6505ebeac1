import { expect, test } from 'vitest';
import { publish } from '../publish.ts';
import { startServer, until } from '../servers.ts';
import { TestBrowser } from './browser.ts';
import { disguised, publishFilm } from './films.ts';
import { RoomPage } from './room-page.ts';

const browser = new TestBrowser();

const MOST = 0.02;

/** What a page is opened on, and how it is held or how large its window is made. */
const devices = [
  {
    name: 'screens that are touched',
    touch: true,
    screens: [
      { name: 'phone', width: 390, height: 844 },
      { name: 'phone-on-its-side', width: 844, height: 390 },
      { name: 'tablet', width: 820, height: 1180 },
    ],
  },
  {
    name: 'screens with a mouse',
    touch: false,
    screens: [
      { name: 'laptop', width: 1280, height: 800 },
      { name: 'desktop', width: 1920, height: 1080 },
    ],
  },
];

/** How much has moved so far must be little. */
async function expectStill(room: RoomPage): Promise<void> {
  const shifts = await room.shifts();
  const sum = shifts.reduce((sum, { value }) => sum + value, 0);
  expect(sum, JSON.stringify(shifts)).toBeLessThan(MOST);
}

test('nothing jumps on the page while the stream comes, breaks off, and is over', async () => {
  const server = await startServer({ grace: 2 });
  const room = await RoomPage.open(await browser.profile(), `${server.http}/lobby`);
  await room.shows('offline');
  const publisher = await publish('plain', `${server.rtmp}/live/lobby`, { loop: true });
  await room.plays();
  publisher.kill('SIGKILL');
  await room.shows('reconnecting');
  await room.shows('ended');
  await expectStill(room);
});

test('nothing jumps on the owner’s page while the stream comes, breaks off, and is over', async () => {
  const server = await startServer({ grace: 2 });
  const owner = await RoomPage.open(await browser.profile(), server.server.link());
  await owner.says('Your room is ready');
  const publisher = await publish('plain', `${server.rtmp}/live/lobby`, { loop: true });
  await owner.plays();
  await until('there are numbers', async () => (await owner.number('Frame rate')) > 0);
  await owner.says('Picture and sound arrive as they should.');
  publisher.kill('SIGKILL');
  await owner.says('Nothing has arrived');
  await owner.says('You were live for');
  await expectStill(owner);
});

test.each(devices)('on $name nothing is cut off', async ({ touch, screens }) => {
  const server = await startServer();
  await publish('plain', `${server.rtmp}/live/lobby`, { loop: true });
  const profile = await browser.profile({ viewport: screens[0]!, isMobile: touch, hasTouch: touch });
  const pages = { room: '/lobby', embed: '/embed/lobby', home: '/', owner: server.server.link() };
  for (const [page, path] of Object.entries(pages)) {
    const room = await RoomPage.open(profile, page === 'owner' ? path : server.http + path);
    for (const { name, width, height } of screens) {
      await room.page.setViewportSize({ width, height });
      if (page === 'home') await room.says('1 room');
      else await room.plays();
      // On its side a phone shows the picture and nothing else.
      const desk = room.page.getByRole('region', { name: 'Owner' });
      if (page === 'owner') await desk.waitFor({ state: height < 500 ? 'hidden' : 'visible' });
      expect(await room.look('document.documentElement.scrollWidth'), `${page}, ${name}`).toBeLessThanOrEqual(width);
      await room.photograph(`${name}-${page}`);
    }
    await room.close();
  }
});

test('on a phone one tap gives sound, and a tap brings and hides the controls', async () => {
  const server = await startServer();
  await publish('plain', `${server.rtmp}/live/lobby`, { loop: true });
  const phone = { viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true };
  const room = await RoomPage.open(await browser.profile(phone), `${server.http}/lobby`);
  await room.plays();
  await room.player.tap({ position: { x: 195, y: 40 } });
  expect(await room.plays()).toMatchObject({ muted: false, paused: false });
  const calm = room.page.locator('#player.calm');
  await calm.waitFor();
  await room.player.tap({ position: { x: 195, y: 40 } });
  await calm.waitFor({ state: 'detached' });
  await room.page.locator('[data-menu]').tap();
  await room.says('Delay and connection');
  await room.photograph('phone-settings');
});

test.each([
  ['a finger', { width: 820, height: 1180 }, true, 44],
  ['a mouse', { width: 1280, height: 800 }, false, 36],
] as const)('everything that is pressed is large enough for %s', async (_name, viewport, touch, least) => {
  const server = await startServer();
  const film = await disguised({ audio: { codec: 'ac3', config: Uint8Array.of(0x10, 0x11, 0xe0) } });
  await publishFilm(server, film);
  const profile = await browser.profile({ viewport, isMobile: touch, hasTouch: touch });
  const owner = await RoomPage.open(profile, server.server.link());
  await owner.plays();
  await owner.says('No sound here');
  const small = (): Promise<string[]> =>
    owner.look(`[...document.querySelectorAll('button, a')].filter((e) => e.checkVisibility() && !e.matches('.skip')).flatMap((e) => {
      const { height } = e.getBoundingClientRect();
      return height < ${least} ? [(e.ariaLabel || e.textContent.trim()) + ': ' + height] : [];
    })`);
  expect(await small()).toEqual([]);
  await owner.page.locator('[data-menu]').click();
  await owner.page.getByText('Delay and connection').click();
  await owner.says('Frames dropped');
  expect(await small()).toEqual([]);
  await owner.button('Delay and connection').click();
  await owner.page.getByText('Danmaku').click();
  await owner.page.getByLabel('Hide a word').fill('word');
  await owner.page.keyboard.press('Enter');
  await owner.button('Show “word” again').waitFor();
  expect(await small()).toEqual([]);
  await owner.page.keyboard.press('Escape');
  for (const tab of ['Viewers', 'Set-up']) {
    await owner.page.getByRole('tab', { name: tab }).click();
    await owner
      .button(tab === 'Viewers' ? 'Close the session' : 'New key')
      .first()
      .waitFor();
    expect(await small(), tab).toEqual([]);
  }
});

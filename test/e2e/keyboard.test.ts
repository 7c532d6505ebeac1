import { expect, test } from 'vitest';
import { publish } from '../publish.ts';
import { startServer, until } from '../servers.ts';
import { TestBrowser } from './browser.ts';
import { RoomPage } from './room-page.ts';

const browser = new TestBrowser();

/** What has the focus: its name, and whether that can be seen. */
const FOCUSED = `(() => {
  const element = document.activeElement;
  if (element === document.body) return null;
  const { outlineStyle, outlineWidth } = getComputedStyle(element);
  return {
    name: element.getAttribute('aria-label') ?? element.innerText.trim(),
    seen: outlineStyle !== 'none' && parseFloat(outlineWidth) >= 2 && element.checkVisibility({ opacityProperty: true }),
  };
})()`;

/** The names of everything that can be worked with. */
const CONTROLS = `[...document.querySelectorAll('a[href], button:not([role="tab"]), [aria-selected="true"], input')]
  .filter((element) => element.checkVisibility({ visibilityProperty: true }) && !element.disabled)
  .map((element) => element.getAttribute('aria-label') ?? element.innerText.trim())`;

/** Keeps what the keys of the system do. */
const MEDIA_KEYS = `{
  globalThis.mediaKeys = {};
  const { mediaSession } = navigator;
  const set = mediaSession.setActionHandler.bind(mediaSession);
  mediaSession.setActionHandler = (action, run) => (set(action, run), (mediaKeys[action] = run));
}`;

interface Focused {
  name: string;
  seen: boolean;
}

/** Goes through the page once with the Tab key. */
async function tabThrough(room: RoomPage): Promise<Focused[]> {
  const way: Focused[] = [];
  for (let presses = 0; presses < 60; presses++) {
    await room.page.keyboard.press('Tab');
    const focused = await room.look<Focused | null>(FOCUSED);
    if (!focused) break;
    way.push(focused);
  }
  return way;
}

test.each(['viewer', 'owner'])(
  'every control of the %s’s page is reached with Tab, and the focus is seen',
  async (who) => {
    const server = await startServer();
    await publish('plain', `${server.rtmp}/live/lobby`, { loop: true });
    const url = who === 'owner' ? server.server.link() : `${server.http}/lobby`;
    const room = await RoomPage.open(await browser.profile(), url);
    await room.plays();
    await room.page.getByText(/s behind/).waitFor(); // a control has another name until the delay is known
    if (who === 'owner') await room.button('End stream').waitFor();
    const way = await tabThrough(room);
    // Some names tell the delay, which goes on changing.
    const lasting = (name: string): string => name.replace(/[\d.]+/g, 'N');
    const names = way.map(({ name }) => lasting(name));
    expect(way.filter(({ seen }) => !seen)).toEqual([]);
    for (const control of await room.look<string[]>(CONTROLS)) expect(names).toContain(lasting(control));
    expect(names[0]).toBe('Skip to the player');
    expect(names.indexOf('Player')).toBeLessThan(names.indexOf('Pause (space)'));
  },
);

test('the skip link leads to the player', async () => {
  const server = await startServer();
  const room = await RoomPage.open(await browser.profile(), `${server.http}/lobby`);
  await room.shows('offline');
  await room.page.keyboard.press('Tab');
  await room.photograph('keyboard-skip-link');
  await room.page.keyboard.press('Enter');
  expect(await room.look('document.activeElement.id')).toBe('player');
});

test('the keys of the system and space pause and go on, m gives and takes sound, arrows its volume, p opens a little window, f fills the screen, Esc closes the menu', async () => {
  const server = await startServer();
  await publish('plain', `${server.rtmp}/live/lobby`, { loop: true });
  const profile = await browser.profile();
  await profile.addInitScript(MEDIA_KEYS);
  const room = await RoomPage.open(profile, `${server.http}/lobby`);
  await room.plays();
  const press = (key: string): Promise<void> => room.page.keyboard.press(key);
  const is = (what: string, test: () => Promise<boolean>): Promise<void> => until(what, test, 5000);

  await press('m');
  await is('sound', async () => !(await room.picture()).muted);
  await press('m');
  await is('no sound', async () => (await room.picture()).muted);
  await room.player.focus();
  await press('ArrowUp');
  await is('a little sound', () => room.look('Math.abs(document.querySelector("video").volume - 0.05) < 0.001'));
  await press(' ');
  await is('a pause', async () => (await room.picture()).paused);
  await room.says('Paused');
  await room.photograph('keyboard-paused');
  await press('k');
  await room.plays();
  const session = (): Promise<unknown> =>
    room.look('((s) => [s.metadata.title, s.metadata.artwork.length, s.playbackState])(navigator.mediaSession)');
  await room.look('mediaKeys.pause()');
  await is('a pause by the system', async () => (await room.picture()).paused);
  expect(await session()).toEqual(['Lobby', 1, 'paused']);
  await room.look('mediaKeys.play()');
  await room.plays();
  expect(await session()).toEqual(['Lobby', 1, 'playing']);
  await room.look('mediaKeys.stop()');
  await room.says('Paused');
  await room.look('mediaKeys.play()');
  await press('p');
  await is('the little window', () => room.look('document.pictureInPictureElement !== null'));
  await press('p');
  await is('the page again', () => room.look('document.pictureInPictureElement === null'));
  await press('f');
  await is('the whole screen', () => room.look('document.fullscreenElement?.matches(".room")'));
  await press('f');
  await is('the page', () => room.look('document.fullscreenElement === null'));
  await room.page.mouse.move(640, 300);
  await room.button('Settings').focus();
  await press('Enter');
  await room.says('Delay and connection');
  await press('Escape');
  await is('the focus is back', () => room.look('document.activeElement.hasAttribute("data-menu")'));
  expect(await room.page.getByRole('region', { name: 'Settings' }).count()).toBe(0);
});

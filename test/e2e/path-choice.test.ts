import { expect, test } from 'vitest';
import { publish } from '../publish.ts';
import { startServer } from '../servers.ts';
import { TestBrowser } from './browser.ts';
import { RoomPage } from './room-page.ts';

const browser = new TestBrowser();

/** Keeps the short sentences that the page says, which are gone after some seconds. */
const LISTEN = `
  globalThis.toasts = [];
  new MutationObserver(() => {
    const said = document.querySelector('.toast')?.textContent;
    if (said) toasts.push(said);
  }).observe(document, { childList: true, subtree: true });
`;

/** Opens the ways to play, as a person does. */
async function openWays(room: RoomPage): Promise<void> {
  await room.page.mouse.move(640, 300);
  await room.button('Settings').click();
  await room.button(/^Playback/).click();
}

test('the way that a viewer chooses is taken at once, and again on the next visit', async () => {
  const server = await startServer();
  await publish('plain', `${server.rtmp}/live/lobby`, { loop: true });
  const profile = await browser.profile();
  const room = await RoomPage.open(profile, `${server.http}/lobby`);
  await room.plays();
  await openWays(room);
  const names = await room.page.getByRole('menuitemradio').allInnerTexts();
  expect(names.map((name) => name.trim())).toEqual([
    expect.stringMatching(/^Automatic\s+FLV over WebSocket$/),
    'FLV over WebSocket',
    'FLV over HTTP',
    'MP4 over WebSocket',
    'LL-HLS',
    'HLS by the browser',
    'MP4 over HTTP',
  ]);
  await room.photograph('path-menu');
  await room.page.getByRole('menuitemradio', { name: 'MP4 over WebSocket' }).click();
  await room.says('Where this one does not get through, the next best is taken.');
  await room.plays();
  await room.close();

  const later = await RoomPage.open(profile, `${server.http}/lobby`);
  await later.plays();
  await openWays(later);
  const chosen = later.page.getByRole('menuitemradio', { checked: true });
  expect(await chosen.innerText()).toBe('MP4 over WebSocket');
  const protocols = [...server.server.hub.sessions.values()].map(({ protocol }) => protocol);
  expect(protocols).toContain('ws-mp4');
  expect(protocols).not.toContain('ws-flv');
  await later.page.getByRole('menuitemradio', { name: 'Automatic' }).click();
  await later.plays();
  await later.close();

  const last = await RoomPage.open(profile, `${server.http}/lobby`);
  await last.plays();
  expect([...server.server.hub.sessions.values()].map(({ protocol }) => protocol)).toContain('ws-flv');
});

test('a word in the address that is no way is said, and the best way is taken', async () => {
  const server = await startServer();
  await publish('plain', `${server.rtmp}/live/lobby`, { loop: true });
  const profile = await browser.profile();
  await profile.addInitScript(LISTEN);
  const room = await RoomPage.open(profile, `${server.http}/lobby?play=whep`);
  await room.plays();
  expect(await room.look('toasts')).toContain('“whep” is not a way to play here. The best one is taken.');
  expect([...server.server.hub.sessions.values()].map(({ protocol }) => protocol)).toContain('ws-flv');
});

import { expect, test } from 'vitest';
import { publish } from '../publish.ts';
import { startServer, until } from '../servers.ts';
import { TestBrowser } from './browser.ts';
import { RoomPage } from './room-page.ts';

const browser = new TestBrowser();

/** Notes what the player says to those who hear the page: whatever comes into a region that was there, and empty, before. */
const HEAR = `{
  const regions = new Map();
  globalThis.heard = [];
  new MutationObserver(() => {
    for (const region of document.querySelectorAll('#player [role=status]')) {
      const text = region.textContent.trim();
      const before = regions.get(region);
      if (before !== undefined && before !== text && text !== '') heard.push(text);
      regions.set(region, text);
    }
  }).observe(document, { childList: true, characterData: true, subtree: true });
}`;

test('the page tells a viewer what happens, and goes on by itself', async () => {
  const server = await startServer({ grace: 3 });
  const address = `${server.rtmp}/live/lobby`;
  const profile = await browser.profile();
  await profile.addInitScript(HEAR);
  const viewer = await RoomPage.open(profile, `${server.http}/lobby`);
  await viewer.shows('offline');
  await viewer.says('Lobby is not live right now');
  await viewer.says('The picture appears here by itself when the stream starts.');
  await viewer.photograph('viewer-offline');

  const first = await publish('plain', address, { loop: true });
  await viewer.plays();
  await viewer.says('LIVE');
  const count = viewer.page.locator('.viewers');
  await until('one is counted', async () => (await count.getAttribute('title')) === '1 watching now');
  const second = await RoomPage.open(await browser.profile(), `${server.http}/lobby`);
  await second.plays();
  await until('two are counted', async () => (await count.getAttribute('title')) === '2 watching now');
  await second.close();
  await until('one is left', async () => (await count.getAttribute('title')) === '1 watching now');

  first.kill('SIGKILL');
  await viewer.shows('reconnecting');
  await viewer.says('Lobby’s connection dropped');
  await viewer.says('Your place is kept. It goes on by itself.');
  expect(await viewer.picture()).toMatchObject({ shown: true });
  await viewer.photograph('viewer-publisher-lost');
  const again = await publish('plain', address, { loop: true });
  await viewer.plays();

  await again.stop('SIGTERM');
  await viewer.shows('ended');
  await viewer.says('The stream has ended');
  await viewer.says(/^It ran for .*Thank you for watching\.$/);
  await viewer.photograph('viewer-ended');
  const heard = await viewer.look<string[]>('heard');
  for (const words of [/^Lobby is not live right now/, /^Lobby’s connection dropped/, /^The stream has ended/])
    expect(heard).toContainEqual(expect.stringMatching(words));

  const third = await publish('plain', address, { loop: true });
  await viewer.plays();
  third.kill('SIGKILL');
  await viewer.shows('reconnecting');
  await viewer.shows('ended');
  expect(viewer.neverReloaded).toBe(true);
  expect(await viewer.faults.all()).toEqual([]);
});

test('a viewer whom the owner closes out is told so and stays out; the others see on', async () => {
  const server = await startServer();
  const owner = await RoomPage.open(await browser.profile(), server.server.link());
  await publish('plain', `${server.rtmp}/live/lobby`, { loop: true });
  await owner.plays();
  const viewer = await RoomPage.open(await browser.profile({ userAgent: 'Somebody/1.0' }), `${server.http}/lobby`);
  await viewer.plays();
  let joins = 0;
  viewer.page.on('websocket', (socket) => void (socket.url().endsWith('.flv') && joins++));
  viewer.page.on('request', (request) => void (request.url().endsWith('.flv') && joins++));

  await owner.page.getByRole('tab', { name: 'Viewers' }).click();
  const row = owner.page.getByRole('row').filter({ hasText: 'Somebody/1.0' });
  await row.waitFor();
  await owner.photograph('owner-viewers');
  await row.getByRole('button').click();
  await owner.photograph('owner-close-question');
  await owner.page.getByRole('dialog').getByRole('button', { name: 'Close' }).click();
  await viewer.shows('refused');
  await viewer.says('You cannot enter this room');
  await viewer.photograph('viewer-closed-out');
  await row.waitFor({ state: 'detached' });
  const { time } = await owner.picture();
  await until('the owner sees on', async () => (await owner.picture()).time > time + 3);
  expect(await viewer.scene()).toBe('refused');
  expect(joins).toBe(0);
});

test('the owner ends the stream after one question, and everybody sees that it is over', async () => {
  const server = await startServer();
  const owner = await RoomPage.open(await browser.profile(), server.server.link());
  const publisher = await publish('plain', `${server.rtmp}/live/lobby`, { loop: true });
  await owner.plays();
  const viewer = await RoomPage.open(await browser.profile(), `${server.http}/lobby`);
  await viewer.plays();
  await owner.button('End stream').click();
  const question = owner.page.getByRole('dialog');
  await question.getByText('One viewer sees that it is over. OBS is disconnected.').waitFor();
  await owner.photograph('owner-end-question');
  await question.getByRole('button', { name: 'Cancel' }).click();
  await owner.plays();
  await owner.button('End stream').click();
  await question.getByRole('button', { name: 'End stream' }).click();
  await viewer.shows('ended');
  await publisher.done;
  await owner.photograph('owner-ended');
});

test('a new key cuts whoever uses the old one', async () => {
  const server = await startServer({ publish: 'key' });
  const owner = await RoomPage.open(await browser.profile(), server.server.link());
  await owner.page.getByRole('tab', { name: 'Set-up' }).click();
  const key = async (): Promise<string> => {
    await owner.page.getByRole('tabpanel').getByRole('button', { name: 'Show' }).click();
    return owner.page.getByRole('tabpanel').locator('code').nth(1).innerText();
  };
  const old = await key();
  const publisher = await publish('plain', `${server.rtmp}/live/${old}`, { loop: true });
  await owner.plays();
  await owner.photograph('owner-set-up');
  await owner.button('New key').click();
  await owner.page.getByRole('dialog').getByRole('button', { name: 'New key' }).click();
  await owner.says('The new key is ready');
  await publisher.done;
  const shown = owner.page.getByRole('tabpanel').locator('code').nth(1);
  await until(
    'the new key is shown',
    async () => (await shown.innerText()).startsWith('rk_') && (await shown.innerText()) !== old,
  );
  await publish('plain', `${server.rtmp}/live/${await shown.innerText()}`, { loop: true });
  await owner.plays();
});

test('an address without a room says so', async () => {
  const server = await startServer();
  const room = await RoomPage.open(await browser.profile(), `${server.http}/nowhere`);
  await room.shows('missing');
  await room.says('There is no room here');
  await room.photograph('viewer-no-room');
  await room.page.getByRole('link', { name: 'See who is live' }).click();
  await room.says('Nobody is live right now');
});

test('the list of rooms shows by itself who is live', async () => {
  const server = await startServer({ rooms: { lobby: { title: 'Lobby' }, garden: { title: 'A walk in the garden' } } });
  const home = await RoomPage.open(await browser.profile(), server.http);
  await home.says('Nobody is live right now');
  await home.photograph('home-empty');
  const publisher = await publish('plain', `${server.rtmp}/live/garden`, { loop: true });
  await home.says('1 room');
  await home.photograph('home-live');
  await publisher.stop();
  await home.says('Nobody is live right now');
  expect(await home.faults.all()).toEqual([]);
});

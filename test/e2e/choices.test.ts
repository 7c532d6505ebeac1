import { expect, test } from 'vitest';
import { publish } from '../publish.ts';
import { startServer, until } from '../servers.ts';
import { TestBrowser } from './browser.ts';
import { choosable, publishFilm } from './films.ts';
import { RoomPage } from './room-page.ts';

const browser = new TestBrowser();

/** Opens a page of the menu, as a person does. */
async function open(room: RoomPage, page: RegExp): Promise<void> {
  await room.page.mouse.move(640, 300);
  if ((await room.page.getByRole('region', { name: 'Settings' }).count()) === 0) await room.button('Settings').click();
  await room.page.getByRole('region', { name: 'Settings' }).getByRole('button', { name: page }).click();
}

test('of several pictures the viewer chooses one, and the choice is remembered', async () => {
  const server = await startServer();
  await publishFilm(server, await choosable());
  const profile = await browser.profile();
  const room = await RoomPage.open(profile, `${server.http}/lobby`);
  await room.plays(30_000);
  await open(room, /^Quality/);
  const names = await room.page.getByRole('menuitemradio').allInnerTexts();
  expect(names.map((name) => name.replaceAll(/\s+/g, ' ').trim())).toEqual([
    expect.stringMatching(/^Automatic/),
    expect.stringMatching(/^360p/),
    expect.stringMatching(/^180p/),
  ]);
  await room.says('Automatic takes the best picture that your connection carries.');
  await room.photograph('quality-menu');
  await room.page.getByRole('menuitemradio', { name: '180p' }).click();
  await until('the smaller picture', async () => (await room.picture()).width === 320, 30_000);
  await room.plays(30_000);
  await room.close();

  const later = await RoomPage.open(profile, `${server.http}/lobby`);
  await later.plays(30_000);
  expect((await later.picture()).width).toBe(320);
  await later.page.mouse.move(640, 300);
  await later.button('Quality, 180p').click();
  await later.page.getByRole('menuitemradio', { name: 'Automatic' }).click();
  await later.plays(30_000);
});

test('of several sounds the viewer chooses one', async () => {
  const server = await startServer();
  await publishFilm(server, await choosable());
  const room = await RoomPage.open(await browser.profile(), `${server.http}/lobby`);
  await room.plays(30_000);
  await open(room, /^Sound/);
  const second = room.page.getByRole('menuitemradio').nth(1);
  await second.click();
  await room.page.getByRole('menuitemradio', { name: 'Sound 2', checked: true }).waitFor();
  await room.plays(30_000);
  await until('there is sound', async () => (await room.picture()).soundBytes > 0);
});

test('what is chosen last counts: a size that a way cannot bring leads to one that can', async () => {
  const server = await startServer();
  await publishFilm(server, await choosable());
  const room = await RoomPage.open(await browser.profile(), `${server.http}/lobby?play=flv`);
  await room.plays(30_000);
  await open(room, /^Quality/);
  await room.page.getByRole('menuitemradio', { name: '180p' }).click();
  await until('the smaller picture', async () => (await room.picture()).width === 320, 30_000);
});

test('arrows go through the menu, and through each of its pages from what is chosen', async () => {
  const server = await startServer();
  await publishFilm(server, await choosable());
  const room = await RoomPage.open(await browser.profile(), `${server.http}/lobby`);
  await room.plays(30_000);
  const press = async (...keys: string[]): Promise<string> => {
    for (const key of keys) await room.page.keyboard.press(key);
    return room.look('document.activeElement.innerText.trim()');
  };
  const volume = await room.look('document.querySelector("video").volume');
  await room.button('Settings').focus();
  await press('Enter');
  await room.says('Delay and connection');
  expect(await press('Home')).toMatch(/^Quality/);
  expect(await press('ArrowUp')).toMatch(/^Picture in picture/);
  expect(await press('ArrowDown', 'ArrowDown')).toMatch(/^Sound/);
  await press('Enter');
  await room.page.getByRole('menu', { name: 'Sound' }).waitFor();
  await until('the one that is heard has the focus', async () => (await press()).startsWith('Sound 1'));
  expect(await press('ArrowDown')).toMatch(/^Sound 2/);
  expect(await press('Home')).toBe('Sound');
  await press('Enter');
  await until('where they came from has the focus', async () => /^Sound\s+Sound 1/.test(await press()));
  expect(await room.look('document.querySelector("video").volume')).toBe(volume);
});

test('captions are off until the viewer wants them, and are remembered', async () => {
  const server = await startServer();
  await publishFilm(server, await choosable());
  const profile = await browser.profile();
  const room = await RoomPage.open(profile, `${server.http}/lobby`);
  await room.plays(30_000);
  const shown = `[...document.querySelector('video').textTracks]
    .filter(({ mode }) => mode === 'showing')
    .flatMap(({ cues }) => [...(cues ?? [])].map(({ text }) => text))`;
  expect(await room.look(shown)).toEqual([]);
  await room.page.mouse.move(640, 300);
  await room.button('Captions (s)').click();
  const said = async (page: RoomPage, times = 1): Promise<boolean> =>
    (await page.look<string[]>(shown)).filter((text) => text.includes('HELLO')).length >= times;
  await until('the captions are shown', () => said(room), 30_000);
  // Most of them come in two parts of a segment, and a new one each second.
  await until('the captions go on', () => said(room, 6), 30_000);
  await room.plays(30_000);
  await room.photograph('captions');
  await room.close();

  const later = await RoomPage.open(profile, `${server.http}/lobby`);
  await later.plays(30_000);
  await until('the captions are shown again', () => said(later), 30_000);
  await later.page.keyboard.press('s');
  await until('they are gone', async () => (await later.look<string[]>(shown)).length === 0);
});

test('where there is nothing to choose, nothing is offered', async () => {
  const server = await startServer();
  await publish('plain', `${server.rtmp}/live/lobby`, { loop: true });
  const room = await RoomPage.open(await browser.profile(), `${server.http}/lobby?play=hls`);
  await room.plays(30_000);
  await room.page.mouse.move(640, 300);
  await room.button('Settings').click();
  await room.button(/^Playback/).waitFor();
  const names = (await room.page.getByRole('button').allInnerTexts()).join('\n');
  expect(names).not.toMatch(/Quality|Sound\b|Captions/);
  expect(await room.button('Captions (s)').count()).toBe(0);
});

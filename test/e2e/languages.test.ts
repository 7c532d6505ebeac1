import { expect, test } from 'vitest';
import { startServer } from '../servers.ts';
import { TestBrowser } from './browser.ts';
import { RoomPage } from './room-page.ts';

const browser = new TestBrowser();

test.each([
  ['zh-CN', '', 'zh-Hans', 'Lobby 还没有开播'],
  ['zh-TW', '', 'zh-Hans', 'Lobby 还没有开播'],
  ['en-GB', '', 'en', 'Lobby is not live right now'],
  ['fr-FR', '', 'en', 'Lobby is not live right now'],
  ['zh-CN', '?lang=en', 'en', 'Lobby is not live right now'],
  ['en-US', '?lang=zh', 'zh-Hans', 'Lobby 还没有开播'],
])('a browser that speaks %s and asks for “%s” gets %s', async (locale, query, lang, words) => {
  const server = await startServer();
  const room = await RoomPage.open(await browser.profile({ locale }), `${server.http}/lobby${query}`);
  await room.says(words);
  expect(await room.look('document.documentElement.lang')).toBe(lang);
});

test('a chosen language and theme are kept for the next visit', async () => {
  const server = await startServer();
  const profile = await browser.profile({ locale: 'en-US', colorScheme: 'light' });
  const room = await RoomPage.open(profile, `${server.http}/lobby`);
  await room.button('Language: English').click();
  await room.says('Lobby 还没有开播');
  await room.button('浅色或深色').click();
  await room.close();
  const again = await RoomPage.open(profile, server.http);
  await again.says('现在没有人在直播');
  expect(await again.look('document.documentElement.dataset.theme')).toBe('dark');
});

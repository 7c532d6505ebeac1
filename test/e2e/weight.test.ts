import { gzipSync } from 'node:zlib';
import type { Response } from 'playwright-core';
import { expect, test } from 'vitest';
import { startServer } from '../servers.ts';
import { TestBrowser } from './browser.ts';
import { RoomPage } from './room-page.ts';

const browser = new TestBrowser();

/** The owner's QR code is drawn into the page later, and the chat comes after the picture, with its words for errors. */
const LATER = /\/(?:qr|chat|emoji|error-words)-/;
/** Compressed KB of the chat, without what is opened in it. */
const CHAT = 28;

/** `most`: compressed KB of scripts and styles that are loaded before the page is there. */
const pages = [
  { path: '/', most: 60, words: 'Nobody is live right now' },
  { path: '/lobby', most: 60, words: 'Lobby is not live right now' },
  { path: '/embed/lobby', most: 60, words: 'Lobby is not live right now' },
  { path: 'owner', most: 64, words: 'Your room is ready' },
];

test.each(pages)('$path is there after at most $most KB, without what plays', async ({ path, most, words }) => {
  const server = await startServer();
  const profile = await browser.profile();
  const loaded: Promise<{ name: string; size: number }>[] = [];
  const weigh = (response: Response): void => {
    const { pathname } = new URL(response.url());
    if (!/\.(?:js|css)$/.test(pathname)) return;
    loaded.push(response.body().then((body) => ({ name: pathname, size: gzipSync(body).length })));
  };
  profile.on('response', weigh);
  const room = await RoomPage.open(profile, path === 'owner' ? server.server.link() : server.http + path);
  await room.says(words);
  profile.off('response', weigh); // what comes later is no longer weighed, and may never end
  const files = await Promise.all(loaded);
  expect(files.length).toBeGreaterThan(2);
  expect(files.filter(({ name }) => /mpegts|hls|engine|playing/.test(name))).toEqual([]);
  const chat = files.filter(({ name }) => /\/chat-/.test(name)).reduce((sum, { size }) => sum + size, 0);
  expect(chat, JSON.stringify(files)).toBeLessThan(CHAT * 1024);
  const first = files.filter(({ name }) => !LATER.test(name));
  expect(
    first.reduce((sum, { size }) => sum + size, 0),
    JSON.stringify(first),
  ).toBeLessThan(most * 1024);
});

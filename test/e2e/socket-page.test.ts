import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect, test } from 'vitest';
import { publish } from '../publish.ts';
import { root, startServer, until } from '../servers.ts';
import { TestBrowser } from './browser.ts';

const browser = new TestBrowser();

test('the page of the guide talks, watches, pauses and sets the volume, from a file of one’s own', async () => {
  const server = await startServer();
  await publish('plain', `${server.rtmp}/live/lobby`, { loop: true });
  const page = await (await browser.profile()).newPage();
  const faults: string[] = [];
  page.on('pageerror', ({ message }) => void faults.push(message));
  await page.goto(`${pathToFileURL(join(root, 'docs', 'socket.html')).href}?at=${server.ws}/ws/lobby`);
  const text = async (id: string): Promise<string> => (await page.textContent(`#${id}`)) ?? '';
  const bytes = async (): Promise<number> => Number(await text('bytes'));
  await until('who watches is shown', async () => (await text('viewers')) === '0');
  await page.fill('input', 'Hello from a page');
  await page.keyboard.press('Enter');
  await until('what was said is heard', async () => (await text('chat')).includes('Ann: Hello from a page'));

  await page.click('button:text-is("Watch")');
  await until('media comes', async () => (await bytes()) > 50_000);
  await until('one watches', async () => (await text('viewers')) === '1');
  await page.click('button:text-is("Pause")');
  await page.click('button:text-is("How is it going?")');
  await until('it is paused', async () => (await text('last')).includes('"paused":true'));
  const paused = await bytes();
  const { hub } = server.server;
  const { frames } = hub.stream('live/lobby')!;
  const before = frames.video;
  await until('the stream goes on', () => hub.stream('live/lobby')!.frames.video > before + 20);
  expect(await bytes()).toBe(paused);
  await page.click('button:text-is("Play")');
  await until('media comes again', async () => (await bytes()) > paused + 50_000);
  await page.click('button:text-is("Half as loud")');
  await until('the volume is told', async () => (await text('level')) === '0.5');
  expect(faults).toEqual([]);
});

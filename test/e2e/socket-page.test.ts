import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect, test } from 'vitest';
import { publish } from '../publish.ts';
import { root, startServer, until } from '../servers.ts';
import { TestBrowser } from './browser.ts';

const browser = new TestBrowser();

test('the page of the guide says everything that a socket takes, from a file of one’s own', async () => {
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
  const id = await page.locator('#chat li', { hasText: 'Hello from a page' }).getAttribute('id');
  const say = async (message: object): Promise<void> => {
    await page.fill('input', JSON.stringify(message));
    await page.keyboard.press('Enter');
  };
  const heard = (words: string): Promise<void> =>
    until(`the chat reads ${words}`, async () => (await text('chat')).includes(words));
  const answered = (words: string): Promise<void> =>
    until(`it is answered: ${words}`, async () => (await text('last')).includes(words));
  await say({ type: 'say', text: 'and it flies', danmaku: { mode: 'scroll', color: 'yellow' } });
  await heard('Ann: and it flies');
  await say({ type: 'edit', message: id, text: 'Hello again' });
  await heard('Ann: Hello again');
  await say({ type: 'react', message: id, emoji: '👍' });
  await answered('👍');
  await say({ type: 'delete', message: id });
  await heard('Ann: –');
  await say({ type: 'pin', message: id });
  await answered('"sign-in"');
  await say({ type: 'no-such-thing' });
  await answered('"bad-request"');
  await until('the state is shown', async () => (await text('stream')) === 'live');

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
  await page.click('button:text-is("Mute")');
  await answered('"muted":true');
  await page.click('button:text-is("From the beginning")');
  await answered('"not-seekable"');
  await page.click('button:text-is("Usual quality")');
  await answered('"ok"');
  await page.click('button:text-is("Stop listening")');
  await answered('"ok"');
  await say({ type: 'say', text: 'is anybody there?' });
  await answered('is anybody there?');
  expect(await text('chat')).not.toContain('is anybody there?');
  expect(faults).toEqual([]);
});

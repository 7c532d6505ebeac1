import { once } from 'node:events';
import { createServer } from 'node:http';
import { expect, onTestFinished, test } from 'vitest';
import { long } from '../long.ts';
import { publish } from '../publish.ts';
import { startServer, type TestServer, until } from '../servers.ts';
import { TestBrowser } from './browser.ts';
import { RoomPage } from './room-page.ts';

const browser = new TestBrowser();

/** A site of somebody else; gives its origin: another site than 127.0.0.1, or the same site on another port. */
async function foreignSite(body: string): Promise<{ other: string; neighbour: string }> {
  const site = createServer((_request, response) => {
    response.setHeader('Content-Type', 'text/html');
    response.end(`<!doctype html><title>Another site</title>${body}`);
  }).listen(0, 'localhost');
  await once(site, 'listening');
  onTestFinished(() => void site.close());
  const address = site.address();
  if (address === null || typeof address === 'string') throw new Error('No port.');
  return { other: `http://localhost:${address.port}`, neighbour: `http://127.0.0.1:${address.port}` };
}

async function liveServer(): Promise<TestServer> {
  const server = await startServer();
  await publish('plain', `${server.rtmp}/live/lobby`, { loop: true });
  return server;
}

test.each(['/', '/lobby', '/embed/lobby'])('nothing of %s is against the policy of the page', async (path) => {
  const server = await liveServer();
  const room = await RoomPage.open(await browser.profile(), server.http + path);
  if (path === '/') await room.says('1 room');
  else {
    await room.plays();
    await room.page.mouse.move(640, 300);
    await room.button('Settings').click();
    await room.button('Delay and connection').click();
    await room.says('Behind the camera');
  }
  expect(await room.faults.all()).toEqual([]);
  await room.look('document.body.append(Object.assign(document.createElement("style")))');
  await room.look('document.querySelector("style").textContent = "p { color: red }"');
  await until('a style that is against it is told', async () => (await room.faults.all()).length > 0);
});

/** What the browser has against such an address is against all pages. */
test.each(long ? ['/', '/lobby', '/embed/lobby'] : ['/lobby'])(
  'at a plain http address the browser has nothing against %s',
  async (path) => {
    const server = await liveServer();
    const address = server.http.replace('127.0.0.1', 'live.example');
    const room = await RoomPage.open(await browser.profile(), address + path);
    if (path === '/') await room.says('1 room');
    else await room.plays();
    expect(await room.look('isSecureContext')).toBe(false);
    expect(await room.faults.all()).toEqual([]);
  },
);

test('nothing of the owner’s page is against the policy of the page', async () => {
  const server = await liveServer();
  const owner = await RoomPage.open(await browser.profile(), server.server.link());
  await owner.plays();
  for (const tab of ['Set-up', 'Viewers', 'Health']) await owner.page.getByRole('tab', { name: tab }).click();
  await owner.button('End stream').click();
  await owner.page.getByRole('dialog').getByRole('button', { name: 'Cancel' }).click();
  expect(await owner.faults.all()).toEqual([]);
});

test('another site may frame the player, and it plays there; the room’s page it may not', async () => {
  const server = await liveServer();
  const frames = ['embed/lobby', 'lobby'].map(
    (path) => `<iframe src="${server.http}/${path}" width="640" height="360" allow="autoplay"></iframe>`,
  );
  const { other } = await foreignSite(frames.join('\n'));
  const page = await (await browser.profile()).newPage();
  const said: string[] = [];
  page.on('console', (message) => void said.push(message.text()));
  await page.goto(other);
  const [embed, refused] = page.mainFrame().childFrames();
  await embed!.locator('#player[data-scene=live]').waitFor();
  const time = (): Promise<number> => embed!.evaluate<number>('document.querySelector("video").currentTime');
  const before = await time();
  await until('it moves', async () => (await time()) > before + 1);
  expect(refused!.url()).toMatch(/^chrome-error:/);
  expect(said.join('\n')).toMatch(/frame-ancestors/);
});

test('another site changes nothing with the owner’s cookie, and is a guest to the room’s socket', async () => {
  const server = await startServer({ publish: 'key' });
  const profile = await browser.profile();
  const owner = await RoomPage.open(profile, server.server.link());
  await owner.says('Your room is ready');
  const key = (): Promise<string> =>
    owner.look(`fetch('/api/v1/rooms/lobby/key').then((answer) => answer.json()).then(({ key }) => key)`);
  const change = `fetch('${server.http}/api/v1/rooms/lobby/key', { method: 'POST', mode: 'no-cors', credentials: 'include' })`;
  const before = await key();

  const { other, neighbour } = await foreignSite(`
    <form method="post" action="${server.http}/api/v1/rooms/lobby/key" target="answer"><button>Send</button></form>
    <iframe name="answer"></iframe>`);
  for (const origin of [other, neighbour]) {
    const site = await RoomPage.open(profile, origin);
    await site.look(`${change}.catch(() => {})`);
    await site.page.getByRole('button', { name: 'Send' }).click();
    await until('the form was answered', () => site.page.frame('answer')?.url() !== 'about:blank');
    const role = await site.look<string>(`new Promise((resolve, reject) => {
      const socket = new WebSocket('${server.ws}/ws/lobby');
      socket.onmessage = ({ data }) => resolve(JSON.parse(data).room.role);
      socket.onerror = reject;
    })`);
    expect(role).toBe('guest');
    expect(await key()).toBe(before);
  }
  await owner.look(change);
  expect(await key()).not.toBe(before);
});

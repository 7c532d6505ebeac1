import { expect, test } from 'vitest';
import { publish } from '../publish.ts';
import { startServer, until } from '../servers.ts';
import { TestBrowser } from './browser.ts';
import { NOTE_ADDRESSES, openedBy } from './opened-addresses.ts';
import { RoomPage } from './room-page.ts';

const browser = new TestBrowser();

test('a way that breaks again and again while it plays is left, and the picture stays until the next one shows its own', async () => {
  const server = await startServer();
  await publish('plain', `${server.rtmp}/live/lobby`, { loop: true });
  const profile = await browser.profile();
  let breaking = false;
  await profile.routeWebSocket(/\.flv$/, (socket) => {
    const through = socket.connectToServer();
    through.onMessage((message) => {
      if (breaking) void socket.close({ code: 1011 });
      else socket.send(message);
    });
  });
  const room = await RoomPage.open(profile, `${server.http}/lobby`);
  await room.plays();
  await room.look(`(() => {
    globalThis.blanks = 0;
    const player = document.querySelector('#player');
    setInterval(() => {
      const shown = ['video', 'canvas'].some((name) => player.querySelector(name).classList.contains('shown'));
      if (!shown) globalThis.blanks++;
    }, 20);
  })()`);
  breaking = true;
  const { server: inside } = server;
  const uses = (protocol: string): boolean =>
    [...inside.hub.sessions.values()].some((session) => session.protocol === protocol);
  await until('FLV comes over HTTP', () => uses('http-flv'));
  await room.plays();
  expect(await room.look('blanks')).toBe(0);
  expect(room.neverReloaded).toBe(true);
});

test('a server that restarts is not held against the way', async () => {
  const server = await startServer();
  await publish('plain', `${server.rtmp}/live/lobby`, { loop: true });
  const room = await RoomPage.open(await browser.profile(), `${server.http}/lobby`);
  await room.plays();
  const { port } = server.server.http;
  await server.server.close();
  await room.shows('reconnecting');
  const again = await startServer({ http: `127.0.0.1:${port}` });
  await publish('plain', `${again.rtmp}/live/lobby`, { loop: true });
  await room.plays(30_000);
  expect([...again.server.hub.sessions.values()].map(({ protocol }) => protocol)).toContain('ws-flv');
});

test('after the last way the first is tried again, for as long as it takes', async () => {
  const server = await startServer();
  await publish('plain', `${server.rtmp}/live/lobby`, { loop: true, limitMs: 90_000 });
  const profile = await browser.profile();
  let blocked = true;
  await profile.routeWebSocket(/\.(?:flv|mp4)$/, (socket) =>
    blocked ? void socket.close({ code: 1011 }) : void socket.connectToServer(),
  );
  await profile.route(/\/(?:live|hls)\//, (route) => (blocked ? route.abort() : route.continue()));
  await profile.addInitScript(NOTE_ADDRESSES);
  const room = await RoomPage.open(profile, `${server.http}/lobby`);
  const thrice = async (): Promise<boolean> =>
    (await openedBy(room)).filter(({ what }) => what === 'ws.flv').length >= 3;
  await until('FLV was tried three times', thrice, 40_000);
  blocked = false;
  await room.plays(30_000);
});

import { expect, test } from 'vitest';
import { publish } from '../publish.ts';
import { Relay } from '../relay.ts';
import { freePort, startServer, until } from '../servers.ts';
import { TestBrowser } from './browser.ts';
import { RoomPage } from './room-page.ts';

const browser = new TestBrowser();

test.each(['ws', 'flv'])(
  'when the network loses its connections the picture comes back by itself (%s)',
  async (path) => {
    const server = await startServer();
    const relay = await Relay.to(server.server.http.port);
    await publish('plain', `${server.rtmp}/live/lobby`, { loop: true });
    const room = await RoomPage.open(await browser.profile(), `http://127.0.0.1:${relay.port}/lobby?play=${path}`);
    await room.plays();
    relay.cut();
    await room.shows('reconnecting');
    await room.plays();
    expect(room.neverReloaded).toBe(true);
  },
);

test('when the cable is pulled the page says so, and the picture comes back by itself', async () => {
  const server = await startServer();
  const relay = await Relay.to(server.server.http.port);
  await publish('plain', `${server.rtmp}/live/lobby`, { loop: true });
  const room = await RoomPage.open(await browser.profile(), `http://127.0.0.1:${relay.port}/lobby`);
  await room.plays();
  relay.freeze();
  await until('it stands still', async () => ['slow', 'reconnecting'].includes(String(await room.scene())));
  await room.plays(20_000);
  expect(room.neverReloaded).toBe(true);
});

test('a viewer whose network is gone is told whose fault it is', async () => {
  const server = await startServer();
  const relay = await Relay.to(server.server.http.port);
  await publish('plain', `${server.rtmp}/live/lobby`, { loop: true });
  const profile = await browser.profile();
  const room = await RoomPage.open(profile, `http://127.0.0.1:${relay.port}/lobby`);
  await room.plays();
  await profile.setOffline(true);
  relay.cut();
  await room.shows('reconnecting');
  await room.says('You are offline');
  await room.says('The stream goes on. You are back as soon as your network is.');
  await room.photograph('viewer-offline-network');
  await profile.setOffline(false);
  await room.plays();
  expect(room.neverReloaded).toBe(true);
});

test('when the server restarts, page and picture come back by themselves', async () => {
  const ports = { http: `127.0.0.1:${await freePort()}`, rtmp: `127.0.0.1:${await freePort()}` };
  const first = await startServer(ports);
  const before = await publish('plain', `${first.rtmp}/live/lobby`, { loop: true });
  const room = await RoomPage.open(await browser.profile(), `${first.http}/lobby`);
  await room.plays();
  await first.server.close();
  await before.done;
  await room.says('The connection was lost');
  await room.photograph('viewer-server-lost');
  const second = await startServer(ports);
  await publish('plain', `${second.rtmp}/live/lobby`, { loop: true });
  await room.plays(20_000);
  expect(room.neverReloaded).toBe(true);
});

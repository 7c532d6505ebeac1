import { expect, test } from 'vitest';
import { publish } from '../publish.ts';
import { startServer, until } from '../servers.ts';
import { TestBrowser } from './browser.ts';
import { RoomPage } from './room-page.ts';

const browser = new TestBrowser();

const ways = ['ws', 'mp4', 'hls', 'native-hls', 'http-mp4'];

/** Waits until the page shows a picture of that width, moving. */
async function playsAt(room: RoomPage, width: number): Promise<void> {
  const is = `document.querySelector('video')?.videoWidth === ${width}`;
  await until(`a picture ${width} wide`, () => room.look<boolean>(is), 30_000);
  await room.plays(30_000);
}

test.each(ways)('?play=%s: another publisher takes over with a picture of another size', async (play) => {
  const server = await startServer();
  await publish('plain', `${server.rtmp}/live/lobby`, { loop: true });
  const room = await RoomPage.open(await browser.profile(), `${server.http}/lobby?play=${play}`);
  await playsAt(room, 640);
  await publish('numbered', `${server.rtmp}/live/lobby`);
  await playsAt(room, 320);
  await until('there is sound', async () => (await room.picture()).soundBytes > 0);
  expect(room.neverReloaded).toBe(true);
});

test.each(ways)('?play=%s: a broadcast ends, and the next one plays by itself', async (play) => {
  const server = await startServer({ grace: 1 });
  const publisher = await publish('plain', `${server.rtmp}/live/lobby`, { loop: true });
  const room = await RoomPage.open(await browser.profile(), `${server.http}/lobby?play=${play}`);
  await playsAt(room, 640);
  await publisher.stop();
  await room.shows('ended');
  await publish('numbered', `${server.rtmp}/live/lobby`);
  await playsAt(room, 320);
  expect(room.neverReloaded).toBe(true);
});

test.each(ways)('?play=%s: a publisher that is lost comes back into the same broadcast', async (play) => {
  const server = await startServer();
  const publisher = await publish('plain', `${server.rtmp}/live/lobby`, { loop: true });
  const room = await RoomPage.open(await browser.profile(), `${server.http}/lobby?play=${play}`);
  await playsAt(room, 640);
  publisher.child.kill('SIGKILL');
  await room.shows('reconnecting');
  await publish('plain', `${server.rtmp}/live/lobby`, { loop: true });
  await room.plays(30_000);
  expect(room.neverReloaded).toBe(true);
});

import { expect, test } from 'vitest';
import { long } from '../long.ts';
import { publish } from '../publish.ts';
import { startServer, until } from '../servers.ts';
import { TestBrowser } from './browser.ts';
import { RoomPage } from './room-page.ts';

const browser = new TestBrowser();

/** Of a way over a socket and one that fetches piece by piece; the others are much like them. */
const ways = long ? ['ws', 'mp4', 'hls', 'native-hls', 'http-mp4'] : ['ws', 'hls'];

/** Waits until the page shows a picture of that width, moving. */
async function playsAt(room: RoomPage, width: number): Promise<void> {
  const is = `document.querySelector('video')?.videoWidth === ${width}`;
  await until(`a picture ${width} wide`, () => room.look<boolean>(is), 30_000);
  await room.plays(30_000);
}

test.each(ways)(
  '?play=%s: a page goes on by itself when another publisher takes over with a picture of another size, when that one is lost and comes back, and when a broadcast ends and the next one begins',
  async (play) => {
    // A segment is as short as it can be, because the browser by itself is three of them behind.
    const server = await startServer({ hls: { segment: 1 } });
    const address = `${server.rtmp}/live/lobby`;
    await publish('short-gop', address, { loop: true });
    const room = await RoomPage.open(await browser.profile(), `${server.http}/lobby?play=${play}`);
    await playsAt(room, 640);

    const other = await publish('small-short-gop', address, { loop: true });
    await playsAt(room, 320);
    await until('there is sound', async () => (await room.picture()).soundBytes > 0);

    other.kill('SIGKILL');
    await room.shows('reconnecting');
    const again = await publish('small-short-gop', address, { loop: true });
    await room.plays(30_000);

    await again.stop();
    await room.shows('ended');
    await publish('short-gop', address, { loop: true });
    await playsAt(room, 640);
    expect(room.neverReloaded).toBe(true);
  },
);

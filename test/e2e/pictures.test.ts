import { expect, test } from 'vitest';
import { dirty, photo, plain } from '../../src/media/images/picture-cases.ts';
import { startServer } from '../servers.ts';
import { Faults, TestBrowser } from './browser.ts';
import { RoomPage } from './room-page.ts';

const browser = new TestBrowser();

/** Gives a picture to the server, and says what is seen of what it gives back: its size, and the colour in its middle. */
const GIVE = `async ({ method, path, bytes }) => {
  const answer = await fetch('/api/v1/rooms/lobby/' + path, { method, body: new Blob([Uint8Array.from(bytes)]) });
  const { emotes, cover, error } = await answer.json();
  if (error) return error.message;
  const image = new Image();
  image.src = cover ?? emotes[0].url;
  await image.decode();
  const { naturalWidth: width, naturalHeight: height } = image;
  const canvas = new OffscreenCanvas(width, height).getContext('2d');
  canvas.drawImage(image, 0, 0);
  const [red, green, blue] = canvas.getImageData(width / 2, height / 2, 1, 1).data;
  return { width, height, red: red > 240 && green < 15 && blue < 15 };
}`;

test('Chromium shows every kind of picture that was given, as it was before it was cleaned', async () => {
  const server = await startServer();
  const owner = await RoomPage.open(await browser.profile(), server.server.link());
  await owner.says('Your room is ready');
  const { page } = owner;
  const faults = new Faults(page);
  const give = (method: string, path: string, bytes: Uint8Array): Promise<unknown> =>
    page.evaluate(`(${GIVE})(${JSON.stringify({ method, path, bytes: [...bytes] })})`);
  const { movingPng, jpeg, ...others } = plain;
  const webp = dirty.find(({ name }) => name.startsWith('a WebP'))!.bytes;
  for (const [name, bytes] of [...Object.entries(others), ['webp', webp]] as [string, Uint8Array][])
    expect(await give('POST', 'emotes/one', bytes), name).toEqual({ width: 16, height: 20, red: true });
  expect(await give('POST', 'emotes/one', movingPng)).toEqual({ width: 16, height: 16, red: true });
  expect(await give('PUT', 'cover', jpeg)).toEqual({ width: 16, height: 20, red: true });
  // Its camera was turned.
  expect(await give('PUT', 'cover', photo)).toEqual({ width: 20, height: 16, red: true });
  expect(await faults.all()).toEqual([]);
});

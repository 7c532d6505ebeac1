import { expect, test } from 'vitest';
import { publish } from '../publish.ts';
import { startProcess, until } from '../servers.ts';
import { TestBrowser } from './browser.ts';
import { RoomPage } from './room-page.ts';

const browser = new TestBrowser();

test('a stranger starts it, opens the link, pastes two fields, and sees the picture', async () => {
  const server = await startProcess([], { open: false });
  const profile = await browser.profile({ permissions: ['clipboard-read', 'clipboard-write'] });
  const owner = await RoomPage.open(profile, server.link);
  const { page } = owner;

  await owner.says('Your room is ready');
  expect(page.url()).toBe(`${server.http}/lobby`);
  const copied = async (name: string): Promise<string> => {
    await owner.button(name).filter({ visible: true }).first().click();
    await owner.says('Copied');
    return page.evaluate<string>('navigator.clipboard.readText()');
  };
  const address = await copied('Copy the server');
  expect(address).toBe(`${server.rtmp}/live`);
  const key = await copied('Copy the stream key');
  expect(key).toMatch(/^rk_[a-z2-7]{26,}$/);
  expect(await page.content()).not.toContain(key);
  await owner.photograph('first-minutes-ready');

  await publish('plain', `${address}/${key}`, { loop: true });
  const picture = await owner.plays();
  expect(picture).toMatchObject({ width: 640, muted: false });
  await until('there is sound', async () => (await owner.picture()).soundBytes > 0);

  const viewer = await RoomPage.open(await browser.profile(), `${server.http}/lobby`);
  await viewer.plays();
  await until('two are watching', async () => (await owner.number('Viewers')) === 2);
  await until('the frame rate', async () => (await owner.number('Frame rate')) === 25);
  await until('key frames', async () => (await owner.number('Key frame every')) === 2);
  await until('the bit rate', async () => {
    const rate = await owner.reading('Bit rate');
    const bits = Number.parseFloat(rate) * (rate.includes('Mbit/s') ? 1e6 : 1e3);
    return bits > 0.5e6 && bits < 2e6;
  });
  await owner.says(/^H\.264 \w+ \d\.\d 640×360$/);
  await owner.says('AAC 44.1 kHz stereo');
  await owner.says('All good');
  await owner.photograph('first-minutes-live');
  expect(owner.neverReloaded).toBe(true);
  expect(await owner.faults.all()).toEqual([]);
});

test('a viewer needs one tap for sound, and nothing says the stream key', async () => {
  const server = await startProcess([], { open: false });
  const owner = await RoomPage.open(await browser.profile(), server.link);
  await owner.button('Show').filter({ visible: true }).first().click();
  const key = await owner.page.locator('code', { hasText: /^rk_/ }).filter({ visible: true }).first().innerText();
  await publish('plain', `${server.rtmp}/live/${key}`, { loop: true });

  const viewer = await RoomPage.open(await browser.profile(), `${server.http}/lobby`);
  expect(await viewer.plays()).toMatchObject({ muted: true });
  await viewer.photograph('viewer-before-sound');
  await viewer.button('Turn on sound').click();
  await until('sound', async () => !(await viewer.picture()).muted);
  expect(await viewer.plays()).toMatchObject({ muted: false, paused: false });
  await viewer.button('Turn on sound').waitFor({ state: 'detached' });
  expect(await viewer.page.content()).not.toContain(key);
  expect(await viewer.page.getByText('Stream key').count()).toBe(0);
  expect(await viewer.faults.all()).toEqual([]);
});

test('the link works once: a second stranger is told so, and still may watch', async () => {
  const server = await startProcess(['--demo'], { open: false });
  const profile = await browser.profile();
  await (await RoomPage.open(profile, server.link)).button('End stream').waitFor();
  await (await RoomPage.open(profile, server.link)).button('End stream').waitFor();

  const second = await RoomPage.open(await browser.profile(), server.link);
  await second.says('This link does not open the room');
  await second.photograph('link-used-before');
  await second.page.getByRole('dialog').getByRole('button', { name: 'Close' }).click();
  await second.plays();
  expect(await second.button('End stream').count()).toBe(0);
});

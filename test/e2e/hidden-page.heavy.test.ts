import { expect, test } from 'vitest';
import { startServer, until } from '../servers.ts';
import { FrameClock } from './frame-clock.ts';
import { BrowserWindow } from './window.ts';

test('a page that nobody looked at for a while is near live when it is looked at again', async () => {
  const server = await startServer();
  const clock = await FrameClock.start(server, 'numbered');
  const window = await BrowserWindow.open(`${server.http}/lobby`);
  await clock.watch(window);
  const shown = async (): Promise<number> => (await clock.seen(window)).length;
  await until('it plays', async () => (await shown()) > 25);
  await window.look('void (globalThis.neverReloaded = true)');
  await window.turn('minimized');
  await until('the page is hidden', () => window.look('document.hidden'));
  await clock.reaches(10);
  const before = await shown();
  await window.turn('normal');
  await until('it plays again', async () => (await shown()) > before + 10);
  await until('it is near live', async () => (await clock.seen(window)).at(-1)!.delay < 1500, 3000);
  expect(await window.look('neverReloaded')).toBe(true);
});

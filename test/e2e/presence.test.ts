import { expect, test } from 'vitest';
import type { Qoe } from '../../src/client/index.ts';
import { publish } from '../publish.ts';
import { until } from '../servers.ts';
import { startTestServer } from '../test-server.ts';
import { TestBrowser } from './browser.ts';
import { RoomPage } from './room-page.ts';

const browser = new TestBrowser();

test('what the owner is told of viewers is what their pages show', { timeout: 120_000 }, async () => {
  const server = await startTestServer({ publish: 'open', hls: { segment: 1 } });
  await publish('short-gop', `rtmp://127.0.0.1:${server.server.rtmp.port}/live/lobby`, { loop: true });
  const headers = { Authorization: `Bearer ${server.bearer}` };
  const qoe = async (): Promise<Qoe> =>
    JSON.parse((await server.call('GET', '/api/v1/rooms/lobby/qoe', { headers })).text) as Qoe;
  const viewers = (): number => server.app.services.presence!.viewers('lobby');

  const byFlv = await RoomPage.open(await browser.profile(), `${server.base}/lobby?play=ws-flv`);
  const byHls = await RoomPage.open(await browser.profile(), `${server.base}/lobby?play=hls`);
  const embedded = await RoomPage.open(await browser.profile(), `${server.base}/embed/lobby?play=ws-mp4`);
  const pages = [byFlv, byHls, embedded];
  for (const page of pages) await page.plays();
  await until('each tells of its start', async () => (await qoe()).minute.all.viewers === 3);
  await until('each is counted once', () => viewers() === 3);
  const { minute } = await qoe();
  expect(Object.keys(minute.paths).sort()).toEqual(['hls', 'ws-flv', 'ws-mp4']);
  for (const quality of Object.values(minute.paths)) {
    expect(quality).toMatchObject({ viewers: 1, errors: {} });
    expect(quality.start!.p50).toBeGreaterThan(0);
    expect(quality.start!.p50).toBeLessThan(30_000);
  }
  await until('all tell how far they are behind', async () => {
    const { paths } = (await qoe()).minute;
    return Object.values(paths).every(({ latency }) => latency !== undefined);
  });

  // It goes on asking for lists when it is paused, and is no viewer for that.
  await byHls.page.keyboard.press('k');
  await until('who is paused is no viewer', () => viewers() === 2);
  expect(server.server.hub.viewers('live/lobby')).toBe(3);
  await byHls.page.keyboard.press('k');
  await until('and is one again', () => viewers() === 3);
  await byFlv.close();
  await until('who has closed the page is none', () => viewers() === 2);
  expect((await qoe()).broadcast.all.viewers).toBe(3);
  for (const page of [byHls, embedded]) await page.close();
  await server.close();
});

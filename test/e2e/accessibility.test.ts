import { expect, test } from 'vitest';
import { publish } from '../publish.ts';
import { startServer } from '../servers.ts';
import { auditOf } from './audit.ts';
import { TestBrowser } from './browser.ts';
import { looksOf } from './looks.ts';
import { RoomPage } from './room-page.ts';

const browser = new TestBrowser();

test.each(looksOf('dark'))('everybody can use the pages (%s, %s)', async (lang, theme) => {
  const server = await startServer();
  const look = `lang=${lang}&theme=${theme}`;
  const faults: string[] = [];
  const check = async (name: string, room: RoomPage): Promise<void> => {
    faults.push(...(await auditOf(room)).map((fault) => `${name}: ${fault}`));
    await room.photograph(`${name}-${lang}-${theme}`);
  };

  const owner = await RoomPage.open(await browser.profile(), server.server.link().replace('#', `?${look}#`));
  const viewers = await browser.profile();
  const open = (path: string): Promise<RoomPage> => RoomPage.open(viewers, `${server.http}${path}?${look}`);
  await owner.page.getByRole('tab').first().waitFor();
  await check('owner-offline', owner);
  const missing = await open('/nowhere');
  await missing.shows('missing');
  await check('room-missing', missing);
  await missing.close();
  const room = await open('/lobby');
  await room.shows('offline');
  await check('room-offline', room);
  await room.close();

  const publisher = await publish('numbered', `${server.rtmp}/live/lobby`, { loop: true });
  await owner.plays();
  for (const tab of [2, 1, 0]) {
    await owner.page.getByRole('tab').nth(tab).click();
    await check(`owner-live-${tab}`, owner);
  }
  await owner.close();
  const embed = await open('/embed/lobby');
  await embed.plays();
  await check('embed-live', embed);
  await embed.close();
  const home = await open('/');
  await home.page.locator('.grid a').first().waitFor();
  await check('home-live', home);
  await home.close();

  const viewer = await open('/lobby');
  await viewer.plays();
  await check('room-live', viewer);
  await viewer.page.mouse.move(640, 300);
  await viewer.page.locator('[data-menu]').click();
  await check('room-settings', viewer);
  await viewer.page.locator('section.panel button').first().click();
  await check('room-connection', viewer);
  await viewer.page.locator('section.panel button').first().click();
  await viewer.page.locator('[data-page=danmaku]').click();
  await viewer.page.locator('section.panel form input').fill('spoiler');
  await viewer.page.keyboard.press('Enter');
  await viewer.page.locator('section.panel .tag').waitFor();
  await check('room-danmaku', viewer);
  await publisher.stop();
  await viewer.shows('ended');
  await check('room-ended', viewer);
  expect(faults).toEqual([]);
});

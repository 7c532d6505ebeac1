import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { expect, test } from 'vitest';
import { publish } from '../publish.ts';
import { startServer } from '../servers.ts';
import { TestBrowser } from './browser.ts';
import { RoomPage } from './room-page.ts';

const browser = new TestBrowser();

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const RUN = `axe.run(document, { runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'] }).then(({ violations }) =>
  violations.flatMap(({ id, help, nodes }) => nodes.map(({ target, any }) => [id, help, target.join(' '), any[0]?.message].join(' | '))))`;

/** What axe has to say against the page as it is now. Colours in the middle of a fade are nobody's to read. */
async function faultsOf(room: RoomPage): Promise<string[]> {
  await room.page.emulateMedia({ reducedMotion: 'reduce' });
  await room.look(`${axe};0`);
  return room.look<string[]>(RUN);
}

test.each([
  ['en', 'light'],
  ['zh', 'dark'],
] as const)('everybody can use the pages (%s, %s)', async (lang, theme) => {
  const server = await startServer();
  const look = `lang=${lang}&theme=${theme}`;
  const faults: string[] = [];
  const check = async (name: string, room: RoomPage): Promise<void> => {
    faults.push(...(await faultsOf(room)).map((fault) => `${name}: ${fault}`));
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

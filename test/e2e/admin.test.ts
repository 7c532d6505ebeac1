import { expect, test } from 'vitest';
import { systemScheduler } from '../../src/io/scheduler.ts';
import { startServer, until } from '../servers.ts';
import { auditOf } from './audit.ts';
import { TestBrowser } from './browser.ts';
import { RoomPage } from './room-page.ts';
import { looksOf } from './looks.ts';

const browser = new TestBrowser();
const PASSWORD = 'a good password';
/** ms */
const HOUR = 3_600_000;

async function send({ page }: RoomPage, fields: Record<string, string>, action: string): Promise<void> {
  const dialog = page.getByRole('dialog');
  for (const [label, value] of Object.entries(fields)) await dialog.getByLabel(label, { exact: true }).fill(value);
  await dialog.getByRole('button', { name: action, exact: true }).click();
}

test('the owner of the server makes rooms, accounts and tokens, and reads how it is; nobody else does', async () => {
  const server = await startServer();
  const stranger = await RoomPage.open(await browser.profile(), `${server.http}/admin`);
  await stranger.says('This page is for the owner of the server');
  await stranger.close();
  const profile = await browser.profile();
  const owner = await RoomPage.open(profile, server.server.link());
  await owner.button('Owner').click();
  await send(owner, { Name: 'Olga', 'New password': PASSWORD }, 'Save');
  await owner.button(/^Olga/).click();
  await owner.page.getByRole('link', { name: 'Look after the server' }).click();
  const { page } = owner;
  const field = (label: string) => page.getByLabel(label, { exact: true });
  await field('Address').fill('garden');
  await field('Title').fill('The garden');
  await page.getByRole('button', { name: 'Make', exact: true }).click();
  await owner.says('The garden');
  await page.getByRole('button', { name: 'Archive The garden' }).click();
  await page.getByRole('button', { name: 'Take The garden back' }).waitFor();
  await page.getByRole('tab', { name: 'People' }).click();
  await field('Name').fill('x y!');
  await page.getByRole('button', { name: 'Add', exact: true }).click();
  await page.getByRole('alert').first().waitFor();
  await field('Name').fill('Ben');
  await page.getByRole('button', { name: 'Add', exact: true }).click();
  await owner.says('This is the password of Ben.');
  const password = await page.locator('code').innerText();
  expect(password).toMatch(/^(?:[a-z2-9]{4}-){3}[a-z2-9]{4}$/);
  await page.getByRole('button', { name: 'New password: Ben' }).click();
  await owner.says('#reset=');
  await page.getByRole('button', { name: 'Disable: Ben' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Disable' }).click();
  await page.getByRole('button', { name: 'Enable: Ben' }).waitFor();
  await field('Name').fill('Robbie');
  await field('Who it is for').selectOption('bot');
  await page.getByRole('button', { name: 'Add', exact: true }).click();
  await owner.says('With this token Robbie');
  expect(await page.locator('code').innerText()).toMatch(/^rt_/);
  await page.getByRole('button', { name: 'New token: Robbie' }).waitFor();
  await page.getByRole('tab', { name: 'Tokens' }).click();
  await field('What it is for').fill('backup');
  await page.getByRole('button', { name: 'Make', exact: true }).click();
  await owner.says(/^rt_/);
  await page.getByRole('button', { name: 'Revoke backup' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Revoke' }).click();
  await page.getByRole('button', { name: 'Revoke backup' }).waitFor({ state: 'detached' });
  await page.getByRole('tab', { name: 'Health' }).click();
  await owner.says(process.versions.node);
  await page.getByRole('tab', { name: 'Configuration' }).click();
  await field('Find an option').fill('http');
  await page
    .getByRole('row', { name: /^http / })
    .getByText('by the program')
    .waitFor();
  await page.getByRole('tab', { name: 'Log' }).click();
  await owner.says('made an account');
  expect(await owner.faults.all()).toEqual([expect.stringContaining('400')]);
});

test('keys are shown to one who signed in hours ago only after the password, and a wrong one is said', async () => {
  let ahead = 0;
  const real = systemScheduler();
  const server = await startServer({}, { scheduler: { ...real, wall: () => real.wall() + ahead } });
  const owner = await RoomPage.open(await browser.profile(), server.server.link());
  await owner.button('Owner').click();
  await send(owner, { Name: 'Olga', 'New password': PASSWORD }, 'Save');
  await owner.says('Saved');
  ahead = 3 * HOUR;
  await owner.page.reload();
  await owner.says('You signed in a while ago.');
  await owner.page.getByRole('button', { name: 'Show them' }).first().click();
  await send(owner, { Password: 'not this one' }, 'Go on');
  await owner.says('That is not your password.');
  await send(owner, { Password: PASSWORD }, 'Go on');
  await owner.says(/^rtmp:/);
});

test.each(looksOf('dark'))('everybody can use the desk and the server’s page (%s, %s)', async (lang, theme) => {
  const viewport = theme === 'light' ? { width: 1280, height: 800 } : { width: 390, height: 844 };
  const server = await startServer();
  const profile = await browser.profile({ viewport });
  const look = `lang=${lang}&theme=${theme}`;
  const owner = await RoomPage.open(profile, server.server.link().replace('#', `?${look}#`));
  const faults: string[] = [];
  const check = async (name: string): Promise<void> => {
    faults.push(...(await auditOf(owner)).map((fault) => `${name}: ${fault}`));
    expect(await owner.look('document.documentElement.scrollWidth'), name).toBeLessThanOrEqual(viewport.width);
    await owner.photograph(`desk-${name}-${lang}-${theme}`);
  };
  for (const id of ['viewers', 'people', 'keys', 'settings', 'connect', 'log']) {
    await owner.page.locator(`#tab-${id}`).click();
    await owner.page.locator(`#pane-${id} h3`).first().waitFor();
    await check(id);
  }
  // The last tab is chosen: where they do not fit, more of them are on the left.
  const hidden = (side: string): Promise<boolean> => owner.look(`document.querySelector('.tabs').matches('.${side}')`);
  expect([await hidden('before'), await hidden('after')]).toEqual([viewport.width < 600, false]);
  await owner.page.locator('#tab-health').click();
  await until('more are on the right', async () => (await hidden('after')) === viewport.width < 600);
  await owner.page.goto(`${server.http}/admin?${look}`);
  for (const id of ['rooms', 'users', 'tokens', 'server', 'config', 'log']) {
    await owner.page.locator(`#tab-${id}`).click();
    await owner.page.locator(`#pane-${id} h3`).first().waitFor();
    await check(`admin-${id}`);
  }
  expect(faults).toEqual([]);
});

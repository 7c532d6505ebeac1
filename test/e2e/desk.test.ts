import { expect, test } from 'vitest';
import { startServer, until } from '../servers.ts';
import { TestBrowser } from './browser.ts';
import { DeskPage } from './desk-page.ts';
import { RoomPage } from './room-page.ts';

const browser = new TestBrowser();
const PASSWORD = 'a good password';

/** Calls the API as the browser of a page may. */
function call(room: RoomPage, method: string, path: string, body?: object): Promise<{ status: number; body: unknown }> {
  const json =
    body === undefined
      ? ''
      : `, headers: { 'Content-Type': 'application/json' }, body: ${JSON.stringify(JSON.stringify(body))}`;
  return room.look(
    `fetch('/api/v1/${path}', { method: '${method}'${json} }).then(async (r) => ({ status: r.status, body: await r.json().catch(() => null) }))`,
  );
}

/** The smallest PNG that is large enough: 16 pixels a side. */
const PNG =
  'iVBORw0KGgoAAAANSUhEUgAAABAAAAAQCAIAAACQkWg2AAAAFklEQVR42mP438BAEmIY1TCqYfhqAACcdX8QL4dRqgAAAABJRU5ErkJggg==';

test('settings are saved field by field, a slip is said while it is typed, and what was said of the room is seen by others', async () => {
  const server = await startServer();
  const desk = await DeskPage.open(await browser.profile(), server.server.link());
  const viewer = await RoomPage.open(await browser.profile(), `${server.http}/lobby`);
  await desk.pane('Settings', 'What is said of the room');
  await desk.saves('Title', 'The garden');
  await viewer.says('The garden');
  await desk.field('Tags').fill('art, two words');
  await desk.said('Tags', '“two words” cannot be a tag');
  await desk.saves('Tags', 'art, music');
  await desk.field('Viewers at once').fill('many');
  await desk.said('Viewers at once', 'A whole number');
  await desk.saves('Viewers at once', '12');
  await desk.saves('Bit rate of the publisher, in Mbit/s', '2.5');
  await desk.field('The room is open to').selectOption('password');
  await desk.said('Password', 'The room gets its password with this');
  await desk.field('Password').fill('abc');
  await desk.said('Password', 'Four characters at least.');
  await desk.field('Password').fill('open sesame');
  await desk.field('Password').press('Tab');
  await viewer.says('This room has a password');
  const { body } = await call(desk.room, 'GET', 'rooms/lobby');
  expect(body).toMatchObject({ title: 'The garden', tags: ['art', 'music'], maxViewers: 12, maxBitRate: 2_500_000 });
  await desk.field('For whom').fill('tv');
  await desk.button('Make a link').click();
  await desk.desk.getByText('#pass=').waitFor();
  await desk.button('End all links').click();
  await desk.answer('End all links');
  await desk.room.says('All links are ended');
  await desk.field('Address').fill('Not A Slug');
  await desk.desk.getByText('Small letters, digits and -').waitFor();
  await desk.field('Address').fill('garden');
  await desk.button('Rename').click();
  await desk.desk.getByText('This is the default room').waitFor();
  await call(desk.room, 'POST', 'rooms', { slug: 'garden' });
  await desk.room.page.goto(`${server.http}/garden`);
  await desk.pane('Settings', 'What is said of the room');
  await desk.field('Address').fill('roses');
  await desk.button('Rename').click();
  await desk.room.page.waitForURL(/\/roses$/);
  await desk.pane('Settings', 'What is said of the room');
  await desk.button('Archive').click();
  await desk.answer('Archive');
  await desk.button('Take it back').click();
  await desk.button('Archive').waitFor();
  expect(await desk.room.faults.all()).toEqual([expect.stringContaining('400')]);
});

test('people get roles and are banned by the keyboard alone, and a name that nobody has is said', async () => {
  const server = await startServer();
  const desk = await DeskPage.open(await browser.profile(), server.server.link());
  await call(desk.room, 'POST', 'users', { name: 'Mia', password: PASSWORD });
  const { keyboard } = desk.room.page;
  await desk.room.page.getByRole('tab', { name: 'Health' }).focus();
  while (!(await desk.room.look('document.activeElement.id === "tab-people"'))) await keyboard.press('ArrowRight');
  await desk.desk.getByRole('heading', { name: 'Members' }).waitFor();
  await desk.field('Name').first().focus();
  await keyboard.type('Nobody');
  await keyboard.press('Enter');
  await desk.desk.getByText('Nobody with an account has this name.').waitFor();
  await desk.field('Name').first().fill('');
  await keyboard.type('mia');
  await keyboard.press('Enter');
  await desk.row('Mia').getByText('Moderator', { exact: true }).waitFor();
  await desk.field('Who').selectOption('network');
  await desk.field('Network').focus();
  await keyboard.type('nonsense');
  await desk.desk.getByText('This is neither an address nor a network.').waitFor();
  await desk.field('Network').fill('192.0.2.0/24');
  await keyboard.press('Enter');
  await desk.row('192.0.2.0/24').waitFor();
  await desk.button('Lift the ban of 192.0.2.0/24').press('Enter');
  await desk.desk.getByText('Nobody is banned.').waitFor();
  // What somebody is known for, and what is noted.
  await desk.button('Mia').first().click();
  const card = desk.room.page.getByRole('dialog');
  await card.getByLabel('Note').fill('sings on Sundays');
  await card.getByRole('button', { name: 'Add a note' }).click();
  await card.getByText('sings on Sundays').waitFor();
  await keyboard.press('Escape');
  await desk.button('Take the role of Mia away').click();
  await desk.answer('Remove');
  await desk.desk.getByText('Nobody yet.').waitFor();
  await desk.field('Picture').setInputFiles({ name: 'a.txt', mimeType: 'text/plain', buffer: Buffer.from('no') });
  await desk.desk.getByText('This is no PNG, WebP or GIF.').waitFor();
  await desk.field('Name').last().fill('wave');
  await desk
    .field('Picture')
    .setInputFiles({ name: 'a.png', mimeType: 'image/png', buffer: Buffer.from(PNG, 'base64') });
  await desk.button('Add').last().click();
  await desk.desk.getByText(':wave:').waitFor();
  await desk.button('Remove :wave:').click();
  await desk.desk.getByText('None yet.').waitFor();
  expect((await desk.room.faults.all()).filter((fault) => !fault.includes('404'))).toEqual([]);
});

test('keys are made, shown for a while, replaced and revoked; the one in use is named; the log tells who did it', async () => {
  const server = await startServer();
  const desk = await DeskPage.open(await browser.profile(), server.server.link());
  await desk.pane('Keys', 'Stream keys');
  await desk.field('What it is for').fill('Phone');
  await desk.button('Make').click();
  const secret = desk.row('Phone').locator('code');
  const first = await secret.innerText();
  expect(first).toMatch(/^rk_/);
  await desk.button('Replace the key “Phone”').click();
  await desk.answer('Replace');
  await until('the key is another', async () => (await secret.innerText()) !== first);
  await desk.button('Show the key “Phone”').click();
  await secret.waitFor({ state: 'detached' });
  const publisher = await server.server.hub.publish({
    action: 'publish',
    protocol: 'test',
    path: 'live/lobby',
    credentials: { key: ((await call(desk.room, 'GET', 'rooms/lobby/key')).body as { key: string }).key },
    remote: { address: '192.0.2.1' },
    close() {},
    traffic: () => ({ in: 0, out: 0 }),
  });
  await desk.pane('Settings', 'What is said of the room');
  await desk.pane('Keys', 'Stream keys');
  await desk.row('main').getByText('used by the current broadcast').waitFor();
  publisher.end('ended');
  await desk.button('Revoke the key “Phone”').click();
  await desk.answer('Revoke');
  await desk.room.says('The key is worth nothing any more');
  await desk.row('Phone').waitFor({ state: 'detached' });
  await desk.pane('Log', 'Who changed what');
  for (const words of ['You made a key', 'You replaced a key', 'You revoked a key'])
    await desk.desk.getByText(words).first().waitFor();
  expect(await desk.desk.getByText('rk_').count()).toBe(0);
  expect(await desk.room.faults.all()).toEqual([]);
});

test('what the configuration file declares is shown as such, with its place', async () => {
  const declaredAt = { file: 'roomcast.yaml', line: 7 };
  const server = await startServer({ rooms: { lobby: { title: 'Declared', key: 'hX4kQz9mWb2rT7vL', declaredAt } } });
  const desk = await DeskPage.open(await browser.profile(), server.server.link());
  await desk.pane('Settings', 'What is said of the room');
  await desk.desk.getByText('Set in roomcast.yaml, line 7.').first().waitFor();
  expect(await desk.field('Title').isDisabled()).toBe(true);
  expect(await desk.field('Address').isDisabled()).toBe(true);
  await desk.pane('Keys', 'Stream keys');
  await desk.desk.getByText('set in the configuration file').waitFor();
  expect(await desk.button(/Replace/).count()).toBe(0);
});

test('webhooks and commands are made, tested and removed; an address that is none is said', async () => {
  const server = await startServer({ outgoing: { allow: ['127.0.0.1'] } });
  const desk = await DeskPage.open(await browser.profile(), server.server.link());
  await desk.pane('Connections', 'Webhooks');
  await desk.field('Address').first().fill('ftp://x');
  await desk.desk.getByText('An address that begins with http').waitFor();
  await desk.field('Address').first().fill(`${server.http}/healthz`);
  await desk.button('Make').click();
  await desk.desk.getByText('Secret, shown only now').waitFor();
  await desk.button(/^Test:/).click();
  // Nothing takes a POST there.
  await desk.desk.getByText('It did not take it').waitFor();
  await desk.button(/^Deliveries:/).click();
  await desk.button(/^Turn off:/).click();
  await desk.desk.getByText('off', { exact: true }).waitFor();
  await desk.button(/^Remove:/).click();
  await desk.answer('Remove');
  await desk.desk.getByText('None yet.').first().waitFor();
  await desk.field('Name').fill('dice');
  await desk.field('What it does').fill('rolls a die');
  await desk.field('Address').last().fill(`${server.http}/dice`);
  await desk.button('Add').click();
  await desk.row('/dice').waitFor();
  await desk.button('Remove /dice').click();
  await desk.row('/dice').waitFor({ state: 'detached' });
});

test('moderators have a desk with viewers and people, and nothing that is the owner’s', async () => {
  const server = await startServer();
  const owner = await DeskPage.open(await browser.profile(), server.server.link());
  await call(owner.room, 'POST', 'users', { name: 'Mia', password: PASSWORD });
  await call(owner.room, 'POST', 'rooms/lobby/members', { name: 'Mia', role: 'moderator' });
  const profile = await browser.profile();
  const page = await RoomPage.open(profile, `${server.http}/lobby`);
  await page.shows('offline');
  await call(page, 'POST', 'sign-in', { name: 'Mia', password: PASSWORD });
  const mia = await DeskPage.open(profile, `${server.http}/lobby`);
  expect(await mia.room.page.getByRole('tab').allInnerTexts()).toEqual(['Viewers', 'Moderation']);
  await mia.pane('Moderation', 'Bans');
  expect(await mia.button('Take the role').count()).toBe(0);
  await mia.field('Network').or(mia.field('Name')).first().waitFor();
  expect(await mia.room.faults.all()).toEqual([]);
});

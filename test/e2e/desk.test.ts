import { expect, onTestFinished, test } from 'vitest';
import { connectRoom } from '../../src/client/index.ts';
import { HookReceiver } from '../hook-receiver.ts';
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
  await desk.field('Who sees who has signed in').selectOption('all');
  await desk.said('Who sees who has signed in', 'Saved');
  await desk
    .field('Choose a picture')
    .setInputFiles({ name: 'a.txt', mimeType: 'text/plain', buffer: Buffer.from('no') });
  await desk.desk.getByText('This is no JPEG, PNG or WebP.').waitFor();
  const picture = { name: 'a.png', mimeType: 'image/png', buffer: Buffer.from(PNG, 'base64') };
  await desk.field('Choose a picture').setInputFiles(picture);
  const cover = desk.desk.getByAltText('The cover of the room');
  await cover.waitFor();
  await until('it is a picture', () =>
    desk.room.look('document.querySelector(\'[alt="The cover of the room"]\').naturalWidth === 16'),
  );
  const { body } = await call(desk.room, 'GET', 'rooms/lobby');
  expect(body).toMatchObject({ showViewers: true, cover: await cover.getAttribute('src') });
  await desk.button('Remove the cover').click();
  await cover.waitFor({ state: 'detached' });
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
  await desk.button('Remove the role of Mia').click();
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
  await desk.button('Rename the key “Phone”').press('Enter');
  await desk.field('Another name for “Phone”').fill('Tablet');
  await desk.field('Another name for “Phone”').press('Enter');
  await desk.row('Tablet').waitFor();
  await desk.button('Rename the key “Tablet”').click();
  await desk.field('Another name for “Tablet”').fill('Phone');
  await desk.button('Rename').last().click();
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
  for (const words of ['You made a key', 'You renamed a key', 'You replaced a key', 'You revoked a key'])
    await desk.desk.getByText(words).first().waitFor();
  expect(await desk.desk.getByText('rk_').count()).toBe(0);
  // More than a page of it.
  await desk.room.look(`(async () => { for (let i = 0; i < 60; i++) await fetch('/api/v1/rooms/lobby', {
    method: 'PATCH', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify({ title: 'Title ' + i }) }) })()`);
  await desk.pane('Keys', 'Stream keys');
  await desk.pane('Log', 'Who changed what');
  const entries = desk.desk.locator('.rows > li');
  await until('there is a page', async () => (await entries.count()) === 50);
  expect(await entries.first().innerText()).toContain('Title 59');
  await desk.button('Show older').click();
  await until('there is all of it', async () => (await entries.count()) > 60);
  await desk.button('Show older').waitFor({ state: 'detached' });
  const told = await entries.allInnerTexts();
  for (let i = 0; i < 60; i++) expect(told[i]).toContain(`Title ${59 - i}`);
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

test('webhooks and commands are made, changed, tested and removed, what was put aside is sent again, and a slip is said', async () => {
  const receiver = await HookReceiver.open();
  onTestFinished(() => receiver.close());
  const server = await startServer({ outgoing: { allow: ['127.0.0.1'] }, webhooks: { tries: 1 } });
  const desk = await DeskPage.open(await browser.profile(), server.server.link());
  await desk.pane('Connections', 'Webhooks');
  await desk.field('Address').first().fill('ftp://x');
  await desk.desk.getByText('An address that begins with http').waitFor();
  await desk.field('Address').first().fill(receiver.url('/told'));
  await desk.field('many watch').check();
  await desk.field('Numbers of viewers').fill('5, many');
  await desk.desk.getByText('Whole numbers with commas between').waitFor();
  await desk.field('Numbers of viewers').fill('500, 5');
  await desk.field('a new key').check();
  await desk.button('Make').first().press('Enter');
  await desk.desk.getByText('Secret, shown only now').waitFor();
  const secret = await desk.desk.locator('.made code').innerText();
  await desk.button(/^Test:/).click();
  await desk.desk.getByText('It answered 204').waitFor();
  expect((await receiver.of('/told'))[0]!.event.type).toBe('test');

  // What is not taken is put aside, and sent again when one asks for it.
  receiver.answer('/told', (_received, response) => void response.writeHead(500).end());
  await call(desk.room, 'POST', 'rooms/lobby/keys', { name: 'Phone' });
  await receiver.of('/told', 2);
  await desk.button(/^Deliveries:/).click();
  const aside = desk.desk.locator('ol > li', { hasText: 'put aside' });
  await aside.getByText('a new key').waitFor();
  receiver.answer('/told', undefined);
  await aside.getByRole('button', { name: 'Send again' }).click();
  const [, first, again] = await receiver.of('/told', 3);
  expect(again!.event).toEqual(first!.event);
  await desk.button(/^Deliveries:/).click();
  await desk.button(/^Deliveries:/).click();
  await desk.desk.locator('ol > li', { hasText: 'a new key' }).getByText('sent', { exact: true }).waitFor();

  // It decides from now on, and nothing holds while it does not.
  await desk.button(/^Change:/).click();
  const form = desk.desk.locator('.more form');
  await form.getByLabel('what is said').check();
  await form.getByLabel('Where it does not answer in time').selectOption('open');
  await form.getByRole('button', { name: 'Save' }).click();
  await desk.desk.getByText('decides what is said').waitFor();
  const { hooks } = (await call(desk.room, 'GET', 'rooms/lobby/hooks')).body as { hooks: object[] };
  expect(hooks).toMatchObject([{ decides: ['chat'], fail: 'open', milestones: [5, 500] }]);
  await desk.button(/^New secret:/).click();
  await desk.answer('New secret');
  await until('the secret is another', async () => (await desk.desk.locator('.made code').innerText()) !== secret);
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

  // A program that talks.
  await desk.field('Name of the bot').fill('x y');
  await desk.button('Make a bot').click();
  await desk.desk.getByRole('alert').waitFor();
  await desk.field('Name of the bot').fill('Robbie');
  await desk.field('Name of the bot').press('Enter');
  const shown = desk.desk.locator('.made code').last();
  await until('its token is shown', async () =>
    (await shown.innerText({ timeout: 1000 }).catch(() => '')).startsWith('rt_'),
  );
  const token = await shown.innerText();
  const bot = connectRoom({
    base: server.http,
    slug: 'lobby',
    listener: (event) =>
      void (
        event.type === 'open' && bot.login({ token }).then(() => bot.ask({ type: 'say', text: 'I am a machine.' }))
      ),
  });
  onTestFinished(() => bot.close());
  await desk.room.says('I am a machine.');
  await desk.pane('Moderation', 'Members');
  await desk.pane('Connections', 'Webhooks');
  await desk.row('Robbie').waitFor();
  expect(await desk.desk.getByText(token).count()).toBe(0);
  expect(await desk.room.faults.all()).toEqual([expect.stringContaining('400')]);
});

test('moderators have a desk with health, viewers, people and log, and nothing that is the owner’s', async () => {
  const server = await startServer();
  const owner = await DeskPage.open(await browser.profile(), server.server.link());
  await call(owner.room, 'POST', 'users', { name: 'Mia', password: PASSWORD });
  await call(owner.room, 'POST', 'rooms/lobby/members', { name: 'Mia', role: 'moderator' });
  const profile = await browser.profile();
  const page = await RoomPage.open(profile, `${server.http}/lobby`);
  await page.shows('offline');
  await call(page, 'POST', 'sign-in', { name: 'Mia', password: PASSWORD });
  const mia = await DeskPage.open(profile, `${server.http}/lobby`);
  expect(await mia.room.page.getByRole('tab').allInnerTexts()).toEqual(['Health', 'Viewers', 'Moderation', 'Log']);
  await mia.room.page.getByRole('tab', { name: 'Health' }).click();
  await mia.desk.getByText('Nothing was live in the last hour.').waitFor();
  await mia.room.photograph('desk-moderator-health');
  await mia.pane('Moderation', 'Bans');
  await mia.room.photograph('desk-moderator-people');
  expect(await mia.button('Remove the role').count()).toBe(0);
  await mia.field('Network').or(mia.field('Name')).first().waitFor();
  const rules = mia.room.page.getByRole('heading', { name: 'Chat settings' });
  await mia.room.page.getByRole('button', { name: 'Hide the chat' }).click();
  await mia.button('Open them in the chat').press('Enter');
  await rules.waitFor();
  await until('the keyboard is there', () => mia.room.look('document.activeElement.tagName === "H3"'));
  await mia.room.page.setViewportSize({ width: 390, height: 844 });
  await mia.pane('Moderation', 'Bans');
  await mia.button('Open them in the chat').click();
  await rules.waitFor();
  await mia.room.page.setViewportSize({ width: 1280, height: 800 });
  await mia.pane('Log', 'Who changed what');
  await mia.desk.getByText('gave Mia a role').first().waitFor();
  await mia.desk.getByText('role: Moderator').first().waitFor();
  expect(await mia.desk.getByText('127.0.0.1').count()).toBe(0);
  expect(await mia.room.faults.all()).toEqual([]);
});

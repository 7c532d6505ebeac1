import { expect, test } from 'vitest';
import { publish } from '../publish.ts';
import { startProcess, startServer, until } from '../servers.ts';
import { TestBrowser } from './browser.ts';
import { RoomPage } from './room-page.ts';

const browser = new TestBrowser();
const PASSWORD = 'a good password';

/** Fills in the dialog of the account and sends it. */
async function send({ page }: RoomPage, fields: Record<string, string>, action: string): Promise<void> {
  const dialog = page.getByRole('dialog');
  for (const [label, value] of Object.entries(fields)) await dialog.getByLabel(label, { exact: true }).fill(value);
  await dialog.getByRole('button', { name: action, exact: true }).click();
}

test('somebody makes an account, signs out, and signs in again; a wrong password is said in words', async () => {
  const server = await startServer();
  const room = await RoomPage.open(await browser.profile(), `${server.http}/lobby`);
  await room.button('Sign in').click();
  await room.photograph('sign-in');
  await room.button('Create an account').click();
  await send(room, { Name: 'Ada', 'New password': 'short' }, 'Create');
  expect(await room.page.getByRole('dialog').isVisible()).toBe(true);
  await send(room, { 'New password': PASSWORD }, 'Create');
  await room.says('Hello, Ada');
  // The chat says who one is, too.
  const account = room.page.getByTitle('Your account');
  await account.click();
  await room.button('Sign out').click();
  await room.button('Sign in').click();
  await send(room, { Name: 'ada', Password: 'not this one' }, 'Sign in');
  await room.says('Name and password do not match.');
  await send(room, { Password: PASSWORD }, 'Sign in');
  await room.says('Hello, Ada');
  await account.getByText('Ada').waitFor();
  expect(await room.faults.all()).toEqual([expect.stringContaining('401')]);
});

test('the owner chooses a name and a password, and is the owner in another browser by them', async () => {
  const server = await startProcess([], { open: false });
  const first = await RoomPage.open(await browser.profile(), server.link);
  await first.button('Owner').click();
  const warnings: string[] = [];
  first.page.on('console', (message) => void (message.type() === 'warning' && warnings.push(message.text())));
  await send(first, { Name: 'Olga', 'New password': PASSWORD }, 'Save');
  await first.says('Saved');
  expect(warnings).toEqual([]);
  const second = await RoomPage.open(await browser.profile(), `${server.http}/lobby`);
  await second.button('Sign in').click();
  await send(second, { Name: 'Olga', Password: PASSWORD }, 'Sign in');
  await second.says('Your room is ready');
});

test('a room with a password opens to who knows it, and a signed link to who has it', async () => {
  const server = await startProcess(['--publish', 'open'], { open: false });
  const owner = await browser.profile();
  const desk = await RoomPage.open(owner, server.link);
  await desk.says('Your room is ready');
  const change = (settings: object): Promise<unknown> =>
    desk.page.evaluate(
      (body) =>
        fetch('/api/v1/rooms/lobby', {
          method: 'PATCH',
          headers: { 'Content-Type': 'application/json' },
          body: JSON.stringify(body),
        }),
      settings,
    );
  await change({ watch: 'password', password: 'open sesame' });
  await publish('plain', `${server.rtmp}/live/lobby`, { loop: true });
  const room = await RoomPage.open(await browser.profile(), `${server.http}/lobby`);
  await room.says('This room has a password');
  await room.photograph('password');
  const password = room.page.getByLabel('Password');
  await password.fill('wrong');
  await password.press('Enter');
  await room.says('That is not the password.');
  await password.fill('open sesame');
  await password.press('Enter');
  await room.plays();
  await change({ watch: 'link' });
  await room.says('This room opens by its link');
  const url = await desk.page.evaluate<string>(async () => {
    const answer = await fetch('/api/v1/rooms/lobby/passes', { method: 'POST' });
    return ((await answer.json()) as { url: string }).url;
  });
  const guest = await RoomPage.open(await browser.profile(), url.replace(/^http:\/\/[^/]+/, server.http));
  await guest.plays();
  expect(new URL(guest.page.url()).hash).toBe('');
  await change({ watch: 'signed-in' });
  await guest.says('Sign in to enter');
  await guest.player.getByRole('button', { name: 'Sign in' }).click();
  await guest.page.getByRole('dialog').waitFor();
  await until('others stay out', async () => (await room.scene()) === 'refused');
  await change({ watch: 'link' });
  await desk.page.evaluate(() => fetch('/api/v1/rooms/lobby/passes', { method: 'DELETE' }));
  const late = await RoomPage.open(await browser.profile(), url.replace(/^http:\/\/[^/]+/, server.http));
  const told = late.page.getByRole('dialog');
  await told.getByText('This link does not open this room. Ask for a new one.').waitFor();
  await late.photograph('link-ended');
  await told.getByRole('button', { name: 'Close' }).click();
  await late.says('This room opens by its link');
});

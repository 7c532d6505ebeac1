import { expect, test } from 'vitest';
import { bombs, plain } from '../../src/media/images/picture-cases.ts';
import { publish } from '../publish.ts';
import { startServer, type TestServer, until } from '../servers.ts';
import { TestBrowser } from './browser.ts';
import { ChatPage } from './chat-page.ts';
import { DeskPage } from './desk-page.ts';

const browser = new TestBrowser();
const phone = { viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true };

/** The owner's page, and that of a guest who has said something. */
async function together(server: TestServer, text: string): Promise<{ owner: ChatPage; guest: ChatPage }> {
  const owner = await ChatPage.open(await browser.profile(), server.server.link());
  await owner.enter('Olga', 'welcome');
  const guest = await ChatPage.open(await browser.profile(phone), `${server.http}/lobby`);
  await guest.enter('Gus', text);
  await owner.shows(text);
  return { owner, guest };
}

test('a message is taken away for everyone, and brought back', async () => {
  const server = await startServer();
  const { owner, guest } = await together(server, 'buy my things');
  await owner.use('buy my things', 'Delete');
  // Pointed at, it stays: how long the rest takes does not matter.
  await owner.room.button('Undo').hover();
  await guest.room.says('Message deleted');
  expect(await guest.texts()).toEqual(['welcome']);
  await owner.room.button('Undo').click();
  await guest.shows('buy my things');
  await owner.shows('buy my things');
  expect(await owner.room.faults.all()).toEqual([]);
});

test('somebody is silenced, told so in words, and may speak again after Undo', async () => {
  const server = await startServer();
  const { owner, guest } = await together(server, 'rude words');
  await owner.use('rude words', 'Silence for 10 min');
  await owner.room.says('Gus is silent for 10 min');
  await owner.room.button('Undo').hover();
  await guest.room.says('You can write again in 10 min');
  await guest.type('more of them');
  expect(await guest.texts()).not.toContain('more of them');
  await owner.room.button('Undo').click();
  await guest.room.page.getByText('You can write again in 10 min').waitFor({ state: 'detached' });
  await guest.field.press('Enter');
  await owner.shows('more of them');
});

test('a name opens what is known of somebody for those who look after the room, and mentions them for the others', async () => {
  const server = await startServer();
  const { owner, guest } = await together(server, 'hello');
  await owner.line('hello').getByRole('button', { name: 'Gus' }).click();
  const card = owner.room.page.getByRole('dialog');
  await card.getByText('One message in this room').waitFor();
  await card.getByLabel(/^Reason/).fill('rude');
  await card.getByRole('button', { name: 'Time out' }).click();
  await guest.room.says('You can write again in 10 min: rude');
  await card.getByText(/^Silent until .* rude$/).waitFor();
  await card.getByRole('button', { name: 'Let them write' }).click();
  await guest.room.page.getByText('You can write again').waitFor({ state: 'detached' });
  await card.getByRole('button', { name: 'Mention' }).click();
  expect(await owner.field.inputValue()).toBe('@Gus ');
  // By the keyboard: the newest message, and its name.
  await owner.log.focus();
  for (const key of ['ArrowUp', 'Tab', 'Enter']) await owner.room.page.keyboard.press(key);
  await card.getByRole('button', { name: 'Delete their messages' }).click();
  await guest.line('Message deleted').waitFor();
  await owner.room.button('Undo').click();
  await guest.shows('hello');
  await guest.line('welcome').getByRole('button', { name: 'Olga' }).tap();
  expect(await guest.field.inputValue()).toBe('@Olga ');
  expect(await guest.room.page.getByRole('dialog').count()).toBe(0);
  expect(await owner.room.faults.all()).toEqual([]);
});

test('what is pinned stands above every chat, also of those who come again, until it is taken down', async () => {
  const server = await startServer();
  const { owner, guest } = await together(server, 'the rules are on page two');
  const pins = [owner, guest].map(({ room }) => room.page.getByRole('region', { name: 'Pinned message' }));
  const seen = async (state: 'visible' | 'detached'): Promise<void> => {
    await Promise.all(pins.map((pin) => pin.waitFor({ state })));
    await Promise.all([owner.room.page.reload(), guest.room.page.reload()]);
    await Promise.all([owner.shows('page two'), guest.shows('page two')]);
    if (state === 'visible') await Promise.all(pins.map((pin) => pin.getByText('page two').waitFor()));
    else expect(await Promise.all(pins.map((pin) => pin.count()))).toEqual([0, 0]);
  };
  await owner.use('page two', 'Pin');
  await seen('visible');
  expect(await pins[1]!.getByRole('button', { name: 'Unpin' }).count()).toBe(0);
  await pins[0]!.getByRole('button', { name: 'Unpin' }).click();
  await seen('detached');
});

test('a ban closes the room at once and says so, with its end and its reason; lifted, the room is open', async () => {
  const server = await startServer();
  const { owner, guest } = await together(server, 'spam spam');
  await publish('plain', `${server.rtmp}/live/lobby`, { loop: true });
  await guest.room.plays();
  await owner.line('spam spam').getByRole('button', { name: 'Gus' }).click();
  const card = owner.room.page.getByRole('dialog');
  await card.getByLabel('For how long').selectOption('60');
  await card.getByText('They read it, too.').waitFor();
  await card.getByLabel('Reason', { exact: true }).fill('too much spam');
  await card.getByRole('button', { name: 'Ban', exact: true }).click();
  await guest.room.says('You are banned from this room', 2000);
  await guest.room.says(/^Until .* you can neither watch nor write\.$/);
  await guest.room.says('Reason: too much spam');
  await guest.room.says('This chat is closed for you');
  await guest.room.page
    .locator('.sr[role=status]', { hasText: /banned from this room: Until .*too much spam$/ })
    .waitFor({
      state: 'attached',
    });
  expect(await guest.room.look('document.querySelectorAll(".viewers, .count, .dock").length')).toBe(0);
  expect(await guest.room.page.getByText(/Not connected|owner has closed/).count()).toBe(0);
  await guest.room.photograph('chat-phone-banned');
  await card.getByRole('button', { name: 'Lift the ban' }).click();
  await card.getByRole('button', { name: 'Ban', exact: true }).waitFor();
  await guest.room.plays();
  await guest.say('I am back');
  await owner.room.page.keyboard.press('Escape');
  await owner.use('I am back', 'Ban');
  await guest.room.says('You can neither watch nor write.');
  await owner.room.button('Undo').click();
  await guest.room.plays();
  await guest.say('once more');
});

test('what is held back waits above the list of those who look after the room', async () => {
  const server = await startServer();
  const { owner, guest } = await together(server, 'hello');
  await owner.room.button('Chat settings').click();
  const add = owner.room.page.getByRole('textbox', { name: /^Word/ });
  await add.fill('lottery*');
  await owner.room.page.getByLabel('What happens').selectOption('hold');
  await add.press('Enter');
  await owner.room.page.locator('.chat li', { hasText: 'lottery*' }).waitFor();
  await add.press('Escape');
  await until('the keyboard is where it was', () =>
    owner.room.look<boolean>("document.activeElement?.getAttribute('aria-label') === 'Chat settings'"),
  );
  await guest.say('win the lottery');
  await guest.room.says('Waits until a moderator lets it through');
  await owner.room.says('1 message held back');
  await owner.room.button('Let through').click();
  await guest.room.page.getByText('Waits until a moderator').waitFor({ state: 'detached' });
  await owner.shows('win the lottery');
  await guest.say('a lottery again');
  await owner.room.page.locator('.queue').getByRole('button', { name: 'Delete', exact: true }).click();
  await owner.room.page.locator('.queue').waitFor({ state: 'detached' });
  await guest.line('Message deleted').waitFor();
  expect(await owner.texts()).not.toContain('a lottery again');
  await until('the keyboard reads on', () => owner.room.look<boolean>("document.activeElement?.role === 'log'"));
});

test('a message that the rules refuse says why, and is changed and sent again', async () => {
  const server = await startServer();
  const { owner, guest } = await together(server, 'hello');
  await owner.room.button('Chat settings').click();
  const word = owner.room.page.getByRole('textbox', { name: /^Word/ });
  await word.fill('casino');
  await owner.room.page.getByLabel('What happens').selectOption('block');
  await word.press('Enter');
  await owner.room.page.locator('.chat li', { hasText: 'casino' }).waitFor();
  await word.press('Escape');
  await guest.type('to the casino');
  await guest.room.says('One of these words is not allowed in this chat.');
  await guest.room.photograph('chat-refused');
  await guest.room.button('Edit').click();
  expect(await guest.field.inputValue()).toBe('to the casino');
  await guest.say('to the cinema');
  await owner.shows('to the cinema');
});

test('slow mode is told to everyone, and counts down in the button', async () => {
  const server = await startServer();
  const { owner, guest } = await together(server, 'hello');
  await owner.room.button('Chat settings').click();
  await owner.room.page.getByLabel(/Slow mode/).selectOption('3');
  await guest.room.says('Slow mode: one message every 3 s');
  await guest.room.button('Send').waitFor();
  await guest.say('first');
  await guest.room.button(/^Slow mode: \d s left$/).waitFor();
  await guest.type('second');
  await guest.room.button('Send').waitFor();
  await guest.field.press('Enter');
  await guest.shows('second');
  expect(await guest.texts()).toEqual(['welcome', 'hello', 'first', 'second']);
});

test('guests only read, or not even that, as the owner chooses', async () => {
  const server = await startServer();
  const { owner, guest } = await together(server, 'hello');
  await owner.room.button('Chat settings').click();
  const rights = owner.room.page.getByLabel('Guests');
  await rights.selectOption('read');
  await owner.room.says('Saved');
  await guest.room.page.reload();
  await guest.shows('hello');
  await guest.room.button('Sign in to write here').waitFor();
  await rights.selectOption('off');
  await owner.room.says('Saved');
  await guest.room.page.reload();
  await guest.room.says('This chat is for people who have signed in');
});

test('a long press opens the tools of a message on a phone', async () => {
  const server = await startServer();
  const { owner, guest } = await together(server, 'hello');
  // Where the finger is, the sheet will be: lifted, it chooses nothing.
  const { x, y } = (await guest.line('hello').boundingBox())!;
  const fingers = await guest.room.page.context().newCDPSession(guest.room.page);
  await fingers.send('Input.dispatchTouchEvent', { type: 'touchStart', touchPoints: [{ x: x + 80, y: y + 12 }] });
  const sheet = guest.room.page.getByRole('dialog');
  await sheet.waitFor();
  await fingers.send('Input.dispatchTouchEvent', { type: 'touchEnd', touchPoints: [] });
  expect(await sheet.getByRole('button', { name: /Ban|Silence/ }).count()).toBe(0);
  await guest.room.photograph('chat-phone-sheet');
  await sheet.getByRole('button', { name: 'Reply' }).tap();
  await guest.type('/me nods');
  await owner.line('nods').getByText('Gus: hello').waitFor();
  expect(await owner.line('nods').getAttribute('class')).toContain('act');
  expect(await owner.texts()).toEqual(['welcome', 'hello', 'nods']);
});

test('an emote that the owner gives is chosen by a viewer, and everybody sees the picture', async () => {
  const server = await startServer();
  const { owner, guest } = await together(server, 'hello');
  const desk = new DeskPage(owner.room);
  await desk.pane('Moderation', 'Emotes');
  const emotes = desk.desk.locator('section', { has: owner.room.page.getByRole('heading', { name: 'Emotes' }) });
  await emotes.getByLabel('Name').fill('wave');
  const huge = Buffer.from(bombs[0]!.bytes);
  await emotes.getByLabel('Picture').setInputFiles({ name: 'huge.png', mimeType: 'image/png', buffer: huge });
  await emotes.getByRole('button', { name: 'Add' }).click();
  await emotes.getByText('This picture is too large: 512 pixels a side at most.').waitFor();
  await emotes
    .getByLabel('Picture')
    .setInputFiles({ name: 'wave.png', mimeType: 'image/png', buffer: Buffer.from(plain.png) });
  await emotes.getByRole('button', { name: 'Add' }).click();
  await emotes.getByText(':wave:').waitFor();
  await guest.room.button('Emoji').tap();
  await guest.room.button('This room').tap();
  await guest.room.page.getByRole('button', { name: 'wave', exact: true }).tap();
  expect(await guest.field.inputValue()).toBe(':wave: ');
  await guest.field.press('Enter');
  const width = `document.querySelector('.log img[alt=":wave:"]')?.naturalWidth`;
  for (const { room } of [owner, guest])
    await until('the picture is seen', async () => (await room.look<number>(width)) === 16);
});

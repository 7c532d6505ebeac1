import { expect, test } from 'vitest';
import { long } from '../long.ts';
import { publish } from '../publish.ts';
import { startServer, until } from '../servers.ts';
import { auditOf } from './audit.ts';
import { TestBrowser } from './browser.ts';
import { ChatPage } from './chat-page.ts';
import { looksOf } from './looks.ts';

const browser = new TestBrowser();

/** `often`: also in the short form. */
const screens = [
  { name: 'phone', width: 390, height: 844, touch: true, often: true },
  { name: 'phone-on-its-side', width: 844, height: 390, touch: true, often: true },
  { name: 'tablet', width: 820, height: 1180, touch: true, often: false },
  { name: 'laptop', width: 1280, height: 800, touch: false, often: true },
  { name: 'desktop', width: 1920, height: 1080, touch: false, often: false },
];

test.each(looksOf('light'))('everybody can use the chat, on every screen (%s, %s)', async (lang, theme) => {
  const server = await startServer();
  await publish('plain', `${server.rtmp}/live/lobby`, { loop: true });
  const look = `lang=${lang}&theme=${theme}`;
  const owner = await ChatPage.open(await browser.profile(), server.server.link().replace('#', `?${look}#`));
  await owner.enter('Mei', 'Good morning, see https://example.com/today');
  const faults: string[] = [];
  const check = async (name: string, chat: ChatPage): Promise<void> => {
    faults.push(...(await auditOf(chat.room)).map((fault) => `${name}: ${fault}`));
    await chat.room.photograph(`chat-${name}-${lang}-${theme}`);
  };
  for (const { name, width, height, touch } of screens.filter(({ often }) => long || often)) {
    const profile = await browser.profile({ viewport: { width, height }, isMobile: touch, hasTouch: touch });
    const guest = await ChatPage.open(profile, `${server.http}/lobby?${look}`);
    await guest.room.plays();
    await guest.enter(`guest-${width}`, `@Mei ${name} 你好`);
    await check(name, guest);
    const { scrollWidth, scrollHeight } = await guest.room.look<{ scrollWidth: number; scrollHeight: number }>(
      '(({ scrollWidth, scrollHeight }) => ({ scrollWidth, scrollHeight }))(document.documentElement)',
    );
    expect({ scrollWidth, tall: scrollHeight > height }, name).toEqual({ scrollWidth: width, tall: false });
    await guest.room.close();
  }
  await owner.line('phone 你好').hover();
  await check('owner-tools', owner);
  await owner.room.page.locator('.chat-head button[aria-expanded]').last().click();
  await owner.room.page.locator('.chat .line select').first().waitFor();
  await check('owner-settings', owner);
  await owner.room.page.locator('.chat-head button[aria-expanded]').last().click();
  await owner.room.page.locator('.field .emoji').click();
  await owner.room.page.locator('.picker').waitFor();
  await check('owner-emoji', owner);
  expect(faults).toEqual([]);
});

test('everything is done with the keyboard alone', async () => {
  const server = await startServer();
  const owner = await ChatPage.open(await browser.profile(), server.server.link());
  const guest = await ChatPage.open(await browser.profile(), `${server.http}/lobby`);
  const { keyboard } = owner.room.page;
  const focused = (): Promise<string> =>
    owner.room.look("document.activeElement.getAttribute('aria-label') ?? document.activeElement.innerText");
  const tabTo = async (name: string): Promise<void> => {
    for (let presses = 0; presses < 60 && (await focused()) !== name; presses++) await keyboard.press('Tab');
    expect(await focused()).toBe(name);
  };
  await tabTo('Skip to the chat');
  await keyboard.press('Enter');
  await tabTo('Message');
  await keyboard.type('hello');
  await keyboard.press('Enter');
  await owner.room.page.getByLabel('Your name in this chat').waitFor();
  await keyboard.type('Olga');
  await keyboard.press('Enter');
  await guest.shows('hello');
  await guest.enter('Gus', 'spam');
  await owner.shows('spam');
  await owner.log.focus();
  await keyboard.press('ArrowUp');
  await keyboard.press('ArrowUp');
  await keyboard.press('ArrowDown');
  await tabTo('Delete');
  await keyboard.press('Enter');
  await guest.line('Message deleted').waitFor();
  await tabTo('Undo');
  await keyboard.press('Enter');
  await guest.shows('spam');
});

test('the chat is put away and brought back by a key, keeps its width, and is not in embedded players', async () => {
  const server = await startServer();
  const profile = await browser.profile();
  const chat = await ChatPage.open(profile, `${server.http}/lobby`);
  const { page } = chat.room;
  const width = (): Promise<number> => chat.room.look("document.querySelector('.chat').offsetWidth");
  const picture = (): Promise<number> => chat.room.look("document.querySelector('#player').offsetWidth");
  const before = { chat: await width(), picture: await picture() };
  expect(before.picture).toBe(1280 - 3 * 12 - before.chat);
  await page.keyboard.press('c');
  await until('the chat is away', async () => (await width()) === 0);
  expect(await picture()).toBeGreaterThan(before.picture);
  await page.reload();
  await chat.room.shows('offline');
  expect(await width()).toBe(0);
  await chat.room.button('Show the chat').click();
  await chat.field.waitFor();
  const edge = page.getByRole('separator');
  await edge.focus();
  await edge.press('ArrowLeft');
  await edge.press('ArrowLeft');
  expect(await width()).toBe(before.chat + 40);
  await page.reload();
  await chat.field.waitFor();
  expect(await width()).toBe(before.chat + 40);
  await chat.field.press('c');
  expect(await chat.field.inputValue()).toBe('c');
  await page.goto(`${server.http}/embed/lobby`);
  await chat.room.shows('offline');
  expect(await page.locator('.chat').count()).toBe(0);
});

test('in full screen the chat lies on the picture when it is asked for, and the page keeps its own', async () => {
  const server = await startServer();
  await publish('plain', `${server.rtmp}/live/lobby`, { loop: true });
  const chat = await ChatPage.open(await browser.profile(), `${server.http}/lobby`);
  const { room } = chat;
  await room.plays();
  const at = (what: string): Promise<[number, number]> =>
    room.look(
      `((box) => [Math.round(box.left), Math.round(box.right)])(document.querySelector('${what}').getBoundingClientRect())`,
    );
  const page = await at('.chat');
  await room.page.keyboard.press('f');
  await until('the picture is the screen', async () => String(await at('#player')) === '0,1280');
  expect(await at('.chat')).toEqual([0, 0]);
  await room.page.keyboard.press('c');
  await until('the chat is at its side', async () => String(await at('.chat')) === '920,1280');
  await chat.enter('Ann', 'from the whole screen');
  expect(await at('#player')).toEqual([0, 1280]);
  await room.photograph('chat-full-screen');
  await room.page.mouse.move(400, 300);
  await room.button('Hide the chat').first().click();
  await until('it is away', async () => String(await at('.chat')) === '0,0');
  await room.page.keyboard.press('f');
  await until('the page has its chat', async () => String(await at('.chat')) === String(page));
  await room.page.reload();
  await chat.field.waitFor();
  expect(await at('.chat')).toEqual(page);
});

test('in step a message waits for the picture that it is about', async () => {
  const server = await startServer();
  await publish('plain', `${server.rtmp}/live/lobby`, { loop: true });
  const ann = await ChatPage.open(await browser.profile(), `${server.http}/lobby`);
  const late = await ChatPage.open(await browser.profile(), `${server.http}/lobby?play=hls`);
  await Promise.all([ann.room.plays(), late.room.plays(30_000)]);
  const position = 'document.querySelector("video").currentTime';
  await ann.enter('Ann', 'one');
  await late.shows('one');
  // A picture that stands still does not reach what is said now.
  await late.room.page.keyboard.press('k');
  const stands = await late.room.look<number>(position);
  await ann.say('two');
  await late.room.page.getByRole('button', { name: 'In step' }).waitFor();
  await ann.say('three');
  expect(await late.texts()).toEqual(['one']);
  expect(await late.room.look<number>(position)).toBeCloseTo(stands, 0);
  await late.room.page.keyboard.press('k');
  await late.reads(['one', 'two', 'three']);
});

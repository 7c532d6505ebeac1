import { expect, test } from 'vitest';
import { publish } from '../publish.ts';
import { startServer, until } from '../servers.ts';
import { TestBrowser } from './browser.ts';
import { ChatPage } from './chat-page.ts';
import { RoomPage } from './room-page.ts';

const browser = new TestBrowser();
const phone = { viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true };

/** Says many things at once, on a socket of the page's own. */
async function sayAll(room: RoomPage, texts: readonly string[]): Promise<void> {
  await room.look(`new Promise((done, failed) => {
    const texts = ${JSON.stringify(texts)};
    const socket = new WebSocket(location.origin.replace('http', 'ws') + '/ws/lobby');
    const next = () => texts.length > 0 ? socket.send(JSON.stringify({ id: 1, type: 'say', text: texts.shift() })) : (socket.close(), done());
    socket.onmessage = ({ data }) => {
      const message = JSON.parse(data);
      if (message.type === 'hello' || message.type === 'ok') next();
      if (message.type === 'error') failed(new Error(data));
    };
  })`);
}

test('two people talk while a stream plays: a name is asked for once, and they answer and react', async () => {
  const server = await startServer();
  await publish('plain', `${server.rtmp}/live/lobby`, { loop: true });
  const ann = await ChatPage.open(await browser.profile(), `${server.http}/lobby`);
  const bob = await ChatPage.open(await browser.profile(phone), `${server.http}/lobby`);
  await Promise.all([ann.room.plays(), bob.room.plays()]);
  await ann.enter('Ann', 'Hello from Ann');
  await bob.shows('Hello from Ann');
  await bob.enter('Bob', 'Hello, @Ann');
  await ann.shows('Hello, @Ann');
  expect(await ann.line('Hello, @Ann').getAttribute('class')).toContain('me');
  await ann.use('Hello, @Ann', 'Reply');
  await ann.say('What a view');
  await bob.line('What a view').getByText('Bob: Hello, @Ann').waitFor();
  await ann.react('Hello, @Ann', '👍');
  await bob.line('Hello, @Ann').locator('.react').getByText('1').waitFor();
  await ann.line('Hello, @Ann').locator('.react button').click();
  await bob.line('Hello, @Ann').locator('.react').waitFor({ state: 'detached' });
  // Both are who they were when they come back.
  await ann.room.page.reload();
  await ann.shows('What a view');
  await ann.say('Still Ann');
  expect(await bob.line('Still Ann').last().locator('.who').innerText()).toBe('Ann');
  expect(await ann.room.faults.all()).toEqual([]);
  expect(await bob.room.faults.all()).toEqual([]);
});

test('whoever comes later reads what was said, and further back by scrolling up, without a jump', async () => {
  const server = await startServer({ limits: { socketMessages: 0, socketMessagesPerUser: 0 } });
  const owner = await RoomPage.open(await browser.profile(), server.server.link());
  await owner.says('Your room is ready');
  await owner.look(
    `fetch('/api/v1/me', { method: 'PATCH', headers: { 'Content-Type': 'application/json' }, body: '{"name":"Olga"}' }).then(({ status }) => status)`,
  );
  const said = Array.from({ length: 120 }, (_, index) => `message ${index + 1}.`);
  await sayAll(owner, said);
  const room = await ChatPage.open(await browser.profile(), `${server.http}/lobby`);
  await room.reads(said.slice(70));
  const log = "document.querySelector('.log')";
  const topOf = (text: string): Promise<number> =>
    room.room.look(
      `[...document.querySelectorAll('.msg')].find((e) => e.textContent.includes('${text}')).getBoundingClientRect().top`,
    );
  // One look, so that nothing comes between scrolling and measuring.
  const before = await room.room.look<number>(
    `(${log}.scrollTop = 200, [...document.querySelectorAll('.msg')].find((e) => e.textContent.includes('message 80.')).getBoundingClientRect().top)`,
  );
  await room.reads(said.slice(20));
  expect(Math.abs((await topOf('message 80.')) - before)).toBeLessThan(3);
  await sayAll(owner, ['the newest.']);
  await room.room.button('1 new message').click();
  await until('the end is seen', () =>
    room.room.look<boolean>(`${log}.scrollHeight - ${log}.scrollTop - ${log}.clientHeight < 3`),
  );
  await room.room.button('1 new message').waitFor({ state: 'detached' });
});

test('nothing is lost or doubled when the server goes and comes back', async () => {
  const { server, http } = await startServer();
  const options = { data: server.settings.data, http: `127.0.0.1:${server.http.port}`, publish: 'open' } as const;
  const ann = await ChatPage.open(await browser.profile(), `${http}/lobby`);
  const bob = await ChatPage.open(await browser.profile(phone), `${http}/lobby`);
  await ann.enter('Ann', 'one');
  await bob.enter('Bob', 'two');
  await ann.shows('two');
  await server.close();
  await ann.room.says('Not connected.');
  await ann.type('three');
  await ann.log.getByText('three').waitFor();
  await startServer(options);
  await ann.reads(['one', 'two', 'three']);
  await bob.reads(['one', 'two', 'three']);
  await bob.say('four');
  await ann.reads(['one', 'two', 'three', 'four']);
  expect([ann.room.neverReloaded, bob.room.neverReloaded]).toEqual([true, true]);
});

test('a message that is cut off on its way is said once, or is known not to have been said', async () => {
  const server = await startServer();
  const profile = await browser.profile();
  const chat = await ChatPage.open(profile, `${server.http}/lobby`);
  await chat.enter('Ann', 'one');
  // The server hears it, and its answer never comes.
  let swallow: 'answers' | 'questions' | undefined;
  await chat.room.page.routeWebSocket(/\/ws\//, (page) => {
    const connection = page.connectToServer();
    page.onMessage((data) => {
      const say = String(data).includes('"say"');
      if (!say || swallow === undefined) return connection.send(data);
      if (swallow === 'answers') connection.send(data);
      else void page.close({ code: 4000 });
    });
    connection.onMessage((data) => {
      if (swallow === 'answers' && /"type":"(?:ok|chat)"/.test(String(data))) void page.close({ code: 4000 });
      else page.send(data);
    });
  });
  await chat.room.page.reload();
  await chat.shows('one');
  swallow = 'answers';
  await chat.type('two');
  await until('the connection is cut', () => swallow === 'answers');
  await chat.log.getByText('two').waitFor();
  await until(
    'the message went out',
    async () => (await chat.room.look<number>("document.querySelectorAll('.draft').length")) > 0,
  );
  swallow = undefined;
  await chat.reads(['one', 'two']);
  await chat.log.locator('.draft').waitFor({ state: 'detached' });
  swallow = 'questions';
  await chat.type('three');
  await chat.log.locator('.draft').waitFor();
  swallow = undefined;
  await chat.room.button('Not sent. Tap to try again.').click();
  await chat.reads(['one', 'two', 'three']);
});

test('what was said is found by a piece of a word, on a laptop and on a phone, and Escape goes back to where one was', async () => {
  const server = await startServer();
  const ann = await ChatPage.open(await browser.profile(), `${server.http}/lobby`);
  await ann.enter('Ann', 'The Garden is <b>open</b>');
  await ann.say('今天天气很好');
  const bob = await ChatPage.open(await browser.profile(phone), `${server.http}/lobby`);
  for (const { room } of [ann, bob]) {
    const { page } = room;
    await room.button('Search the chat').click();
    const pane = page.getByRole('search', { name: 'Search the chat' });
    const field = pane.getByRole('searchbox');
    await until('the keyboard is in the field', () => room.look<boolean>("document.activeElement?.type === 'search'"));
    await field.fill('gard');
    await pane.getByText('One message').waitFor();
    expect(await pane.locator('mark').allInnerTexts()).toEqual(['Gard']);
    expect(await pane.getByRole('listitem').innerText()).toContain('The Garden is <b>open</b>');
    await field.fill('天气');
    await until('the other one is found', async () => (await pane.locator('mark').allInnerTexts())[0] === '天气');
    await field.fill('nobody says this');
    await pane.getByText('Nobody has said that here.').waitFor();
    await field.press('Escape');
    await pane.waitFor({ state: 'detached' });
    await until('the keyboard is back', () =>
      room.look<boolean>("document.activeElement?.getAttribute('aria-label') === 'Search the chat'"),
    );
  }
  await ann.shows('今天天气很好');
  expect(await ann.room.faults.all()).toEqual([]);
});

test('nobody is sent a message while letters are composed, and lines are broken with Shift', async () => {
  const server = await startServer();
  const chat = await ChatPage.open(await browser.profile(), `${server.http}/lobby`);
  await chat.enter('Ann', 'one');
  await chat.field.fill('ni hao');
  await chat.field.evaluate((field) => {
    const composing = { key: 'Enter', bubbles: true, cancelable: true, isComposing: true };
    (field as unknown as { dispatchEvent(event: unknown): void }).dispatchEvent(
      new (globalThis as never as { KeyboardEvent: new (type: string, init: object) => object }).KeyboardEvent(
        'keydown',
        composing,
      ),
    );
  });
  await chat.field.press('Shift+Enter');
  expect(await chat.field.inputValue()).toBe('ni hao\n');
  await chat.field.press('Enter');
  await chat.reads(['one', 'ni hao']);
  await chat.field.pressSequentially('@a');
  expect(await chat.room.page.getByRole('option').count()).toBe(0);
});

test('names are completed, emoji are found in two languages, and characters are counted near the limit', async () => {
  const server = await startServer({ limits: { chatMessage: 100 } });
  const ann = await ChatPage.open(await browser.profile(), `${server.http}/lobby`);
  await ann.enter('Annabel', 'one');
  const bob = await ChatPage.open(await browser.profile(), `${server.http}/lobby`);
  await bob.enter('Bob', 'two');
  await bob.field.pressSequentially('hello @an');
  await bob.room.page.getByRole('option', { name: 'Annabel' }).waitFor();
  await bob.field.press('Enter');
  expect(await bob.field.inputValue()).toBe('hello @Annabel ');
  await bob.room.button('Emoji').click();
  await bob.room.page.getByRole('searchbox').fill('太阳');
  await bob.room.page.locator('.picker .grid button').first().click();
  expect(await bob.field.inputValue()).toBe('hello @Annabel ☀️');
  await bob.field.fill('x'.repeat(101));
  await bob.room.says('1 characters too many');
  await bob.field.press('Enter');
  await bob.field.fill('x'.repeat(100));
  await bob.room.says('0 characters left');
  await bob.field.press('Enter');
  await ann.reads(['one', 'two', 'x'.repeat(100)]);
});

test('one changes what one has said, takes it away, and brings it back', async () => {
  const server = await startServer();
  const ada = await ChatPage.open(await browser.profile(), `${server.http}/lobby`);
  await ada.enter('Ada', 'helo');
  const bob = await ChatPage.open(await browser.profile(), `${server.http}/lobby`);
  await bob.shows('helo');
  await ada.field.press('ArrowUp');
  expect(await ada.field.inputValue()).toBe('helo');
  await ada.type('hello');
  await bob.reads(['hello']);
  await bob.room.says('(edited)');
  await ada.use('hello', 'Edit');
  await ada.field.press('Escape');
  expect(await ada.field.inputValue()).toBe('');
  await ada.use('hello', 'Delete');
  await bob.reads([]);
  // What can be undone is reached with the keyboard, too, and waits for it.
  const undo = ada.room.button('Undo');
  await undo.waitFor();
  await until('the focus is on it', async () => {
    await ada.room.page.keyboard.press('Tab');
    return ada.room.look('document.activeElement.textContent.trim() === "Undo"');
  });
  await ada.room.page.keyboard.press('Enter');
  await bob.reads(['hello']);
});

test('what one has reacted with is known after a reload', async () => {
  const server = await startServer();
  const ada = await ChatPage.open(await browser.profile(), `${server.http}/lobby`);
  await ada.enter('Ada', 'hello');
  await ada.react('hello', '👍');
  const mine = ada.line('hello').getByRole('button', { name: '👍, 1, you too' });
  await mine.waitFor();
  await ada.room.page.reload();
  await mine.waitFor();
  await mine.click();
  await ada.line('hello').locator('.react').waitFor({ state: 'detached' });
});

import { expect, test } from 'vitest';
import type { ChatMessage } from '../../src/client/index.ts';
import { startServer } from '../servers.ts';
import { TestBrowser } from './browser.ts';
import { ChatPage } from './chat-page.ts';
import { payloads } from './payloads.ts';
import { RoomPage } from './room-page.ts';

const browser = new TestBrowser();

/** A message with a text in every place that a message has. */
function messageOf(text: string, index: number): ChatMessage {
  const id = `01ZZZZZZZZZZZZZZZZZZZZ${String(index).padStart(4, '0')}`;
  return {
    ...{ id, rev: id, kind: index % 5 === 0 ? 'me' : 'say', text, at: '2026-01-01T00:00:00.000Z' },
    user: { id: text, name: text, role: index % 2 === 0 ? 'moderator' : 'viewer' },
    replyTo: { id: text, name: text, text },
    reactions: { [text]: 1 },
  };
}

test('names and texts are text, whatever they look like: nothing runs, and nothing is fetched', async () => {
  expect(payloads.length).toBeGreaterThanOrEqual(200);
  const server = await startServer();
  const chat = await ChatPage.open(await browser.profile(), `${server.http}/lobby`);
  await chat.enter('Ann', 'one');
  const { page } = chat.room;
  const dialogs: string[] = [];
  const asked: string[] = [];
  page.on('dialog', (dialog) => (dialogs.push(dialog.message()), void dialog.dismiss()));
  page.on('request', (request) => void asked.push(request.url()));
  const messages = payloads.map(messageOf);
  // A server would refuse some of it: this one says it all.
  await page.routeWebSocket(/\/ws\//, (client) => {
    const connection = client.connectToServer();
    client.onMessage((data) => connection.send(data));
    connection.onMessage((data) => {
      client.send(data);
      if (!String(data).includes('"messages"')) return;
      const emotes = payloads.slice(0, 40).map((url) => ({ name: 'one', url }));
      client.send(JSON.stringify({ type: 'chat', messages, pinned: messages[0], emotes }));
    });
  });
  await page.reload();
  await chat.shows('one');
  const shown = (): Promise<string[]> =>
    chat.room.look('[...document.querySelectorAll(\'.msg[data-id^="01ZZ"] .t\')].map((e) => e.textContent)');
  await expect.poll(shown).toEqual([...payloads]);
  // What is pointed at shows its tools, with the name in them.
  for (const index of [0, 60, 120]) await chat.log.locator('.msg[data-id^="01ZZ"]').nth(index).hover();
  expect(
    await chat.room.look(
      "document.querySelectorAll('.chat :is(script, iframe, object, embed, link, style, base, meta, form form)').length",
    ),
  ).toBe(0);
  const links = await chat.room.look<string[]>(
    "[...document.querySelectorAll('.log a')].map((a) => a.protocol + a.rel + a.target)",
  );
  expect(new Set(links)).toEqual(
    new Set(
      ['https:noopener noreferrer nofollow ugc_blank', 'http:noopener noreferrer nofollow ugc_blank'].filter((link) =>
        links.includes(link),
      ),
    ),
  );
  expect(links.length).toBeGreaterThan(0);
  expect(dialogs).toEqual([]);
  expect(asked.filter((url) => !url.startsWith(server.http) && !url.startsWith(server.ws))).toEqual([]);
  expect(await chat.room.faults.all()).toEqual([]);
});

test('an address of no room is text as well, in the page that says so', async () => {
  const server = await startServer();
  const profile = await browser.profile();
  for (const slug of ['<img src=x onerror=alert(1)>', '{{constructor.constructor("alert(1)")()}}', "';alert(1)//x"]) {
    const room = await RoomPage.open(profile, `${server.http}/${encodeURIComponent(slug)}`);
    room.page.on('dialog', (dialog) => dialog.dismiss().then(() => expect.fail(`“${slug}” ran`)));
    await room.shows('missing');
    expect(await room.look("document.querySelectorAll('#player img, [onerror]').length")).toBe(0);
    expect((await room.faults.all()).filter((fault) => !fault.includes('404'))).toEqual([]);
    await room.close();
  }
});

test('what the server lets through is shown as it was typed, and bad names are refused in words', async () => {
  const server = await startServer({ limits: { socketMessages: 0 } });
  const chat = await ChatPage.open(await browser.profile(), `${server.http}/lobby?lang=zh`);
  const { page } = chat.room;
  await chat.type('hello');
  for (const name of ['<script>alert(1)</script>', '"><img src=x>', '\u202Eann', 'admin']) {
    await page.locator('#chat-name').fill(name);
    await page.locator('#chat-name').press('Enter');
    // In the page's language, whatever the server's is.
    await page
      .getByRole('alert')
      .getByText(name === 'admin' ? '误认成别人' : '名字可以用')
      .waitFor();
    await page.locator('#chat-name').fill('');
  }
  await page.locator('#chat-name').fill('Ann');
  await page.locator('#chat-name').press('Enter');
  await chat.shows('hello');
  for (const text of ['<img src=x onerror=alert(1)>', '{@html alert(1)}', 'javascript:alert(1)']) await chat.say(text);
  expect(await chat.texts()).toEqual([
    'hello',
    '<img src=x onerror=alert(1)>',
    '{@html alert(1)}',
    'javascript:alert(1)',
  ]);
  expect(await chat.room.look("document.querySelectorAll('.log :is(a, img)').length")).toBe(0);
  expect((await chat.room.faults.all()).filter((fault) => !fault.includes('400'))).toEqual([]);
});

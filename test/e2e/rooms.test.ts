import { expect } from 'vitest';
import { plain } from '../../src/media/images/picture-cases.ts';
import { startIrssi } from '../interop/irc-programs.ts';
import { testWith } from '../programs.ts';
import { publish } from '../publish.ts';
import { startServer, type TestServer, until } from '../servers.ts';
import { TestBrowser } from './browser.ts';
import { ChatPage } from './chat-page.ts';
import { commentsOver } from './comments.ts';

const PASSWORD = 'a good password';
/** A ban takes effect within this. ms */
const AT_ONCE = 2000;
/** A client of IRC starts and comes in within this. */
const PATIENCE = { timeout: 20_000 };

const browser = new TestBrowser();
const phone = { viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true };

/** Calls the API from a page of the server, which has to do it; gives the cookie that comes of it. */
async function call(server: TestServer, path: string, body: object | Uint8Array, cookie = ''): Promise<string> {
  const isBytes = body instanceof Uint8Array;
  const type = isBytes ? 'application/octet-stream' : 'application/json';
  const answer = await fetch(`${server.http}/api/v1/${path}`, {
    method: 'POST',
    headers: { Origin: server.http, 'Content-Type': type, Cookie: cookie },
    body: isBytes ? (body as Uint8Array<ArrayBuffer>) : JSON.stringify(body),
  });
  expect(answer.status, `${path}: ${await answer.text()}`).toBeLessThan(300);
  return answer.headers.getSetCookie()[0]?.split(';')[0] ?? '';
}

/** A room with an emote, looked after by Mona. */
async function prepare(server: TestServer): Promise<void> {
  const owner = await call(server, 'claim', { token: server.server.link().split('#owner=')[1]! });
  await call(server, 'users', { name: 'Mona', password: PASSWORD });
  await call(server, 'rooms/lobby/members', { name: 'Mona', role: 'moderator' }, owner);
  await call(server, 'rooms/lobby/emotes/wave', plain.png, owner);
}

async function signIn({ room }: ChatPage, name: string): Promise<void> {
  await room.button('Sign in').first().click();
  const dialog = room.page.getByRole('dialog');
  await dialog.getByLabel('Name', { exact: true }).fill(name);
  await dialog.getByLabel('Password', { exact: true }).fill(PASSWORD);
  await dialog.getByRole('button', { name: 'Sign in', exact: true }).click();
  await room.page.getByTitle('Your account').getByText(name).waitFor();
}

testWith(
  ['irssi', 'script'],
  'a laptop, a phone and irssi hold a moderated conversation over a live picture',
  { timeout: 120_000 },
  async () => {
    const server = await startServer({ irc: '127.0.0.1:0', grace: 0 });
    await prepare(server);
    const encoder = await publish('short-gop', `${server.rtmp}/live/lobby`, { loop: true });
    const irma = startIrssi({ port: server.server.irc!.port, nick: 'irma', room: '#lobby' });
    const hears = (words: RegExp): Promise<void> => expect.poll(() => irma.log(), PATIENCE).toMatch(words);
    const mona = await ChatPage.open(await browser.profile(), `${server.http}/lobby`);
    const gus = await ChatPage.open(await browser.profile(phone), `${server.http}/lobby`);
    const both = [mona, gus];
    await signIn(mona, 'Mona');
    await Promise.all(both.map(({ room }) => room.plays()));

    // All talk, and all hear.
    await hears(/irma .*has joined|Topic|lobby/);
    await mona.say('Good evening');
    await gus.shows('Good evening');
    await hears(/Mona> Good evening/);
    await gus.enter('Gus', 'Hello, @Mona');
    await gus.type('like this :wave:');
    irma.type('hello from irssi');
    for (const page of both) await page.shows('hello from irssi');
    await mona.shows('Hello, @Mona');
    await hears(/Gus> like this :wave:/);
    expect(await mona.line('Hello, @Mona').getAttribute('class')).toContain('me');
    expect(await gus.line('Hello, @Mona').getAttribute('class')).not.toContain(' me');
    for (const page of both) {
      const loaded = `document.querySelector('.log img[alt=":wave:"]')?.naturalWidth`;
      await until('the emote is seen', async () => (await page.room.look(loaded)) === 16);
    }

    // An answer, a reaction, a comment that flies, and what is pinned.
    await mona.use('Hello, @Mona', 'Reply');
    await mona.say('What a view');
    await gus.line('What a view').getByText('Gus: Hello, @Mona').waitFor();
    await hears(/Mona> What a view/);
    await mona.react('hello from irssi', '👍');
    await gus.line('hello from irssi').locator('.react').getByText('1').waitFor();
    for (const { room } of both)
      await until('comments may fly', () => room.page.workers().some((worker) => worker.url().includes('painter')));
    await gus.room.button('Let it fly over the picture').tap();
    await gus.say('look at that');
    for (const page of both) await until('it flies', async () => (await commentsOver(page.room)).length > 0, 12_000);
    await Promise.all(both.map(({ room }, index) => room.photograph(`rooms-talk-${index}`)));
    await hears(/Gus> look at that/);
    await mona.use('Good evening', 'Pin');
    for (const { room } of both) await room.page.getByLabel('Pinned message').getByText('Good evening').waitFor();

    // What is taken away is gone for all, and brought back once.
    await gus.say('buy my things');
    await mona.shows('buy my things');
    await mona.use('buy my things', 'Delete');
    // Pointed at, it stays: how long the rest takes does not matter.
    await mona.room.button('Undo').hover();
    await gus.room.says('Message deleted');
    for (const page of both) expect(await page.texts()).not.toContain('buy my things');
    await mona.room.button('Undo').click();
    for (const page of both) await page.shows('buy my things');
    await mona.room.button('Undo').waitFor({ state: 'detached' });

    // Who is silenced is told so, and is heard by nobody.
    await mona.use('buy my things', 'Silence for 10 min');
    await mona.room.says('Gus is silent for 10 min');
    await gus.room.says('You can write again in 10 min');
    await gus.type('I will not be quiet');
    await Promise.all(both.map(({ room }, index) => room.photograph(`rooms-silence-${index}`)));
    await mona.say('Thank you');
    await hears(/Mona> Thank you/);
    expect(irma.log()).not.toContain('I will not be quiet');
    expect(await mona.texts()).not.toContain('I will not be quiet');

    // A network is banned: its guests are out, on pages and on IRC; who looks after the room stays.
    const { hub } = server.server;
    const start = performance.now();
    const banned = await mona.room.page.evaluate(async () => {
      const headers = { 'Content-Type': 'application/json' };
      const body = JSON.stringify({ network: '127.0.0.0/8' });
      return (await fetch('/api/v1/rooms/lobby/bans', { method: 'POST', headers, body })).status;
    });
    expect(banned).toBe(200);
    await gus.room.shows('refused');
    await until('irssi is out', () => /banned/.test(irma.log()));
    expect(performance.now() - start).toBeLessThan(AT_ONCE);
    // Her page watched before she signed in, but not as a guest any more.
    expect([...hub.sessionsOf('live/lobby')].map((session) => session.toJSON())).toMatchObject([
      { action: 'publish' },
      { action: 'play', identity: 'Mona' },
    ]);
    await gus.room.photograph('rooms-banned');
    irma.type('am I still heard');
    await mona.say('Now it is quiet');
    await mona.room.plays();
    expect(await mona.texts()).not.toContain('am I still heard');

    // The stream ends, and the page and the chat say so.
    await encoder.stop('SIGINT');
    await mona.room.shows('ended');
    await mona.room.says(/^The stream ended at/);
    await mona.room.photograph('rooms-ended');
    expect(await mona.room.faults.all()).toEqual([]);
  },
);

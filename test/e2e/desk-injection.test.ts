import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { startServer } from '../servers.ts';
import { TestBrowser } from './browser.ts';
import { payloads } from './payloads.ts';
import { RoomPage } from './room-page.ts';

const browser = new TestBrowser();
const at = '2026-01-01T00:00:00.000Z';

/** One pixel. */
const PNG = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg==',
  'base64',
);

/** Something for each of the texts, with a number of its own. */
function each<T>(make: (text: string, id: string, index: number) => T): T[] {
  return payloads.map((text, index) => make(text, `i${index}`, index));
}

const room = (text: string, slug: string): object => ({
  ...{
    slug,
    title: text,
    description: text,
    tags: [text],
    language: 'en',
    state: 'live',
    since: at,
    viewers: 0,
    tracks: [],
  },
  ...{ watch: 'everyone', guests: 'write', admitted: true, role: 'owner' },
  declared: undefined,
});
const session = (text: string, id: string): object => ({
  ...{ id, protocol: text, action: 'play', path: text, identity: text, remote: text, agent: text, since: at },
  ...{ bytesIn: 0, bytesOut: 0, skips: 0 },
});
const message = (text: string, id: string): object => ({
  ...{ id, rev: id, kind: 'say', user: { id, name: text, role: 'viewer' }, text, at },
});

/** What the API answers, with a text in every place that people or other servers fill. */
const answers: Readonly<Record<string, () => object>> = {
  'rooms/lobby/members': () => ({ members: each((name, id) => ({ id, name, role: 'moderator', since: at })) }),
  'rooms/lobby/bans': () => ({
    bans: each((name, id) => ({ id, who: id, name, reason: name, by: name, created: at })),
  }),
  'rooms/lobby/timeouts': () => ({
    timeouts: each((name, who) => ({ who, name, reason: name, by: name, until: at })),
  }),
  'rooms/lobby/emotes': () => ({
    emotes: each((name) => ({ name, url: '/files/one.png', width: 1, height: 1 })),
  }),
  'rooms/lobby/people/i7': () => ({
    ...{ id: 'i7', name: payloads[7], role: 'viewer', said: 2, bans: [] },
    messages: each(message),
    notes: each((text, id) => ({ id, who: text, text, by: text, at })),
  }),
  'rooms/lobby/keys': () => ({ keys: each((name, id) => ({ id, name, main: false, declared: false, created: at })) }),
  'rooms/lobby/hooks': () => ({
    hooks: each((url, id) => ({
      ...{ id, url, events: ['stream.live'], decides: [], fail: 'open', milestones: [], enabled: true },
      ...{ created: at, waiting: 0 },
    })),
  }),
  'rooms/lobby/hooks/i0/deliveries': () => ({
    deliveries: each((error, _id, id) => ({
      ...{ id, event: error, type: error, at, state: 'dead', attempts: 1, error },
    })),
  }),
  'rooms/lobby/hooks/i0/test': () => ({ ok: false, ms: 1, error: payloads[0] }),
  'rooms/lobby/commands': () => ({
    commands: each((name) => ({ name, help: name, url: name, bot: name, created: at })),
  }),
  'rooms/lobby/broadcasts': () => ({
    broadcasts: [],
    total: { broadcasts: 0, duration: 0, watchSeconds: 0, messages: 0 },
  }),
  'rooms/lobby/audit': () => ({ entries: entries() }),
  audit: () => ({ entries: entries() }),
  rooms: () => ({ rooms: each(room) }),
  users: () => ({
    users: each((name, id, index) => ({
      ...{ id, kind: index % 2 ? 'bot' : 'person', name, email: name, admin: false, disabled: false },
      ...{ hasPassword: true, created: at },
    })),
  }),
  tokens: () => ({ tokens: each((name, id) => ({ id, scope: 'read', created: at, name, account: name })) }),
  'server/config': () => ({ options: each((value, id) => ({ name: id, value, origin: value })) }),
};

function entries(): object[] {
  return each((text, _id, id) => ({
    ...{ id, at, who: text, name: text, remote: text, action: text, room: text, details: { [`n${text}`]: text } },
  }));
}

/** A server would refuse most of it: this one says it all, and sends it as what is told on the room’s socket. */
async function poison(page: Page): Promise<void> {
  await page.route('**/api/v1/**', async (route) => {
    const path = new URL(route.request().url()).pathname.replace('/api/v1/', '');
    const answer = Object.hasOwn(answers, path) ? answers[path] : undefined;
    await (answer ? route.fulfill({ json: answer() }) : route.continue());
  });
  await page.route('**/files/**', (route) => route.fulfill({ body: PNG, contentType: 'image/png' }));
  await page.routeWebSocket(/\/ws\//, (client) => {
    const connection = client.connectToServer();
    client.onMessage((data) => connection.send(data));
    connection.onMessage((data) => {
      const told = JSON.parse(String(data)) as { type: string; room?: object };
      if (told.type === 'hello') {
        const live = { title: payloads[0], description: payloads[1], tags: payloads, state: 'live', since: at };
        client.send(JSON.stringify({ ...told, room: { ...told.room, ...live } }));
        const tell = (type: string, more: object): void => client.send(JSON.stringify({ type, ...more }));
        tell('presence', { viewers: 1, protocols: Object.fromEntries(payloads.map((text) => [`p${text}`, 1])) });
        const rates = { bitRate: 1, frameRate: 1, gop: 1 };
        tell('control', { rates, sessions: each(session) });
      } else if (told.type === 'audience') {
        const viewers = each((name, id) => ({ id, name, role: 'viewer', protocols: [name] }));
        client.send(JSON.stringify({ ...told, viewers }));
      } else if (!['stream', 'presence', 'control', 'room'].includes(told.type)) client.send(data);
    });
  });
}

/** What of a page came from a text: elements that nobody made here, handlers, and links that run something. */
const ALIEN = `(() => {
  const all = [...document.body.querySelectorAll('*')];
  return [
    ...all.filter((e) => e.matches('main :is(script, iframe, object, embed, link, style, base, meta, details, marquee, keygen, audio, template, math)')),
    ...all.filter((e) => [...e.attributes].some(({ name }) => name.startsWith('on'))),
    ...all.filter((e) => e.matches('img, video, source') && e.getAttribute('src') === 'x'),
    ...all.filter((e) => e.matches('a') && e.hasAttribute('href') && !/^https?:$/.test(e.protocol)),
  ].map((e) => e.outerHTML.slice(0, 200));
})()`;

test('S-20 names, titles, notes, agents and answers of webhooks are text on the desk, the server’s page and the list', async () => {
  const server = await startServer();
  const owner = await RoomPage.open(await browser.profile(), server.server.link());
  const { page } = owner;
  await owner.button('End stream').or(page.getByRole('tab')).first().waitFor();
  const dialogs: string[] = [];
  const asked: string[] = [];
  page.on('dialog', (dialog) => (dialogs.push(dialog.message()), void dialog.dismiss()));
  page.on('request', (request) => void asked.push(request.url()));
  await poison(page);
  await page.reload();
  /** All that stands in some places of the page, in their order. */
  const texts = (places: string): Promise<string[]> =>
    owner.look(`[...document.querySelectorAll(${JSON.stringify(places)})].map((e) => e.textContent)`);
  const aliens: string[] = [];
  const check = async (places: string): Promise<void> => {
    await expect.poll(() => texts(places), { message: places, timeout: 15_000 }).toEqual([...payloads]);
    aliens.push(...(await owner.look<string[]>(ALIEN)));
  };
  const tab = async (id: string): Promise<void> => page.locator(`#tab-${id}`).click();

  await tab('viewers');
  await page
    .getByRole('button', { name: /more$|Show/ })
    .first()
    .click();
  await check('[role=table] .row:not(.head) b');
  await check('#pane-viewers .rows b');
  await tab('people');
  await check('#pane-people section:nth-of-type(1) .person');
  await check('#pane-people section:nth-of-type(2) .person');
  await check('#pane-people section:nth-of-type(3) .person');
  expect(await texts('#pane-people .emotes span')).toEqual(payloads.map((name) => `:${name}:`));
  await page.locator('#pane-people .person').nth(7).click();
  await page.getByRole('dialog').getByLabel('Note', { exact: true }).waitFor();
  expect((await texts('dialog li')).length).toBeGreaterThanOrEqual(2 * payloads.length);
  aliens.push(...(await owner.look<string[]>(ALIEN)));
  await page.keyboard.press('Escape');
  await tab('keys');
  await check('#pane-keys .rows b');
  await tab('settings');
  await page.locator('#field-title').waitFor();
  expect(await page.locator('#field-title').inputValue()).toBe(payloads[0]);
  expect(await page.locator('#field-description').inputValue()).toBe(payloads[1]);
  // Of lines a field of one line makes one.
  expect(await page.locator('#field-tags').inputValue()).toBe(payloads.join(', ').replaceAll(/[\r\n]/g, ''));
  await tab('connect');
  await check('#pane-connect .hook b');
  await page.locator('#pane-connect .hook').first().getByRole('button', { name: /^Test/ }).click();
  await page.locator('#pane-connect [role=status]').filter({ hasText: payloads[0]! }).waitFor();
  await page
    .locator('#pane-connect .hook')
    .first()
    .getByRole('button', { name: /^Deliveries/ })
    .click();
  await check('#pane-connect .type');
  await tab('log');
  await check('#pane-log .chip');
  await page.goto(`${server.http}/admin`);
  await check('#pane-rooms .rows b');
  await tab('users');
  await check('#pane-users .rows b');
  await tab('tokens');
  await check('#pane-tokens .rows b');
  await tab('config');
  await check('#pane-config td:nth-of-type(1)');
  await tab('log');
  await check('#pane-log .chip');
  await page.goto(server.http);
  await expect.poll(async () => new Set(await texts('.grid .tt')).size, { timeout: 15_000 }).toBeGreaterThan(100);
  aliens.push(...(await owner.look<string[]>(ALIEN)));
  expect(aliens).toEqual([]);
  expect(dialogs).toEqual([]);
  expect(asked.filter((url) => !url.startsWith(server.http) && !url.startsWith(server.ws))).toEqual([]);
  // What is said to be live is not, which the player finds out when it is given the time.
  expect((await owner.faults.all()).filter((fault) => !fault.includes('404'))).toEqual([]);
});

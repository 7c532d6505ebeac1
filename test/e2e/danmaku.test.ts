import { expect, test } from 'vitest';
import { long } from '../long.ts';
import { publish } from '../publish.ts';
import { startServer, type TestServer, until } from '../servers.ts';
import { TestBrowser } from './browser.ts';
import { ChatPage } from './chat-page.ts';
import { commentsOver, type SeenComment, Talker } from './comments.ts';
import { FrameClock } from './frame-clock.ts';
import { RoomPage } from './room-page.ts';
import { BrowserWindow } from './window.ts';

const browser = new TestBrowser();

async function liveServer(): Promise<TestServer> {
  const server = await startServer();
  await publish('plain', `${server.rtmp}/live/lobby`, { loop: true });
  return server;
}

/** A page over whose picture comments may fly from now on. */
async function watch(server: TestServer, options: Parameters<TestBrowser['profile']>[0] = {}): Promise<RoomPage> {
  const room = await RoomPage.open(await browser.profile(options), `${server.http}/lobby`);
  await room.plays();
  await mayFly(room);
  return room;
}

async function mayFly({ page }: RoomPage): Promise<void> {
  await until('comments may fly', async () => page.workers().some((worker) => worker.url().includes('painter')));
}

/** Waits until this many comments are seen, and gives them. */
async function sees(room: RoomPage, many: number): Promise<SeenComment[]> {
  let seen: SeenComment[] = [];
  const look = async (): Promise<boolean> => (seen = await commentsOver(room)).length === many;
  await until(`${many} comments are seen`, look, 12_000);
  return seen;
}

test('what somebody says flies over the picture in its colour and nothing else comes of it, and goes when it is deleted', async () => {
  const server = await liveServer();
  const room = await watch(server);
  const ann = await Talker.enter(server.http, 'Ann');
  const markup = await ann.fly('<img/src=x/onerror=alert(1)>', { color: 'yellow' });
  const [first] = await sees(room, 1);
  // Of its first sliver only the soft edge is seen.
  let color: string | undefined;
  await until('it comes from the right', async () => {
    const [now] = await commentsOver(room);
    color = now?.color;
    return now !== undefined && now.left < first!.left - 100;
  });
  expect(color).toBe('256,224,128');
  await ann.fly('standing', { mode: 'top', color: 'pink' });
  const [, standing] = await sees(room, 2);
  const middle = (await room.look<number>('document.querySelector("#player").offsetWidth')) / 2;
  expect(Math.abs((standing!.left + standing!.right) / 2 - middle)).toBeLessThan(3);
  expect(standing!.color).toBe('256,160,208');
  await room.photograph('danmaku');
  await ann.delete(markup);
  const [last] = await sees(room, 1);
  expect(last!.color).toBe('256,160,208');
  expect(await room.look('document.querySelector(".danmaku").closest("[aria-hidden=true]") !== null')).toBe(true);
  expect(await room.look('document.querySelectorAll("#player img").length')).toBe(0);
  expect(await room.faults.all()).toEqual([]);
});

test('comments stand while the picture is paused, and go on with it; in full screen they are there, too', async () => {
  const server = await liveServer();
  const room = await watch(server);
  const ann = await Talker.enter(server.http, 'Ann');
  await ann.fly('a-comment');
  await sees(room, 1);
  await room.page.keyboard.press('k');
  await room.says('Paused');
  const [stopped] = await sees(room, 1);
  await ann.fly('said-meanwhile');
  await room.look('new Promise((resolve) => setTimeout(resolve, 300))');
  expect(await sees(room, 1)).toEqual([stopped]);
  await room.page.keyboard.press('k');
  await until('it goes on', async () => (await commentsOver(room))[0]!.left < stopped!.left - 50);
  await room.page.keyboard.press('f');
  await until('the whole screen', () => room.look('document.fullscreenElement?.querySelector(".danmaku") !== null'));
  await until('it fills the screen', () => room.look('document.querySelector(".danmaku canvas").width === innerWidth'));
  await ann.fly('in-full-screen');
  await sees(room, 2);
});

test('d and the panel turn them off and on, words are hidden, and all of it is remembered', async () => {
  const server = await liveServer();
  const room = await watch(server);
  const ann = await Talker.enter(server.http, 'Ann');
  const toggle = room.button('Danmaku (d)');
  await room.page.keyboard.press('d');
  await until('it is off', async () => (await toggle.getAttribute('aria-pressed')) === 'false');
  expect(await room.look('document.querySelector(".danmaku")')).toBeNull();
  await room.button('Settings').click();
  await room.page.getByRole('button', { name: /^Danmaku\s+Off$/ }).click();
  await room.page.getByRole('switch', { name: 'Danmaku' }).click();
  await mayFly(room);
  const word = room.page.getByLabel('Hide a word');
  await word.fill('Spoiler');
  await word.press('Enter');
  await room.button('Show “spoiler” again').waitFor();
  await room.button('Bottom').click();
  await room.page.getByLabel('Size').fill('150');
  await room.says('150 %');
  await room.photograph('danmaku-panel');
  await word.press('Escape');
  await room.page.getByRole('region', { name: 'Settings' }).waitFor({ state: 'detached' });
  expect(await room.look('document.activeElement.hasAttribute("data-menu")')).toBe(true);
  await room.page.reload();
  await room.plays();
  await mayFly(room);
  for (const [text, mode] of [
    ['a-SPOILER', 'scroll'],
    ['below', 'bottom'],
    ['seen', 'scroll'],
  ] as const)
    await ann.fly(text, { mode });
  const [seen] = await sees(room, 1);
  expect(seen!.bottom).toBeLessThan(80);
  await room.page.keyboard.press('d');
  await room.page.reload();
  await room.plays();
  await room.page.mouse.move(640, 300);
  expect(await toggle.getAttribute('aria-pressed')).toBe('false');
  expect(await room.faults.all()).toEqual([]);
});

test('what one says oneself has a frame around it, and what another guest of that name says has none', async () => {
  const server = await liveServer();
  const profile = await browser.profile();
  const fly = { on: true, mode: 'top', color: 'green' };
  await profile.addInitScript(`localStorage.setItem('roomcast', '${JSON.stringify({ fly })}')`);
  const chat = await ChatPage.open(profile, `${server.http}/lobby`);
  await chat.room.plays();
  await mayFly(chat.room);
  await chat.enter('Ada', 'mine');
  const [own] = await sees(chat.room, 1);
  const ada = await Talker.enter(server.http, 'Ada');
  await ada.fly('mine', { mode: 'top', color: 'green' });
  const [, other] = await sees(chat.room, 2);
  expect(own!.right - own!.left).toBeGreaterThan(other!.right - other!.left + 16);
  await chat.room.photograph('danmaku-own');
});

test('what waits to be let through flies when it is, once, and for those who let it through, too', async () => {
  const server = await liveServer();
  const owner = await RoomPage.open(await browser.profile(), server.server.link());
  await owner.plays();
  await mayFly(owner);
  /** Says something as the owner, and gives the answer. */
  const ask = (message: object): Promise<string> =>
    owner.look(`new Promise((resolve) => {
      const socket = new WebSocket(location.origin.replace('http', 'ws') + '/ws/lobby');
      socket.onopen = () => socket.send('${JSON.stringify({ id: 1, ...message })}');
      socket.onmessage = ({ data }) => JSON.parse(data).id === 1 && (resolve(data), socket.close());
    })`);
  expect(await ask({ type: 'chat-settings', holdFirst: true })).toContain('"ok"');
  const ann = await Talker.enter(server.http, 'Ann');
  const held = await ann.fly('held', { mode: 'bottom', color: 'red' });
  await ann.fly('said', { mode: 'top', color: 'cyan' });
  expect((await sees(owner, 1))[0]!.color).toBe('144,224,240');
  expect(await ask({ type: 'release', message: held })).toContain('"released":true');
  await sees(owner, 2);
  await until('it has flown', async () => (await commentsOver(owner)).length === 0);
  await ann.edit(held, 'changed');
  await ann.fly('next', { mode: 'top', color: 'cyan' });
  expect((await sees(owner, 1))[0]!.color).toBe('144,224,240');
});

test('what is said while nobody looks at the page does not wait for them', async () => {
  const server = await liveServer();
  const window = await BrowserWindow.open(`${server.http}/lobby`);
  const ann = await Talker.enter(server.http, 'Ann');
  await until('comments may fly', () => window.look('(document.querySelector(".danmaku canvas")?.width ?? 0) > 300'));
  const time = 'document.querySelector("video.shown")?.currentTime';
  await until('it plays', () => window.look(`${time} > 0.5`));
  await ann.fly('standing', { mode: 'top' });
  await until('a comment is seen', async () => (await commentsOver(window)).length === 1);
  await window.turn('minimized');
  await until('the page is hidden', () => window.look('document.hidden'));
  for (const text of ['one', 'two', 'three']) await ann.fly(text, { color: 'red' });
  const said = await window.look<number>(time);
  await until('the picture has come to their moment', () => window.look(`${time} > ${said + 1.5}`));
  await window.turn('normal');
  await until('the page is seen', () => window.look('!document.hidden'));
  await ann.fly('now', { color: 'cyan' });
  let seen: SeenComment[] = [];
  const now = async (): Promise<boolean> => {
    seen = await commentsOver(window);
    return seen.some(({ color }) => color === '144,224,240');
  };
  await until('the next is seen', now);
  expect(seen.filter(({ color }) => color === '256,144,128')).toEqual([]);
});

test('who asks for less motion has none until they turn it on', async () => {
  const server = await liveServer();
  const room = await RoomPage.open(await browser.profile({ reducedMotion: 'reduce' }), `${server.http}/lobby`);
  await room.plays();
  const toggle = room.button('Danmaku (d)');
  expect(await toggle.getAttribute('aria-pressed')).toBe('false');
  await room.page.keyboard.press('d');
  await mayFly(room);
  const ann = await Talker.enter(server.http, 'Ann');
  await ann.fly('wanted');
  await sees(room, 1);
});

const phones = [
  ['upright', { width: 390, height: 844 }],
  ['on its side', { width: 844, height: 390 }],
] as const;

test.each(phones.slice(0, long ? 2 : 1))(
  'on a phone %s they make room for the way back, and come above the controls',
  async (name, viewport) => {
    const server = await liveServer();
    const room = await watch(server, { viewport, hasTouch: true, isMobile: true });
    const ann = await Talker.enter(server.http, 'Ann');
    const top = (): Promise<number> =>
      room.look(
        'document.querySelector(".danmaku canvas").getBoundingClientRect().top - document.querySelector("#player").getBoundingClientRect().top',
      );
    await until('they are lower', async () => (await top()) === 38);
    await ann.fly('below', { mode: 'bottom' });
    const [below] = await sees(room, 1);
    const controls = await room.look<number>(
      'document.querySelector(".bar.bottom button").getBoundingClientRect().top - document.querySelector("#player").getBoundingClientRect().top',
    );
    expect(below!.bottom + 38).toBeLessThan(controls);
    await room.photograph(`danmaku-phone-${name.replaceAll(' ', '-')}`);
    await room.player.tap({ position: { x: 100, y: 60 } });
    await until('they are back', async () => (await top()) === 0);
  },
);

/** Frames of the numbered film in a second, and in all of it. */
const [RATE, ROUND] = [25, 30 * 25];
/** How much further one frame is than another of a film that is sent over and over. */
const further = (frame: number, other: number): number => ((frame - other + 1.5 * ROUND) % ROUND) - ROUND / 2;
const frameOf = (room: RoomPage): Promise<number> => room.look('framesSeen.at(-1)?.number ?? -1');

/** Notes with which frame comments come to the empty top of the picture, and when. */
const MEET = `(() => {
  const copy = new OffscreenCanvas(400, 40).getContext('2d', { willReadFrequently: true });
  let seen = false;
  globalThis.met = [];
  setInterval(() => {
    const canvas = document.querySelector('.danmaku canvas');
    if (!canvas?.width) return;
    copy.clearRect(0, 0, 400, 40);
    copy.drawImage(canvas, 0, 0, canvas.width, 80, 0, 0, 400, 40);
    const before = seen;
    seen = copy.getImageData(0, 0, 400, 40).data.some((value) => value > 0);
    if (seen && !before) met.push({ frame: framesSeen.at(-1)?.number, at: Date.now() });
  }, 40);
})()`;

interface Met {
  frame: number;
  at: number;
}

async function meets(room: RoomPage, place: number): Promise<Met> {
  await until('the comment is seen', () => room.look(`met.length > ${place}`), 12_000);
  return room.look(`met[${place}]`);
}

test('in step a comment flies with the picture that it is about, however late that is, and live it flies at once', async () => {
  const server = await startServer();
  const clock = await FrameClock.start(server, 'numbered', { round: ROUND / RATE });
  const open = async (way: string): Promise<RoomPage> => {
    const room = await RoomPage.open(await browser.profile(), `${server.http}/lobby?chat=off&play=${way}`);
    await clock.watch(room);
    await room.plays(30_000);
    await until('somebody paints', async () => room.page.workers().some((worker) => worker.url().includes('painter')));
    await room.look(MEET);
    return room;
  };
  const [live, late] = await Promise.all([open('ws-flv'), open('hls')]);
  await late.page.keyboard.press('k');
  await late.says('Paused');
  const stands = await frameOf(late);
  await until('it is five seconds behind', async () => further(await frameOf(live), stands) > 5 * RATE);
  await late.page.keyboard.press('k');
  await late.plays();
  const ann = await Talker.enter(server.http, 'Ann');

  const id = await ann.fly('in step', { mode: 'top' });
  const [first, then] = await Promise.all([meets(live, 0), meets(late, 0)]);
  // Of the same second of the film, five seconds apart.
  expect(Math.abs(further(first.frame, then.frame))).toBeLessThan(RATE);
  expect(then.at - first.at).toBeGreaterThan(3000);
  await ann.delete(id);
  for (const room of [live, late]) await until('it is gone', async () => (await commentsOver(room)).length === 0);

  await late.button('Settings').click();
  await late.page.getByRole('button', { name: /^Danmaku\s+On$/ }).click();
  await late.page.getByRole('group', { name: 'Timing' }).getByRole('button', { name: 'Live' }).click();
  await ann.fly('live', { mode: 'top' });
  const [now, soon] = await Promise.all([meets(live, 1), meets(late, 1)]);
  expect(further(now.frame, soon.frame)).toBeGreaterThan(3 * RATE);
});

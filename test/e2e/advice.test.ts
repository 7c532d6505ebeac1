import type { BrowserContext, WebSocketRoute } from 'playwright-core';
import { expect, onTestFinished, test } from 'vitest';
import type { Finding } from '../../src/client/messages.ts';
import { long } from '../long.ts';
import { Program, program } from '../programs.ts';
import { publish } from '../publish.ts';
import { startServer, until } from '../servers.ts';
import { TestBrowser } from './browser.ts';
import { RoomPage } from './room-page.ts';

const browser = new TestBrowser();

/** Digits change, and what stands behind them moves by the width of one. */
const MOST = 0.02;

/** As a careless encoder sends: a key frame every 300 pictures, and no sound. */
function publishBadly(url: string, options: readonly string[] = []): Program {
  const picture = ['-re', '-f', 'lavfi', '-i', 'testsrc2=size=320x180:rate=60'];
  const encoder = ['-c:v', 'libx264', '-preset', 'ultrafast', '-pix_fmt', 'yuv420p', '-g', '300', '-keyint_min', '300'];
  const args = ['-v', 'error', ...picture, ...encoder, '-sc_threshold', '0', '-t', '60', '-f', 'flv', ...options, url];
  const sender = new Program(program('ffmpeg'), args, { limitMs: 90_000 });
  onTestFinished(async () => void (await sender.stop('SIGKILL')));
  return sender;
}

test('a bad stream gets advice, which goes when a good one comes', async () => {
  const server = await startServer();
  const owner = await RoomPage.open(await browser.profile(), server.server.link());
  const bad = publishBadly(`${server.rtmp}/live/lobby`);
  await owner.plays();
  await owner.says('No sound is arriving.', 20_000);
  await owner.says('Look at the mixer in OBS: is the microphone muted?');
  await owner.says('Key frames come every 5 seconds, so new viewers wait longer for the picture.', 25_000);
  await owner.says('In OBS: Settings, Output, Keyframe interval: 2 s.');
  await owner.says('Viewers notice this');
  await owner.photograph('owner-advice');

  await bad.stop('SIGTERM');
  await publish('plain', `${server.rtmp}/live/lobby`, { loop: true });
  await owner.says('Picture and sound arrive as they should.', 30_000);
  await owner.says('All good');
  expect(owner.neverReloaded).toBe(true);
});

test('someone who tries a wrong key is told of before anything is live', async () => {
  const server = await startServer({ publish: 'key' });
  const owner = await RoomPage.open(await browser.profile(), server.server.link());
  await owner.says('Your room is ready');
  const { done } = publishBadly(`${server.rtmp}/live/rk_thisisnotthekeyofanyroomatall`);
  await owner.says('Not live, and a wrong key was tried');
  await owner.says('Someone tried to publish with a key that is not valid');
  await done;
});

const told: Record<string, Finding> = {
  rate: { code: 'bit-rate-unstable', severity: 'warn', values: { low: 1.2e6, high: 5e6, advised: 3.5e6 } },
  gop: { code: 'gop-long', severity: 'warn', values: { seconds: 4 } },
  frames: { code: 'b-frames', severity: 'info', values: { frames: 2, delay: 80 } },
  drift: { code: 'clock-drift', severity: 'warn', values: { msPerHour: 80 } },
  key: { code: 'key-refused', severity: 'warn', values: { attempts: 12, seconds: 3 } },
  irregular: { code: 'gop-irregular', severity: 'info', values: { shortest: 0.5, longest: 12 } },
  uneven: { code: 'frame-rate-variable', severity: 'warn', values: { low: 41, high: 60 } },
  high: { code: 'bit-rate-high', severity: 'info', values: { bitRate: 12e6, limit: 8e6, advised: 6e6 } },
  silent: { code: 'audio-missing', severity: 'warn', values: {} },
  dark: { code: 'video-missing', severity: 'info', values: {} },
  codec: {
    code: 'codec-unplayable',
    severity: 'warn',
    values: { codec: 'h264', kind: 'video', browsers: 'some', profile: 'High 4:4:4 Predictive' },
  },
  jumps: { code: 'timestamps-jump', severity: 'warn', values: { jumps: 12, seconds: 3600 } },
};

/** Lets a test say what the doctor says. */
async function doctorOf(profile: BrowserContext): Promise<(...findings: Finding[]) => void> {
  let socket: WebSocketRoute | undefined;
  await profile.routeWebSocket(/\/ws\//, (route) => {
    socket = route;
    const server = route.connectToServer();
    route.onMessage((message) => server.send(message));
    server.onMessage((message) => {
      if (!String(message).includes('"type":"doctor"')) route.send(message);
    });
  });
  return (...findings) => socket!.send(JSON.stringify({ type: 'doctor', findings }));
}

test.each([
  { name: 'a laptop', screen: { viewport: { width: 1280, height: 800 } } },
  { name: 'a phone', screen: { viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true } },
])('nothing jumps on $name when advice comes, changes and goes', async ({ screen }) => {
  const server = await startServer();
  await publish('plain', `${server.rtmp}/live/lobby`, { loop: true });
  const profile = await browser.profile(screen);
  const say = await doctorOf(profile);
  const owner = await RoomPage.open(profile, server.server.link());
  await owner.plays();
  await owner.says('All good');
  const numbers = owner.page.locator('dl.nums');
  const before = (await numbers.boundingBox())!;
  const shifted = await owner.shifts();
  const { rate, gop, frames, drift, key } = told as Record<'rate' | 'gop' | 'frames' | 'drift' | 'key', Finding>;
  say(gop);
  await owner.says('Good, one thing to improve');
  say(frames);
  await owner.says('B-frames are on');
  await owner.says('All good');
  say(gop, drift, frames);
  await owner.says('Viewers notice this');
  say(gop, key, frames);
  await owner.says('Good, 2 things to improve');
  say(rate, gop, frames);
  await owner.says('Viewers notice this');
  expect(await owner.page.getByRole('tabpanel').innerText()).toMatch(/swings.*Key frames.*B-frames/s);
  expect(await numbers.boundingBox()).toEqual(before);
  say();
  await owner.says('All good');
  expect(await numbers.boundingBox()).toEqual(before);
  const moved = (await owner.shifts()).slice(shifted.length);
  expect(
    moved.reduce((sum, { value }) => sum + value, 0),
    JSON.stringify(moved),
  ).toBeLessThan(MOST);
});

test.each(long ? ['en', 'zh'] : ['en'])(
  'the place of the worst has room for each finding, also where the page is narrow (%s)',
  async (lang) => {
    const server = await startServer();
    await publish('plain', `${server.rtmp}/live/lobby`, { loop: true });
    const profile = await browser.profile();
    const say = await doctorOf(profile);
    const owner = await RoomPage.open(profile, server.server.link().replace('#', `?lang=${lang}#`));
    await owner.plays();
    const place = owner.page.locator('.first');
    await owner.page.locator('dl.nums').waitFor();
    const heights = async (): Promise<Map<number, number>> => {
      const found = new Map<number, number>();
      for (const width of [360, 600, 1024]) {
        await owner.page.setViewportSize({ width, height: 844 });
        found.set(width, (await place.boundingBox())!.height);
      }
      return found;
    };
    const calm = await heights();
    for (const finding of Object.values(told)) {
      const before = await place.innerText();
      say(finding);
      await until('it is told', async () => (await place.innerText()) !== before);
      expect(await heights(), finding.code).toEqual(calm);
    }
  },
);

test('while the words cannot be loaded, the verdict stands, and nothing says that all is well', async () => {
  const server = await startServer();
  await publish('plain', `${server.rtmp}/live/lobby`, { loop: true });
  const profile = await browser.profile();
  await profile.route(/\/advice-en-/, (route) => route.abort());
  const say = await doctorOf(profile);
  const owner = await RoomPage.open(profile, server.server.link());
  await owner.plays();
  say(told['silent']!);
  await owner.says('Viewers notice this');
  await owner.says('The server cannot be reached.');
  expect(await owner.page.getByText('arrive as they should').count()).toBe(0);
  await profile.unroute(/\/advice-en-/);
  await owner.says('No sound is arriving.');
  expect(owner.neverReloaded).toBe(true);
});

test('a publisher that calls itself by the name of its protocol, and has no metadata, breaks nothing', async () => {
  const server = await startServer();
  const owner = await RoomPage.open(await browser.profile(), server.server.link());
  publishBadly(`${server.rtmp}/live/lobby`, ['-flvflags', 'no_metadata', '-rtmp_flashver', 'RTMP']);
  await owner.plays();
  await owner.says(/^H\.264 /);
  await until('it is named twice', async () => (await owner.page.getByText('RTMP', { exact: true }).count()) === 2);
  expect(await owner.faults.all()).toEqual([]);
});

/** Cancels, and asks once more before the browser has told that the first question is closed. */
const ASK_AGAIN = `(async () => {
  document.querySelector('dialog .quiet').click();
  for (let i = 0; i < 10; i++) await undefined;
  document.activeElement.click();
  for (let i = 0; i < 3; i++) await new Promise(requestAnimationFrame);
  return document.querySelector('dialog[open] h2')?.innerText;
})()`;

test('the owner sees who watches, how and how much, and closes a session by keyboard after one question', async () => {
  const server = await startServer();
  const owner = await RoomPage.open(await browser.profile(), server.server.link());
  await publish('plain', `${server.rtmp}/live/lobby`, { loop: true });
  await owner.plays();
  const viewer = await RoomPage.open(await browser.profile({ userAgent: 'Somebody/1.0' }), `${server.http}/lobby`);
  await viewer.plays();

  await owner.page.getByRole('tab', { name: 'Viewers' }).focus();
  await owner.page.keyboard.press('Enter');
  const rows = owner.page.getByRole('table').filter({ hasText: 'Somebody/1.0' }).getByRole('row');
  const row = rows.filter({ hasText: 'Somebody/1.0' });
  const cell = (index: number): Promise<string> => row.getByRole('cell').nth(index).innerText();
  await until('its rate is known', async () => /^\d.* [kM]bit\/s$/.test(await cell(4)));
  expect(await cell(0)).toMatch(/^127\.0\.0\.1\s/);
  expect(await cell(1)).toBe('WebSocket');
  expect(await cell(2)).toMatch(/^\d+ s$/);
  expect(await cell(3)).toMatch(/^\d.* [kM]B$/);
  expect(await rows.nth(1).innerText()).toMatch(/publishes.*RTMP/s);
  await owner.says(/^2 viewers · \d/);
  const own = rows.filter({ hasText: 'Owner' });
  expect(await own.getByRole('cell').first().innerText()).toMatch(/^Owneryou\s/);
  expect(await own.getByRole('button').count()).toBe(0);

  const close = row.getByRole('button', { name: 'Close the session of 127.0.0.1' });
  const ask = async (): Promise<void> => {
    await close.focus();
    await owner.page.keyboard.press('Enter');
    await owner.page.getByRole('dialog').getByText('Close this session?').waitFor();
    await owner.says(/cannot come back for a while\..*the same address and the same program/);
  };
  await ask();
  await owner.page.keyboard.press('Escape');
  await owner.page.getByRole('dialog').waitFor({ state: 'detached' });
  const focused = (): Promise<string> => owner.look('document.activeElement.getAttribute("aria-label")');
  await until('the focus is back', async () => (await focused()) === 'Close the session of 127.0.0.1');
  await ask();
  expect(await owner.look(ASK_AGAIN)).toBe('Close this session?');
  await owner.page.getByRole('dialog').getByRole('button', { name: 'Close' }).focus();
  await owner.page.keyboard.press('Enter');
  await row.waitFor({ state: 'detached' });
  await viewer.shows('refused');
  expect(await owner.look('document.activeElement.textContent')).toMatch(/^(One|\d) viewer/);
});

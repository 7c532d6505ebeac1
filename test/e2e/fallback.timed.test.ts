import type { BrowserContext } from 'playwright-core';
import { expect, test } from 'vitest';
import { publish } from '../publish.ts';
import { startServer, until } from '../servers.ts';
import { TestBrowser } from './browser.ts';
import { inCalm } from './calm.ts';
import { RoomPage } from './room-page.ts';

const browser = new TestBrowser();

/** A way that fails is left for the next one within this time, ms. */
const WITHIN = 2000;
/** Time that a busy machine takes to begin what is due. ms */
const BUSY = 500;

/** Notes in the page when it opens which of the room's addresses. */
const NOTE = `(() => {
  globalThis.opened = [];
  const note = (url) => {
    const [, what] = /\\/live\\/lobby(\\.flv|\\.mp4|\\/index\\.m3u8)$/.exec(String(url)) ?? [];
    if (what) opened.push({ at: performance.now(), what: (String(url).startsWith('ws') ? 'ws' : 'http') + what });
  };
  const Socket = globalThis.WebSocket;
  globalThis.WebSocket = class extends Socket {
    constructor(url, ...rest) {
      super(url, ...rest);
      note(url);
    }
  };
  const { fetch } = globalThis;
  globalThis.fetch = (url, ...rest) => (note(url), fetch(url, ...rest));
  const { open } = XMLHttpRequest.prototype;
  XMLHttpRequest.prototype.open = function (method, url, ...rest) {
    note(url);
    return open.call(this, method, url, ...rest);
  };
})()`;

interface Opened {
  /** ms */
  at: number;
  what: string;
}

/** The addresses that the page has opened. */
function openedBy(room: RoomPage): Promise<Opened[]> {
  return room.look('opened');
}

interface Fault {
  name: string;
  /** What becomes of FLV and MP4 over WebSockets, and of FLV over HTTP. */
  break(profile: BrowserContext): Promise<void>;
  /** What is tried, to the one that plays. */
  tried: string[];
}

const faults: Fault[] = [
  {
    name: 'refuses',
    async break(profile) {
      await profile.routeWebSocket(/\.(?:flv|mp4)$/, (socket) => socket.close({ code: 1011 }));
      await profile.route(/\.flv$/, (route) => route.fulfill({ status: 502 }));
    },
    tried: ['ws.flv', 'http.flv', 'ws.mp4', 'http/index.m3u8'],
  },
  {
    name: 'takes everything and answers nothing',
    async break(profile) {
      await profile.routeWebSocket(/\.flv$/, () => {});
      await profile.route(/\.flv$/, () => {});
    },
    tried: ['ws.flv', 'http.flv', 'ws.mp4'],
  },
  {
    name: 'answers with something else',
    async break(profile) {
      await profile.routeWebSocket(/\.(?:flv|mp4)$/, (socket) => socket.send(Buffer.alloc(500, 'no video')));
      await profile.route(/\.flv$/, (route) => route.fulfill({ body: '<html>Sign in to the network</html>' }));
    },
    tried: ['ws.flv', 'http.flv', 'ws.mp4', 'http/index.m3u8'],
  },
];

test.each(faults)(
  'a network that $name: the next way within two seconds, until one plays',
  { timeout: 240_000 },
  (fault) =>
    inCalm(async () => {
      const server = await startServer();
      await publish('plain', `${server.rtmp}/live/lobby`, { loop: true });
      const profile = await browser.profile();
      await fault.break(profile);
      await profile.addInitScript(NOTE);
      const room = await RoomPage.open(profile, `${server.http}/lobby`);
      await room.plays(30_000);
      const opened = await openedBy(room);
      expect(opened.map(({ what }) => what)).toEqual(fault.tried);
      for (const [index, { at, what }] of opened.slice(1).entries())
        expect(at - opened[index]!.at, `from ${opened[index]!.what} to ${what}`).toBeLessThan(WITHIN + BUSY);
      await room.close();
      await server.server.close();
    }),
);

test('a way that breaks again and again while it plays is left, and the picture stays until the next one shows its own', async () => {
  const server = await startServer();
  await publish('plain', `${server.rtmp}/live/lobby`, { loop: true });
  const profile = await browser.profile();
  let breaking = false;
  await profile.routeWebSocket(/\.flv$/, (socket) => {
    const through = socket.connectToServer();
    through.onMessage((message) => {
      if (breaking) void socket.close({ code: 1011 });
      else socket.send(message);
    });
  });
  const room = await RoomPage.open(profile, `${server.http}/lobby`);
  await room.plays();
  await room.look(`(() => {
    globalThis.blanks = 0;
    const player = document.querySelector('#player');
    setInterval(() => {
      const shown = ['video', 'canvas'].some((name) => player.querySelector(name).classList.contains('shown'));
      if (!shown) globalThis.blanks++;
    }, 20);
  })()`);
  breaking = true;
  const { server: inside } = server;
  const uses = (protocol: string): boolean =>
    [...inside.hub.sessions.values()].some((session) => session.protocol === protocol);
  await until('FLV comes over HTTP', () => uses('http-flv'));
  await room.plays();
  expect(await room.look('blanks')).toBe(0);
  expect(room.neverReloaded).toBe(true);
});

test('a server that restarts is not held against the way', async () => {
  const server = await startServer();
  await publish('plain', `${server.rtmp}/live/lobby`, { loop: true });
  const room = await RoomPage.open(await browser.profile(), `${server.http}/lobby`);
  await room.plays();
  const { port } = server.server.http;
  await server.server.close();
  await room.shows('reconnecting');
  const again = await startServer({ http: `127.0.0.1:${port}` });
  await publish('plain', `${again.rtmp}/live/lobby`, { loop: true });
  await room.plays(30_000);
  expect([...again.server.hub.sessions.values()].map(({ protocol }) => protocol)).toContain('ws-flv');
});

test('after the last way the first is tried again, for as long as it takes', async () => {
  const server = await startServer();
  await publish('plain', `${server.rtmp}/live/lobby`, { loop: true, limitMs: 90_000 });
  const profile = await browser.profile();
  let blocked = true;
  await profile.routeWebSocket(/\.(?:flv|mp4)$/, (socket) =>
    blocked ? void socket.close({ code: 1011 }) : void socket.connectToServer(),
  );
  await profile.route(/\/(?:live|hls)\//, (route) => (blocked ? route.abort() : route.continue()));
  await profile.addInitScript(NOTE);
  const room = await RoomPage.open(profile, `${server.http}/lobby`);
  const thrice = async (): Promise<boolean> =>
    (await openedBy(room)).filter(({ what }) => what === 'ws.flv').length >= 3;
  await until('FLV was tried three times', thrice, 40_000);
  blocked = false;
  await room.plays(30_000);
});

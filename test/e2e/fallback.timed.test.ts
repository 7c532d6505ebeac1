import type { BrowserContext } from 'playwright-core';
import { expect, test } from 'vitest';
import { publish } from '../publish.ts';
import { startServer } from '../servers.ts';
import { TestBrowser } from './browser.ts';
import { inCalm } from './calm.ts';
import { NOTE_ADDRESSES, openedBy } from './opened-addresses.ts';
import { RoomPage } from './room-page.ts';

const browser = new TestBrowser();

/** A way that fails is left for the next one within this time, ms. */
const WITHIN = 2000;
/** Time that a busy machine takes to begin what is due. ms */
const BUSY = 500;

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
      await profile.addInitScript(NOTE_ADDRESSES);
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

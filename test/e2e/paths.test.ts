import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Program } from '../programs.ts';
import { send } from '../publish.ts';
import { until } from '../servers.ts';
import { startTestServer, type TestServer } from '../test-server.ts';
import { TestBrowser } from './browser.ts';
import { RoomPage } from './room-page.ts';

const browser = new TestBrowser();

/** One stream for all ways. */
let server: TestServer;
let sender: Program;
beforeAll(async () => {
  server = await startTestServer({ publish: 'open' });
  const address = `rtmp://127.0.0.1:${server.server.rtmp.port}/live/lobby`;
  sender = await send('b-frames', address, { loop: true, limitMs: 600_000 });
  const { hub } = server.server;
  await until('it is live', () => hub.stream('live/lobby')?.state === 'live');
});
afterAll(async () => {
  await sender?.stop('SIGKILL');
  await server?.close();
});

interface Way {
  name: string;
  query: string;
  /** Addresses that do not get through: of WebSockets, and of HTTP. */
  blocked?: { sockets?: RegExp; requests?: RegExp };
  /** As the page calls it. */
  uses: string;
  protocol: string;
}

const ways: Way[] = [
  {
    name: 'as FLV over a WebSocket where nothing else is asked',
    query: '',
    uses: 'FLV over WebSocket',
    protocol: 'ws-flv',
  },
  { name: 'as FLV over a WebSocket when asked', query: '?play=ws', uses: 'FLV over WebSocket', protocol: 'ws-flv' },
  { name: 'as FLV over HTTP when asked', query: '?play=flv', uses: 'FLV over HTTP', protocol: 'http-flv' },
  { name: 'as MP4 over a WebSocket when asked', query: '?play=mp4', uses: 'MP4 over WebSocket', protocol: 'ws-mp4' },
  { name: 'as LL-HLS when asked', query: '?play=hls', uses: 'LL-HLS', protocol: 'hls' },
  {
    name: 'as HLS by the browser itself when asked',
    query: '?play=native-hls',
    uses: 'HLS by the browser',
    protocol: 'hls',
  },
  { name: 'as MP4 without end when asked', query: '?play=http-mp4', uses: 'MP4 over HTTP', protocol: 'http-mp4' },
  {
    name: 'over HTTP where FLV gets through no WebSocket',
    query: '',
    blocked: { sockets: /\.flv$/ },
    uses: 'FLV over HTTP',
    protocol: 'http-flv',
  },
  {
    name: 'as MP4 where FLV does not get through',
    query: '',
    blocked: { sockets: /\.flv$/, requests: /\.flv$/ },
    uses: 'MP4 over WebSocket',
    protocol: 'ws-mp4',
  },
  {
    name: 'as LL-HLS where no stream without end gets through',
    query: '',
    blocked: { sockets: /\.(?:flv|mp4)$/, requests: /\/lobby\.(?:flv|mp4)$/ },
    uses: 'LL-HLS',
    protocol: 'hls',
  },
  {
    name: 'as MP4 without end where that is all that gets through',
    query: '',
    blocked: { sockets: /\.(?:flv|mp4)$/, requests: /\.flv$|\.m3u8/ },
    uses: 'MP4 over HTTP',
    protocol: 'http-mp4',
  },
];

/** Opens the menu, and the numbers in it. */
async function numbersOf(room: RoomPage): Promise<string> {
  await room.page.mouse.move(640, 300);
  await room.button('Settings').click();
  await room.button('Delay and connection').click();
  const panel = room.page.getByRole('region', { name: 'Settings' });
  await panel
    .getByText(/^\d\.\d s$/)
    .first()
    .waitFor();
  return panel.innerText();
}

test.each(ways)('the stream comes with sound $name', async ({ query, blocked, uses, protocol }) => {
  const { sessions } = server.server.hub;
  const before = new Set(sessions.keys());
  const profile = await browser.profile();
  const { sockets, requests } = blocked ?? {};
  if (sockets) await profile.routeWebSocket(sockets, (socket) => socket.close({ code: 1011 }));
  if (requests) await profile.route(requests, (route) => route.abort());
  const room = await RoomPage.open(profile, `${server.base}/lobby${query}`);
  await room.plays();
  await until('there is sound', async () => (await room.picture()).soundBytes > 0);
  const numbers = await numbersOf(room);
  expect(numbers).toContain(uses);
  expect(numbers).toMatch(/Bit rate\s+[1-9]/);
  expect(numbers).toMatch(/Codecs\s+H\.264, AAC/);
  await room.photograph(`path-${uses.replace(/\W+/g, '-')}`);
  const own = [...sessions].filter(([id]) => !before.has(id));
  expect(own.map(([, session]) => session.protocol)).toEqual([protocol]);
  if (!blocked) expect(await room.faults.all()).toEqual([]);
});

import { expect, test } from 'vitest';
import { publish } from '../publish.ts';
import { startServer, type TestServer, until } from '../servers.ts';
import { TestBrowser } from './browser.ts';
import { RoomPage } from './room-page.ts';

const browser = new TestBrowser();

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

/** The protocols of those who watch. */
function protocols({ server }: TestServer): string[] {
  const viewers = [...server.hub.sessions.values()].filter(({ action }) => action === 'play');
  return viewers.map(({ protocol }) => protocol);
}

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
  const server = await startServer();
  await publish('b-frames', `${server.rtmp}/live/lobby`, { loop: true });
  const profile = await browser.profile();
  const { sockets, requests } = blocked ?? {};
  if (sockets) await profile.routeWebSocket(sockets, (socket) => socket.close({ code: 1011 }));
  if (requests) await profile.route(requests, (route) => route.abort());
  const room = await RoomPage.open(profile, `${server.http}/lobby${query}`);
  await room.plays();
  await until('there is sound', async () => (await room.picture()).soundBytes > 0);
  const numbers = await numbersOf(room);
  expect(numbers).toContain(uses);
  expect(numbers).toMatch(/Bit rate\s+[1-9]/);
  expect(numbers).toMatch(/Codecs\s+H\.264, AAC/);
  await room.photograph(`path-${uses.replace(/\W+/g, '-')}`);
  expect(protocols(server)).toEqual([protocol]);
  if (!blocked) expect(await room.faults.all()).toEqual([]);
});

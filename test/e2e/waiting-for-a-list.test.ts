import { expect, test } from 'vitest';
import { long } from '../long.ts';
import { publish } from '../publish.ts';
import { startServer, type TestServer } from '../servers.ts';
import { TestBrowser } from './browser.ts';
import { RoomPage } from './room-page.ts';

const browser = new TestBrowser();

/** The protocols of those who watch. */
function protocols({ server }: TestServer): string[] {
  const viewers = [...server.hub.sessions.values()].filter(({ action }) => action === 'play');
  return viewers.map(({ protocol }) => protocol);
}

/** Keeps what the player has shown. */
const WATCH = `
  globalThis.scenes = [];
  new MutationObserver(() => {
    const scene = document.querySelector('#player')?.dataset.scene;
    if (scene && scene !== scenes.at(-1)) scenes.push(scene);
  }).observe(document, { childList: true, subtree: true, attributeFilter: ['data-scene'] });
`;
/** A browser as on iPhones: it plays nothing from memory. */
const NO_MEMORY = 'delete globalThis.MediaSource; delete globalThis.ManagedMediaSource;';

const causes = [
  { name: 'that is all there is', query: '', script: NO_MEMORY },
  { name: 'asked for by the address', query: '?play=native-hls' },
  { name: 'chosen before', query: '', kept: { way: 'native-hls' } },
];

test.each(causes.slice(0, long ? causes.length : 1))(
  'HLS by the browser, $name, is waited for at the start of a broadcast',
  async ({ query, kept, script = '' }) => {
    const server = await startServer();
    const profile = await browser.profile();
    const keep = kept ? `localStorage.setItem('roomcast', '${JSON.stringify(kept)}');` : '';
    await profile.addInitScript(`${WATCH}${script}${keep}`);
    const room = await RoomPage.open(profile, `${server.http}/lobby${query}`);
    await room.shows('offline');
    await publish('plain', `${server.rtmp}/live/lobby`, { loop: true });
    await room.plays(12_000);
    expect(await room.look('scenes')).toEqual(['loading', 'offline', 'starting', 'live']);
    expect(protocols(server)).toEqual(['hls']);
  },
);

test('a list that does not come is left for the next way after two seconds', async () => {
  const server = await startServer();
  await publish('plain', `${server.rtmp}/live/lobby`, { loop: true });
  const profile = await browser.profile();
  await profile.routeWebSocket(/\.(?:flv|mp4)$/, (socket) => socket.close({ code: 1011 }));
  await profile.route(/lobby\.flv$/, (route) => route.abort());
  await profile.route(/\.m3u8$/, () => {});
  const asked = new Map<string, number>();
  profile.on('request', (request) => {
    const name = /[^/]*\.(?:m3u8|mp4)$/.exec(request.url())?.[0];
    if (name && !asked.has(name)) asked.set(name, performance.now());
  });
  const room = await RoomPage.open(profile, `${server.http}/lobby`);
  await room.plays();
  expect(protocols(server)).toEqual(['http-mp4']);
  // Two of the ways need the list.
  const waited = asked.get('lobby.mp4')! - asked.get('index.m3u8')!;
  expect(waited).toBeGreaterThan(3900);
  expect(waited).toBeLessThan(7000);
});

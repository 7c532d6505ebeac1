import { expect, test } from 'vitest';
import { publish } from '../publish.ts';
import { startServer } from '../servers.ts';
import { TestBrowser } from './browser.ts';
import { RoomPage } from './room-page.ts';

const browser = new TestBrowser();

interface Way {
  name: string;
  query: string;
  /** A firewall that lets no WebSocket of media through. */
  blocked?: boolean;
  uses: 'WebSocket' | 'HTTP';
}

const ways: Way[] = [
  { name: 'over a WebSocket where nothing else is asked', query: '', uses: 'WebSocket' },
  { name: 'over a WebSocket when the address asks for it', query: '?play=ws', uses: 'WebSocket' },
  { name: 'over HTTP when the address asks for it', query: '?play=flv', uses: 'HTTP' },
  { name: 'over HTTP by itself where no WebSocket gets through', query: '', blocked: true, uses: 'HTTP' },
];

test.each(ways)('the picture comes $name', async ({ query, blocked, uses }) => {
  const server = await startServer();
  await publish('b-frames', `${server.rtmp}/live/lobby`, { loop: true });
  const profile = await browser.profile();
  if (blocked) await profile.routeWebSocket(/\.flv$/, (socket) => socket.close({ code: 1011 }));
  const room = await RoomPage.open(profile, `${server.http}/lobby${query}`);
  await room.plays();
  await room.page.mouse.move(640, 300);
  await room.button('Settings').click();
  await room.button('Delay and connection').click();
  const panel = room.page.getByRole('region', { name: 'Settings' });
  await panel.getByText(`FLV, ${uses}`).waitFor();
  await room.photograph(`path-${uses}`);
  const viewers = [...server.server.hub.sessions.values()].filter(({ action }) => action === 'play');
  expect(viewers.map(({ protocol }) => protocol)).toEqual([uses === 'HTTP' ? 'http-flv' : 'ws-flv']);
});

import type { Socket } from 'node:net';
import { describe, expect, test } from 'vitest';
import { frameOf, sample } from '../../../src/containers/contract-samples.ts';
import { SECOND } from '../../../src/media/time.ts';
import type { App } from '../../../src/plugin.ts';
import { plugins } from '../../../src/plugins.ts';
import { playProtocols, StalledViewer } from '../../faults/stalled-viewer.ts';
import { startServer, type TestServer, until } from '../../servers.ts';
import { settle, VirtualScheduler } from '../../virtual-scheduler.ts';
import { PATH, publishFrames } from './stage.ts';

const { video } = sample;
/** What the system takes for a peer that does not read is some MB. */
const LARGE = 400_000;
const FRAMES = 40;

interface Stage extends TestServer {
  scheduler: VirtualScheduler;
  /** The server's side of each connection to its HTTP listener. */
  sockets: Socket[];
}

async function start(options: Parameters<typeof startServer>[0] = {}): Promise<Stage> {
  const scheduler = new VirtualScheduler();
  const sockets: Socket[] = [];
  const probe = {
    name: 'probe',
    async start({ http }: App) {
      http.server.on('connection', (socket) => sockets.push(socket));
      return { close: async () => {} };
    },
  };
  const settings = { drain: 0, merge: 0, viewerQueue: 64 * 2 ** 20, ...options };
  const started = await startServer(settings, { scheduler, plugins: [...plugins, probe] });
  return { ...started, scheduler, sockets };
}

const stalled = ({ server }: TestServer, protocol: (typeof playProtocols)[number], path = PATH): StalledViewer =>
  new StalledViewer({ httpPort: server.http.port, rtmpPort: server.rtmp.port }, protocol, path);

/** A viewer over HTTP with much in its queue, and the server's side of it. */
async function lagging(stage: Stage): Promise<{ viewer: StalledViewer; socket: Socket }> {
  const by = await publishFrames(stage.server);
  const viewer = stalled(stage, 'http-flv');
  await until('it watches', () => stage.server.hub.viewers(PATH) === 1);
  const socket = stage.sockets.at(-1)!;
  for (let i = 0; i < FRAMES; i++) {
    stage.scheduler.advance(SECOND / 25);
    by.write(frameOf(video, { ms: i * 40, key: i === 0, size: LARGE }));
    await settle();
  }
  await until('bytes wait for it', () => socket.writableLength > 0);
  return { viewer, socket };
}

describe('a viewer over HTTP that has to go', () => {
  test.each([
    { how: 'reads nothing', bytes: 0 },
    { how: 'reads a little now and then', bytes: 4096 },
  ])('and $how is cut within two seconds of the kick', async ({ bytes }) => {
    const stage = await start();
    const { viewer, socket } = await lagging(stage);
    const [session] = [...stage.server.hub.sessions.values()].filter(({ action }) => action === 'play');
    expect(stage.server.hub.kick(session!.id)).toBe(true);
    for (let i = 0; i < 19; i++) {
      stage.scheduler.advance(SECOND / 10);
      viewer.socket.read(bytes);
      await settle();
    }
    expect(socket.destroyed).toBe(true);
  });

  test('for another reason has some seconds for what is left, however slowly it reads, and no longer', async () => {
    const stage = await start();
    const { viewer, socket } = await lagging(stage);
    const sessions = [...stage.server.hub.sessions.values()];
    sessions.find(({ action }) => action === 'play')!.close('ended');
    for (let i = 0; i < 45; i++) {
      stage.scheduler.advance(SECOND / 10);
      viewer.socket.read(4096);
      await settle();
    }
    expect(socket.destroyed).toBe(false);
    stage.scheduler.advance(SECOND);
    expect(socket.destroyed).toBe(true);
  });
});

test.each(playProtocols)(
  'a viewer that hangs up while it is asked about leaves no session behind: %s',
  async (name) => {
    const stage = await start({ publish: 'key' });
    const asked = Promise.withResolvers<void>();
    const answer = Promise.withResolvers<void>();
    stage.server.hub.authorize(async ({ path }) => {
      asked.resolve();
      await answer.promise;
      return { path };
    });
    const viewer = stalled(stage, name, 'live/asked');
    await asked.promise;
    viewer.socket.resetAndDestroy();
    // Over RTMP nothing is read while somebody is asked, so that the end is seen only after it.
    if (name !== 'rtmp') await until('the end is seen', () => stage.sockets.every(({ destroyed }) => destroyed));
    answer.resolve();
    await settle();
    await until('its session is over', () => stage.server.hub.sessions.size === 0, 2000);
    expect(stage.server.hub.viewers('live/asked')).toBe(0);
  },
);

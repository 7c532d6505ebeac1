import { connect, type Socket } from 'node:net';
import { describe, expect } from 'vitest';
import { frameOf, sample } from '../../src/containers/contract-samples.ts';
import { families } from '../../src/features/metrics/families.ts';
import { scrape } from '../conformance/metrics.ts';
import { publisher } from '../conformance/rtmp/client.ts';
import { greeting } from '../conformance/rtmp/talk.ts';
import { testWith } from '../programs.ts';
import { until } from '../servers.ts';
import { Control, expectUnharmed } from './control.ts';
import { report, sized } from './report.ts';
import { askFor, playProtocols } from './stalled-viewer.ts';
import { expectNoFault, type Health, WatchedServer } from './watched-server.ts';

/** Visits of each protocol, and the first of them, which fill caches and do not count. */
const VISITS = sized(300, 10_000);
const WARM_UP = 100;
/** What all of it may take. ms */
const TIME = sized(90_000, 900_000);
/** Visits at a time. */
const WIDTH = 6;
/** What may be left behind: descriptors, timers, and bytes of heap and of buffers. */
const MORE = { descriptors: 5, timers: 5, bytes: sized(0.5, 5) * 2 ** 20 };

/** Bytes that a player waits for: more than a handshake and a header, so that it has seen pictures. */
const MEDIA = 10_000;

/** How a visitor leaves. */
const ways = ['FIN', 'RST', 'half-close', 'mid-handshake'] as const;
type Way = (typeof ways)[number];

interface Saying {
  port: number;
  bytes: readonly (string | Uint8Array)[];
  way: Way;
  /** Bytes of an answer that it waits for. */
  wanted?: number;
}

/** Says the bytes, waits until something came back, and goes. */
async function visit({ port, bytes, way, wanted = 1 }: Saying): Promise<void> {
  const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true });
  const closed = new Promise<void>((resolve) => socket.once('close', () => resolve()));
  socket.on('error', () => {});
  await new Promise((resolve) => socket.once('connect', resolve).once('close', resolve));
  if (way === 'mid-handshake') {
    const first = Buffer.from(bytes[0]!);
    socket.write(first.subarray(0, first.length >> 1));
  } else {
    for (const part of bytes) socket.write(part);
    await something(socket, wanted);
  }
  leave(socket, way);
  await closed;
}

/** So many bytes have come. */
function something(socket: Socket, wanted: number): Promise<void> {
  return new Promise((resolve) => {
    let got = 0;
    const take = (bytes: Buffer): void => {
      got += bytes.length;
      if (got < wanted) return;
      socket.pause().off('data', take);
      resolve();
    };
    socket.on('data', take).once('close', resolve);
  });
}

function leave(socket: Socket, way: Way): void {
  if (way === 'RST') return void socket.resetAndDestroy();
  socket.resume();
  if (way === 'mid-handshake') return void socket.destroy();
  socket.end();
  // Whoever closes one half reads on until the server has closed the other; the rest go at once.
  if (way === 'FIN') socket.destroySoon();
}

const roomSocket =
  'GET /ws/lobby HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: MDEyMzQ1Njc4OWFiY2RlZg==\r\n\r\n';
const page = 'GET /lobby HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n';

interface Visitor {
  name: string;
  visit(server: WatchedServer, way: Way, index: number): Promise<void>;
}

const visitors: Visitor[] = [
  ...playProtocols.map((protocol) => ({
    name: protocol,
    visit: (server: WatchedServer, way: Way): Promise<void> =>
      visit({
        port: protocol === 'rtmp' ? server.rtmpPort : server.httpPort,
        bytes: askFor(protocol, 'live/control'),
        way,
        wanted: MEDIA,
      }),
  })),
  { name: 'room socket', visit: (server, way) => visit({ port: server.httpPort, bytes: [roomSocket], way }) },
  { name: 'page', visit: (server, way) => visit({ port: server.httpPort, bytes: [page], way }) },
  {
    name: 'publisher',
    async visit(server, way, index) {
      if (way === 'mid-handshake') return visit({ port: server.rtmpPort, bytes: [greeting], way });
      const sender = await publisher(`${server.rtmp}/live/visit-${index % 50}`);
      sender.announce(sample.video);
      sender.write(frameOf(sample.video, { ms: 0, key: true }));
      // Only who says goodbye is forgotten at once; the rest wait for the grace, which is short here.
      if (way === 'RST') sender.destroy();
      else await sender.leave();
    },
  },
];

async function churn(server: WatchedServer, count: number): Promise<void> {
  let next = 0;
  const work = async (): Promise<void> => {
    for (let index = next++; index < count * visitors.length; index = next++) {
      const visitor = visitors[index % visitors.length]!;
      const turn = Math.floor(index / visitors.length);
      await visitor.visit(server, ways[turn % ways.length]!, turn);
    }
  };
  await Promise.all(Array.from({ length: WIDTH }, work));
}

/** Waits until only the control stream is left and begins a GOP, of which buffers are kept, and looks. */
async function settled(server: WatchedServer, { viewers }: Control): Promise<Health> {
  const alone = async (): Promise<boolean> => {
    const { sessions, streams } = await server.counts();
    return sessions.play === 3 && sessions.publish === 1 && streams === 1;
  };
  await until('only the control stream is left', alone, 20_000);
  await until('a GOP begins', () => viewers['http-flv']!.pictures.at(-1)!.key);
  return server.health();
}

/** Publishers and viewers that were refused so far. */
async function refused(server: WatchedServer): Promise<number> {
  const { series } = await scrape(server.http);
  const counts = [...series].filter(([name]) => name.startsWith(families.refused.name));
  return counts.reduce((sum, [, count]) => sum + count, 0);
}

describe('L-04 visitors that come and go', () => {
  const name = 'L-04 leave no session, stream, handle or memory behind';
  testWith(['ffmpeg'], name, { timeout: TIME }, async () => {
    const server = await WatchedServer.start(['--grace', '1']);
    const control = await Control.beside(server, { limitMs: TIME });
    await churn(server, WARM_UP);
    // What is told of the server is loaded when it is asked for, and then stays.
    const refusedBefore = await refused(server);
    const before = await settled(server, control);
    const begun = performance.now();
    await churn(server, VISITS);
    const took = performance.now() - begun;
    await until(
      'descriptors are given back',
      () => server.descriptors <= before.descriptors + MORE.descriptors,
      30_000,
    );
    // Who was closed may take a few seconds to go.
    let after = before;
    const isQuiet = async (): Promise<boolean> => {
      after = await settled(server, control);
      return after.alive.timers <= before.alive.timers + MORE.timers;
    };
    await until('timers are given back', isQuiet, 15_000);
    expect(await refused(server), 'visitors that were refused').toBe(refusedBefore);
    for (const kind of ['heap', 'external'] as const) {
      expect(after[kind] - before[kind], `bytes of ${kind}`).toBeLessThan(MORE.bytes);
    }
    for (const [name, count] of Object.entries(after.handles)) {
      expect(count, name).toBeLessThanOrEqual((before.handles[name] ?? 0) + MORE.descriptors);
    }
    expect(after.alive.listeners).toBe(before.alive.listeners);
    const gap = expectUnharmed(control);
    const visits = VISITS * visitors.length;
    const [heap, external] = [after.heap - before.heap, after.external - before.external].map((bytes) =>
      Math.round(bytes / 1024),
    );
    const descriptors = after.descriptors - before.descriptors;
    const numbers = `heap ${heap} KiB, buffers ${external} KiB, descriptors ${descriptors}`;
    report('L-04', `${visits} visits in ${Math.round(took / 1000)} s: ${numbers}, longest gap ${gap} ms`);
    await expectNoFault(server);
  });
});

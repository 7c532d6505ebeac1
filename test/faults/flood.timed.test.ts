import { connect, type Socket } from 'node:net';
import { describe, expect, onTestFinished } from 'vitest';
import { frameOf, sample } from '../../src/containers/contract-samples.ts';
import { publisher } from '../conformance/rtmp/client.ts';
import { connect as rtmpConnect, greeting } from '../conformance/rtmp/talk.ts';
import { testWith } from '../programs.ts';
import { until } from '../servers.ts';
import { Watcher } from '../watch.ts';
import { Control, expectUnharmed } from './control.ts';
import { report, sized } from './report.ts';
import { Stopwatch } from './stopwatch.ts';
import { expectNoFault, WatchedServer } from './watched-server.ts';

/** Connections of each kind. */
const EACH = sized(100, 910);
/** From how many addresses they come, so that limits for one address are not what ends them. */
const ADDRESSES = 50;
/** The share of them that is connected at a time, at least: on a slow machine the first are cut before the last come. */
const AT_A_TIME = sized(0.5, 0.8);
/** Memory that one may cost, in bytes. */
const MEMORY = 20 * 1024;
/** When the last of them is gone. ms */
const GONE = 12_000;
/** When somebody honest is live meanwhile. ms */
const HONEST = 2000;

interface Kind {
  name: string;
  port: 'httpPort' | 'rtmpPort';
  /** Sent at once. */
  first?: string | Uint8Array;
  /** Sent byte after byte, so often. ms */
  drip?: string | Uint8Array;
  every?: number;
}

const REQUEST = 'GET /live/control.flv HTTP/1.1\r\nHost: 127.0.0.1\r\n';
const kinds: Kind[] = [
  { name: 'RTMP, silent', port: 'rtmpPort' },
  { name: 'RTMP, half a handshake', port: 'rtmpPort', first: greeting.subarray(0, 1000) },
  { name: 'RTMP, connected and silent', port: 'rtmpPort', first: Buffer.concat([greeting, rtmpConnect()]) },
  { name: 'RTMP, a byte a second', port: 'rtmpPort', drip: greeting, every: 1000 },
  {
    name: 'RTMP, a byte in five seconds',
    port: 'rtmpPort',
    first: greeting.subarray(0, 1),
    drip: greeting,
    every: 5000,
  },
  { name: 'HTTP, silent', port: 'httpPort' },
  { name: 'HTTP, half a request', port: 'httpPort', first: REQUEST },
  {
    name: 'HTTP, a byte a second',
    port: 'httpPort',
    first: 'GET / HTTP/1.1\r\nX-Slow: ',
    drip: 'a'.repeat(100),
    every: 1000,
  },
  { name: 'HTTP, a byte in five seconds', port: 'httpPort', drip: REQUEST, every: 5000 },
  {
    name: 'WebSocket, half an upgrade',
    port: 'httpPort',
    first: `${REQUEST}Connection: Upgrade\r\nUpgrade: websocket\r\n`,
  },
  {
    name: 'room socket, silent',
    port: 'httpPort',
    first:
      'GET /ws/lobby HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n' +
      'Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: MDEyMzQ1Njc4OWFiY2RlZg==\r\n\r\n',
  },
];

/** Connections that never come to anything. */
class Flood {
  /** ms for which each kind lasted, the longest of them, without those in which the machine did not let the server run. */
  readonly lasted: Record<string, number> = {};
  /** How many were connected so far. */
  connected = 0;
  readonly #open = new Set<Socket>();

  constructor(server: WatchedServer) {
    void this.#connectAll(server);
    onTestFinished(() => {
      for (const socket of this.#open) socket.destroy();
    });
  }

  /** One after the other, so that this process can go on with its own viewers meanwhile. */
  async #connectAll(server: WatchedServer): Promise<void> {
    for (let i = 0; i < EACH; i++) {
      for (const kind of kinds) this.#connect(server, kind, `127.0.1.${1 + (i % ADDRESSES)}`);
      await new Promise((resolve) => setImmediate(resolve));
    }
  }

  get open(): number {
    return this.#open.size;
  }

  #connect(server: WatchedServer, { name, port, first, drip, every }: Kind, localAddress: string): void {
    const socket = connect({ port: server[port], host: '127.0.0.1', localAddress });
    this.#open.add(socket);
    if (first) socket.write(first);
    let at = 0;
    const timer = drip && setInterval(() => socket.write(drip.slice(at, ++at)), every);
    let stopwatch: Stopwatch | undefined;
    socket.on('connect', () => {
      stopwatch = new Stopwatch(server.process.pid);
      this.connected++;
    });
    socket.on('error', () => {});
    socket.resume();
    socket.on('close', () => {
      clearInterval(timer || undefined);
      this.#open.delete(socket);
      this.lasted[name] = Math.max(this.lasted[name] ?? 0, stopwatch?.ms ?? 0);
    });
  }
}

describe('R-24 connections that never come to anything', () => {
  const name = 'R-24 are all cut in time, cost little, and disturb neither who is live nor who goes live';
  testWith(['ffmpeg'], name, { timeout: sized(90_000, 180_000) }, async () => {
    const server = await WatchedServer.start();
    const control = await Control.beside(server);
    const before = await server.health();
    const flood = new Flood(server);
    const count = kinds.length * EACH;
    await until('all of them were connected', () => flood.connected === count, 60_000);
    const during = await server.health();
    // With fewer of them the noise in what a process uses would be most of each one's share.
    const open = during.descriptors - before.descriptors;
    expect(open, 'connections at a time').toBeGreaterThan(AT_A_TIME * count);
    const memory = (during.rss - before.rss) / open;

    const stopwatch = new Stopwatch(server.process.pid);
    const honest = await publisher(`${server.rtmp}/live/honest`);
    const viewer = new Watcher(`${server.http}/live/honest.flv`);
    honest.announce(sample.video);
    honest.announce(sample.audio);
    let ms = 0;
    await until('somebody honest is live', () => {
      honest.write(frameOf(sample.video, { ms, key: ms === 0 }));
      honest.write(frameOf(sample.audio, { ms: (ms += 40) }));
      return viewer.pictures.length > 5;
    });
    const live = stopwatch.ms;
    await honest.leave();

    await until('all of them are cut', () => flood.open === 0, 30_000);
    expect(live, 'ms until somebody honest is live').toBeLessThan(HONEST);
    for (const { name } of kinds) expect(flood.lasted[name], `ms that “${name}” lasts`).toBeLessThan(GONE);
    expect(memory, 'bytes of memory for each').toBeLessThan(MEMORY);
    await until('their descriptors are given back', () => server.descriptors <= before.descriptors + 2);
    const gap = expectUnharmed(control);
    const numbers = `${(memory / 1024).toFixed(1)} KiB each, honest live after ${live} ms, gap ${gap} ms`;
    report('R-24', `${count} connections, ${open} at a time, ${numbers}, gone after ${JSON.stringify(flood.lasted)}`);
    await expectNoFault(server);
  });
});

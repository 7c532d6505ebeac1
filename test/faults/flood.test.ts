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
import { expectNoFault, WatchedServer } from './watched-server.ts';

/** Connections of each kind. */
const EACH = sized(125, 1250);
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
  /** Sent again and again, byte after byte. */
  drip?: string | Uint8Array;
}

const REQUEST = 'GET /live/control.flv HTTP/1.1\r\nHost: 127.0.0.1\r\n';
const kinds: Kind[] = [
  { name: 'RTMP, silent', port: 'rtmpPort' },
  { name: 'RTMP, half a handshake', port: 'rtmpPort', first: greeting.subarray(0, 1000) },
  { name: 'RTMP, connected and silent', port: 'rtmpPort', first: Buffer.concat([greeting, rtmpConnect()]) },
  { name: 'RTMP, a byte a second', port: 'rtmpPort', drip: greeting },
  { name: 'HTTP, silent', port: 'httpPort' },
  { name: 'HTTP, half a request', port: 'httpPort', first: REQUEST },
  { name: 'HTTP, a byte a second', port: 'httpPort', first: 'GET / HTTP/1.1\r\nX-Slow: ', drip: 'a'.repeat(100) },
  {
    name: 'WebSocket, half an upgrade',
    port: 'httpPort',
    first: `${REQUEST}Connection: Upgrade\r\nUpgrade: websocket\r\n`,
  },
];

/** Connections that never come to anything. */
class Flood {
  /** ms for which each kind lasted, the longest of them. */
  readonly lasted: Record<string, number> = {};
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
      for (const kind of kinds) this.#connect(server, kind);
      await new Promise((resolve) => setImmediate(resolve));
    }
  }

  get open(): number {
    return this.#open.size;
  }

  #connect(server: WatchedServer, { name, port, first, drip }: Kind): void {
    const socket = connect({ port: server[port], host: '127.0.0.1' });
    this.#open.add(socket);
    if (first) socket.write(first);
    let at = 0;
    const timer = drip && setInterval(() => socket.write(drip.slice(at, ++at)), 1000);
    let begun = Infinity;
    socket.on('connect', () => (begun = performance.now()));
    socket.on('error', () => {});
    socket.resume();
    socket.on('close', () => {
      clearInterval(timer || undefined);
      this.#open.delete(socket);
      this.lasted[name] = Math.round(Math.max(this.lasted[name] ?? 0, performance.now() - begun));
    });
  }
}

describe('R-24 connections that never come to anything', () => {
  const name = 'R-24 are all cut in time, cost little, and disturb neither who is live nor who goes live';
  testWith(['ffmpeg'], name, { timeout: 90_000 }, async () => {
    const server = await WatchedServer.start();
    const control = await Control.beside(server);
    const before = await server.health();
    const flood = new Flood(server);
    const count = kinds.length * EACH;
    await until('all of them are connected', () => server.descriptors >= before.descriptors + count);
    const during = await server.health();
    expect(during.descriptors).toBeGreaterThanOrEqual(before.descriptors + count);
    const memory = (during.rss - before.rss) / count;

    const begun = performance.now();
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
    const live = performance.now() - begun;
    await honest.leave();

    await until('all of them are cut', () => flood.open === 0, 30_000);
    expect(live, 'ms until somebody honest is live').toBeLessThan(HONEST);
    for (const { name } of kinds) expect(flood.lasted[name], `ms that “${name}” lasts`).toBeLessThan(GONE);
    expect(memory, 'bytes of memory for each').toBeLessThan(MEMORY);
    await until('their descriptors are given back', () => server.descriptors <= before.descriptors + 2);
    const gap = expectUnharmed(control);
    const numbers = `${(memory / 1024).toFixed(1)} KiB each, honest live after ${Math.round(live)} ms, gap ${gap} ms`;
    report('R-24', `${count} connections, ${numbers}, gone after ${JSON.stringify(flood.lasted)}`);
    await expectNoFault(server);
  });
});

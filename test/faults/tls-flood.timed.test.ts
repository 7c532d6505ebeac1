import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { describe, expect, onTestFinished } from 'vitest';
import { testWith } from '../programs.ts';
import { until } from '../servers.ts';
import { Control, expectUnharmed } from './control.ts';
import { report, sized } from './report.ts';
import { Stopwatch } from './stopwatch.ts';
import { expectNoFault, WatchedServer } from './watched-server.ts';

/** Connections of each kind. */
const EACH = sized(100, 1250);
/** From how many addresses they come, so that limits for one address are not what ends them. */
const ADDRESSES = 50;
/** Memory that one may cost, in bytes. */
const MEMORY = 20 * 1024;
/** When each of them is gone. ms */
const GONE = 12_000;
/** From one byte to the next of those that drip. ms */
const DRIP = 5000;
/** When somebody honest has shaken hands meanwhile. ms */
const HONEST = 2000;

/** What a client of TLS says first. */
async function clientHello(): Promise<Buffer> {
  const listener = createServer().listen(0, '127.0.0.1');
  await once(listener, 'listening');
  const client = connectTls((listener.address() as AddressInfo).port, '127.0.0.1').on('error', () => {});
  const [socket] = (await once(listener, 'connection')) as [Socket];
  const [bytes] = (await once(socket, 'data')) as [Buffer];
  socket.destroy();
  client.destroy();
  listener.close();
  return bytes;
}

/** What is sent of a hello: at once, and byte after byte. */
interface Kind {
  name: string;
  first: Buffer;
  rest?: Buffer;
}

/** Connections whose handshake never comes to its end. */
class Flood {
  /** ms for which each kind lasted, the longest of them. */
  readonly lasted: Record<string, number> = {};
  connected = 0;
  readonly #open = new Set<Socket>();
  readonly #pid: number;

  constructor(pid: number) {
    this.#pid = pid;
    onTestFinished(() => {
      for (const socket of this.#open) socket.destroy();
    });
  }

  get open(): number {
    return this.#open.size;
  }

  add({ name, first, rest }: Kind, from: { port: number; localAddress: string }): void {
    const socket = connect({ ...from, host: '127.0.0.1' });
    this.#open.add(socket);
    if (first.length > 0) socket.write(first);
    let at = first.length;
    const timer = rest && setInterval(() => socket.write(rest.subarray(at, ++at)), DRIP);
    let stopwatch: Stopwatch | undefined;
    socket.on('connect', () => {
      stopwatch = new Stopwatch(this.#pid);
      this.connected++;
    });
    socket.on('error', () => {});
    socket.resume();
    socket.on('close', () => {
      clearInterval(timer);
      this.#open.delete(socket);
      this.lasted[name] = Math.max(this.lasted[name] ?? 0, stopwatch?.ms ?? 0);
    });
  }
}

describe('R-24 handshakes of TLS that never come to an end', () => {
  const name = 'R-24 are all cut in time, cost little, and disturb neither who is live nor who comes';
  testWith(['ffmpeg'], name, { timeout: sized(90_000, 180_000) }, async () => {
    const server = await WatchedServer.startSecure();
    const { https, rtmps } = server.secure;
    const control = await Control.beside(server, { also: ['h2-mp4', 'hls'] });
    const hello = await clientHello();
    const kinds: Kind[] = [
      { name: 'silent', first: Buffer.alloc(0) },
      { name: 'half a hello', first: hello.subarray(0, 100) },
      { name: 'a hello', first: hello },
      { name: 'a byte in five seconds', first: hello.subarray(0, 1), rest: hello },
    ];
    const before = await server.health();
    const flood = new Flood(server.process.pid);
    for (let i = 0; i < EACH; i++) {
      for (const kind of kinds) {
        const localAddress = `127.0.1.${1 + (i % ADDRESSES)}`;
        flood.add({ ...kind, name: `https, ${kind.name}` }, { port: https, localAddress });
        flood.add({ ...kind, name: `rtmps, ${kind.name}` }, { port: rtmps, localAddress });
      }
      await new Promise((resolve) => setImmediate(resolve));
    }
    const count = kinds.length * 2 * EACH;
    await until('all of them were connected', () => flood.connected === count, 60_000);
    const during = await server.health();
    const memory = (during.rss - before.rss) / count;

    const stopwatch = new Stopwatch(server.process.pid);
    for (const port of [https, rtmps]) {
      const honest = connectTls({ port, host: '127.0.0.1', rejectUnauthorized: false });
      await once(honest, 'secureConnect');
      honest.destroy();
    }
    const shaken = stopwatch.ms;

    await until('all of them are cut', () => flood.open === 0, 60_000);
    expect(shaken, 'ms until somebody honest has shaken hands on both ports').toBeLessThan(HONEST);
    for (const [what, ms] of Object.entries(flood.lasted)) expect(ms, `ms that “${what}” lasts`).toBeLessThan(GONE);
    expect(memory, 'bytes of memory for each').toBeLessThan(MEMORY);
    await until('their descriptors are given back', () => server.descriptors <= before.descriptors + 2);
    const gap = expectUnharmed(control);
    const numbers = `${(memory / 1024).toFixed(1)} KiB each, honest after ${shaken} ms, gap ${gap} ms`;
    report('R-24 TLS', `${count} connections, ${numbers}, gone after ${JSON.stringify(flood.lasted)}`);
    await expectNoFault(server);
  });
});

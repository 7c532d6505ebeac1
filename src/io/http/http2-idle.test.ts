import { once } from 'node:events';
import { type ClientHttp2Session, connect as connectHttp2, type ServerHttp2Session } from 'node:http2';
import { type AddressInfo, createServer } from 'node:net';
import { expect, onTestFinished, test, vi } from 'vitest';
import { until } from '../../../test/servers.ts';
import { VirtualScheduler } from '../../../test/virtual-scheduler.ts';
import { type HttpResponse, writeHead } from '../exchange.ts';
import { Http2, type Http2Carrier } from './http2.ts';

/** What is asked for; `/watch` has no end. */
const [SOON, NEVER, WATCH] = ['/', '/never', '/watch'] as const;
/** ms that nothing may move on a connection. */
const IDLE = 60_000;
/** So many times faster is the clock by which connections are idle. */
const FASTER = 60;

/** A server that speaks HTTP/2 to all who come, and one who came. */
class Stage {
  client!: ClientHttp2Session;
  /** How long a connection may be idle, ms. */
  idle: number | undefined;
  #session: ServerHttp2Session | undefined;
  /** Endless answers under way. */
  readonly watched: HttpResponse[] = [];
  freed = 0;

  static async open(): Promise<Stage> {
    const stage = new Stage();
    const { createServer: create } = process.getBuiltinModule('node:http2');
    const spy = vi.spyOn(process.getBuiltinModule('node:http2'), 'createServer');
    spy.mockImplementation((...options: unknown[]) => {
      const server = (create as (...all: unknown[]) => ReturnType<typeof create>)(...options);
      server.on('session', (session) => stage.#hasten(session));
      return server;
    });
    const http2 = new Http2({
      scheduler: new VirtualScheduler(),
      maxHeaderBytes: 16_384,
      bodyTimeMs: 30_000,
      receive: (request, response, carrier) => stage.#receive(request.url ?? '', response, carrier),
    });
    spy.mockRestore();
    const server = createServer((socket) => http2.take(socket, () => stage.freed++));
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    onTestFinished(() => void server.close());
    const client = connectHttp2(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
    client.on('error', () => {});
    onTestFinished(() => client.destroy());
    stage.client = client;
    await once(client, 'remoteSettings');
    return stage;
  }

  /** Asks, and waits for the head of the answer where one comes. */
  async ask(path: string): Promise<void> {
    const stream = this.client.request({ ':path': path });
    stream.on('error', () => {});
    if (path !== NEVER) await once(stream, 'response');
    stream.resume();
    if (path === SOON) await once(stream, 'close');
  }

  /** Resolves with the answer. */
  ping(): Promise<void> {
    return new Promise((resolve, reject) => {
      if (this.client.destroyed) reject(new Error('It is closed.'));
      else this.client.ping((error) => (error ? reject(error) : resolve()));
    });
  }

  /** The time is over in which nothing moved. True when the connection is kept. */
  async expire(): Promise<boolean> {
    this.#session?.emit('timeout');
    return this.ping().then(
      () => true,
      () => false,
    );
  }

  #hasten(session: ServerHttp2Session): void {
    this.#session = session;
    const set = session.setTimeout.bind(session);
    session.setTimeout = (ms, expired) => {
      this.idle ??= ms;
      return set(ms / FASTER, expired);
    };
  }

  #receive(path: string, response: HttpResponse, carrier: Http2Carrier): void {
    if (path === NEVER) return;
    if (path === WATCH) {
      carrier.take(response);
      this.watched.push(response);
      writeHead(response, 200, {});
      sendTo(response, new Uint8Array(1));
    } else response.end();
  }
}

function sendTo(response: { write(bytes: Uint8Array): unknown }, bytes: Uint8Array): void {
  response.write(bytes);
}

test('a connection that asks for nothing, or for nothing more, is closed after a minute', async () => {
  const stages = [await Stage.open(), await Stage.open()];
  await stages[1]!.ask(SOON);
  for (const stage of stages) {
    expect(stage.idle).toBe(IDLE);
    await until('it is closed', () => stage.client.destroyed);
  }
});

test('one that only pings is closed as well: that keeps nothing', async () => {
  const stage = await Stage.open();
  await until('it is closed', async () => {
    await stage.ping().catch(() => {});
    return stage.client.destroyed;
  });
  expect(stage.idle).toBe(IDLE);
});

test('one that watches something without an end is kept while nothing moves', async () => {
  const stage = await Stage.open();
  await stage.ask(WATCH);
  expect(await stage.expire()).toBe(true);
  expect(await stage.expire()).toBe(true);
});

test('one that watched is closed after a minute', async () => {
  const stage = await Stage.open();
  for (const _ of [1, 2]) await stage.ask(WATCH);
  for (const watched of stage.watched) watched.end();
  await until('nobody watches', () => stage.freed === 1);
  expect(await stage.expire()).toBe(false);
});

test('one that watched for longer than that is closed, too', async () => {
  const stage = await Stage.open();
  await stage.ask(WATCH);
  expect(await stage.expire()).toBe(true);
  stage.watched[0]!.end();
  await until('nobody watches', () => stage.freed === 1);
  expect(await stage.expire()).toBe(false);
});

test('one whose request is not answered for that long is closed with it: nothing that has an end waits so long', async () => {
  const stage = await Stage.open();
  await stage.ask(NEVER);
  await stage.ping();
  expect(await stage.expire()).toBe(false);
});

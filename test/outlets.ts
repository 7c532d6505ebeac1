import { once } from 'node:events';
import { connect as connectHttp2, createServer as createHttp2Server, type ServerHttp2Stream } from 'node:http2';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { connect as connectTls, createServer as createTlsServer, type TLSSocket } from 'node:tls';
import { onTestFinished } from 'vitest';
import { Http2Outlet } from '../src/io/http/http2-outlet.ts';
import type { Outlet } from '../src/io/outlet.ts';
import { SocketOutlet } from '../src/io/socket-outlet.ts';
import type { Scheduler } from '../src/live/scheduler.ts';

/** An outlet and who reads from it; both are gone after the test. */
export interface OpenOutlet {
  outlet: Outlet;
  /** The viewer's side. */
  viewer: Duplex;
  /** Bytes that our side holds because the system took no more. */
  held(): number;
  /** Our side is closed. */
  closed(): boolean;
}

export interface OutletKind {
  name: string;
  open(scheduler: Scheduler): Promise<OpenOutlet>;
}

/** Known to both sides, instead of a certificate. */
const SECRET = { psk: Buffer.alloc(16, 1), identity: 'viewer' };
const TLS = { ciphers: 'PSK', maxVersion: 'TLSv1.2' } as const;

/** A connection of their own. */
export const socketKinds: readonly OutletKind[] = [
  { name: 'a socket', open: openSocket },
  { name: 'a TLS socket', open: openTls },
];

export const outletKinds: readonly OutletKind[] = [
  ...socketKinds,
  { name: 'a stream of HTTP/2', open: async (scheduler) => (await openHttp2(scheduler)).first },
];

async function listening(server: Server): Promise<number> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => void server.close());
  return (server.address() as AddressInfo).port;
}

async function openSocket(scheduler: Scheduler): Promise<OpenOutlet> {
  const server = createServer({ noDelay: true });
  const viewer = connect(await listening(server), '127.0.0.1');
  const [socket] = (await once(server, 'connection')) as [Socket];
  return ofSocket(socket, viewer, scheduler);
}

async function openTls(scheduler: Scheduler): Promise<OpenOutlet> {
  const server = createTlsServer({ ...TLS, pskCallback: () => SECRET.psk });
  const port = await listening(server);
  const options = { ...TLS, pskCallback: () => SECRET, checkServerIdentity: () => undefined };
  const viewer = connectTls({ port, host: '127.0.0.1', ...options });
  const [socket] = (await once(server, 'secureConnection')) as [TLSSocket];
  return ofSocket(socket, viewer, scheduler);
}

function ofSocket(socket: Socket, viewer: Socket, scheduler: Scheduler): OpenOutlet {
  onTestFinished(() => {
    for (const each of [socket, viewer]) each.destroy();
  });
  const held = (): number => socket.writableLength;
  return { outlet: new SocketOutlet(socket, scheduler), viewer, held, closed: () => socket.destroyed };
}

/** A connection with one stream; `another` opens one more beside it. */
export async function openHttp2(
  scheduler: Scheduler,
): Promise<{ first: OpenOutlet; another(): Promise<OpenOutlet>; stop(): void }> {
  const server = createHttp2Server();
  const client = connectHttp2(`http://127.0.0.1:${await listening(server)}`);
  client.on('error', () => {});
  onTestFinished(() => client.destroy());
  const another = async (): Promise<OpenOutlet> => {
    const viewer = client.request({ ':path': '/' });
    const [stream] = (await once(server, 'stream')) as [ServerHttp2Stream];
    stream.on('error', () => {});
    stream.respond({ ':status': 200 });
    await once(viewer, 'response');
    const held = (): number => stream.writableLength;
    return { outlet: new Http2Outlet(stream, scheduler), viewer, held, closed: () => stream.destroyed };
  };
  return { first: await another(), another, stop: () => client.destroy() };
}

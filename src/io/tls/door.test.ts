import { EventEmitter, once } from 'node:events';
import { connect, Socket } from 'node:net';
import type { Server } from 'node:tls';
import { expect, onTestFinished, test } from 'vitest';
import { VirtualScheduler } from '../../../test/virtual-scheduler.ts';
import { silent } from '../../log.ts';
import { proxiesOf } from '../request.ts';
import { Seats } from '../seats.ts';
import { TlsDoor } from './door.ts';

/** The first bytes of a handshake, as much as says that it is one. */
const HELLO = Buffer.from([0x16, 3, 1, 0, 4, 1, 0, 0, 0]);

test('who leaves a handshake with an alert is in the log with its address, also where its socket knows it no more', async () => {
  const scheduler = new VirtualScheduler();
  const log = { ...silent, info: (fields: object, message?: string) => void lines.push([fields, message]) };
  const lines: unknown[] = [];
  // OpenSSL’s end of it: by the time that it tells of the alert the socket is closed.
  const handshakes = new EventEmitter();
  handshakes.on('connection', (socket: Socket) => {
    setImmediate(() => {
      const error = Object.assign(new Error(), { code: 'ERR_SSL_ALERT', reason: 'alert unknown ca' });
      handshakes.emit('tlsClientError', error, new Socket());
      socket.destroy();
    });
  });
  const door = new TlsDoor({
    ...{ protocol: 'https', speaks: [], log, scheduler, maxConnections: 10, pendingPerAddress: 0, handshakeMs: 1000 },
    tls: { server: () => handshakes as Server },
    proxies: proxiesOf([]),
    seats: new Seats({ files: Infinity, log, scheduler }),
    accept() {},
  });
  const { port } = await door.listen({ host: '127.0.0.1', port: 0 });
  onTestFinished(() => {
    door.drain();
    door.close();
  });
  const client = connect(port, '127.0.0.1');
  client.write(HELLO);
  await once(client.resume(), 'close');
  expect(lines).toEqual([
    [{ protocol: 'https', remote: '127.0.0.1', code: 'bad-request' }, 'The TLS handshake failed: alert unknown ca.'],
  ]);
});

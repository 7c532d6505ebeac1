import { connect, createServer } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { expect, test } from 'vitest';
import { readHello } from './hello.ts';

/** What a client of Node says first. */
async function clientHello(): Promise<Uint8Array> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const client = connectTls({ socket: connect(port, '127.0.0.1'), servername: 'a.example' }).on('error', () => {});
  const [socket] = (await once(server, 'connection')) as [NodeJS.ReadWriteStream & { destroy(): void }];
  const [bytes] = (await once(socket, 'data')) as [Uint8Array];
  socket.destroy();
  client.destroy();
  server.close();
  return bytes;
}

test('a hello is one when its first record is whole, wherever it was split', async () => {
  const hello = await clientHello();
  const length = 5 + hello[3]! * 256 + hello[4]!;
  for (let end = 0; end < length; end++) expect(readHello(hello.subarray(0, end)), String(end)).toBe('more');
  expect(readHello(hello.subarray(0, length))).toBe('tls');
  expect(readHello(new Uint8Array([...hello.subarray(0, length), 1, 2, 3]))).toBe('tls');
});

test.each([
  ['an HTTP request', new TextEncoder().encode('GET / HTTP/1.1\r\n')],
  ['the handshake of RTMP', Uint8Array.of(3, 0, 0, 0, 0)],
  ['an alert', Uint8Array.of(0x15, 3, 3, 0, 2)],
  ['another version of the record', Uint8Array.of(0x16, 2, 0, 0, 1)],
  ['an empty record', Uint8Array.of(0x16, 3, 1, 0, 0)],
  ['a record longer than any', Uint8Array.of(0x16, 3, 1, 0x40, 0x01)],
])('%s is none', (_name, bytes) => {
  expect(readHello(bytes)).toBe('other');
});

test('a client is not waited for longer than the largest record takes', () => {
  expect(readHello(Uint8Array.of(0x16, 3, 1, 0x40, 0x00))).toBe('more');
});

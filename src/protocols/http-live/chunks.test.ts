import { createServer, get } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, test } from 'vitest';
import { chunkOf, LAST_CHUNK } from './chunks.ts';

/** What an HTTP client of others makes of these bodies. */
async function received(parts: readonly Uint8Array[]): Promise<string> {
  const server = createServer((request) => {
    request.socket.write('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n');
    for (const part of parts) request.socket.write(chunkOf(part));
    request.socket.end(LAST_CHUNK);
  });
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  try {
    return await new Promise((resolve, reject) => {
      get({ port, host: '127.0.0.1' }, (response) => {
        let text = '';
        response.setEncoding('latin1').on('data', (more: string) => (text += more));
        response.on('end', () => (response.complete ? resolve(text) : reject(new Error('cut short'))));
      }).on('error', reject);
    });
  } finally {
    server.close();
  }
}

test('a body in chunks arrives whole', async () => {
  expect(await received([Buffer.from('one '), Buffer.from('two '), Buffer.alloc(70_000, 'x')])).toBe(
    `one two ${'x'.repeat(70_000)}`,
  );
});

test('a body without a byte arrives whole', async () => {
  expect(await received([])).toBe('');
});

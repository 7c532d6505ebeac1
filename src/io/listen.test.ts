import { createServer, type Server } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { ListenError, listen } from './listen.ts';

function server(): Server {
  const made = createServer();
  onTestFinished(() => void made.close());
  return made;
}

async function failure(host: string, port: number): Promise<ListenError> {
  const error: unknown = await listen(server(), { host, port }).catch((reason: unknown) => reason);
  expect(error).toBeInstanceOf(ListenError);
  return error as ListenError;
}

test('port 0 is any free one', async () => {
  expect((await listen(server(), { host: '127.0.0.1', port: 0 })).port).toBeGreaterThan(0);
});

test('a taken port is named', async () => {
  const { port } = await listen(server(), { host: '127.0.0.1', port: 0 });
  const { code, message, port: named } = await failure('127.0.0.1', port);
  expect([code, message, named]).toEqual(['port-taken', `Port ${port} is used by another program.`, port]);
});

test('an address that is not of this machine is named', async () => {
  // 192.0.2.0/24 is for documents only (RFC 5737).
  const { code, message } = await failure('192.0.2.1', 0);
  expect([code, message]).toEqual(['bad-config', '192.0.2.1 is not an address of this machine.']);
});

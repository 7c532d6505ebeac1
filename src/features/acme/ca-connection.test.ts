import { once } from 'node:events';
import type { RequestListener } from 'node:http';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { Authority } from '../../../test/acme-authority.ts';
import { VirtualScheduler } from '../../../test/virtual-scheduler.ts';
import { toRoomcastError } from '../../errors.ts';
import { SECOND } from '../../media/time.ts';
import { CaConnection } from './ca-connection.ts';

interface Stage {
  connection: CaConnection;
  scheduler: VirtualScheduler;
  url: string;
  stop: AbortController;
  /** What was said to the caller of one more request. */
  failure(): Promise<{ code: string; message: string }>;
}

/** A CA that answers as it is told, and a connection to it. */
async function stage(answer: RequestListener, { trust = true } = {}): Promise<Stage> {
  const authority = await Authority.create();
  if (trust) authority.trust();
  const server = createServer(await authority.identity(['127.0.0.1']), answer).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const scheduler = new VirtualScheduler();
  const stop = new AbortController();
  const connection = new CaConnection({ scheduler, signal: stop.signal });
  const url = `https://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  onTestFinished(async () => {
    connection.close();
    server.closeAllConnections();
    server.close();
    await once(server, 'close');
  });
  const failure = async (): Promise<{ code: string; message: string }> => {
    const error: unknown = await connection.request('GET', url).then(
      () => undefined,
      (reason: unknown) => reason,
    );
    const { code, message } = toRoomcastError(error);
    return { code, message };
  };
  return { connection, scheduler, url, stop, failure };
}

test('an answer has its status, headers and body', async () => {
  const { connection, url, scheduler } = await stage((request, response) => {
    response.writeHead(201, { 'Replay-Nonce': 'n' });
    request.pipe(response);
  });
  const { status, headers, body } = await connection.request('POST', url, '{"ü":1}');
  expect([status, headers['replay-nonce'], body]).toEqual([201, 'n', '{"ü":1}']);
  await expect.poll(() => scheduler.pending).toBe(0);
});

test('requests share a connection', async () => {
  const ports = new Set<number | undefined>();
  const { connection, url } = await stage(
    ({ socket }, response) => void (ports.add(socket.remotePort), response.end()),
  );
  for (let count = 0; count < 3; count++) await connection.request('GET', url);
  expect(ports.size).toBe(1);
});

test('a redirect is not followed', async () => {
  let asked = 0;
  const { connection, url } = await stage((_request, response) => {
    asked++;
    response.writeHead(302, { Location: '/elsewhere' }).end();
  });
  expect((await connection.request('GET', url)).status).toBe(302);
  expect(asked).toBe(1);
});

test.each<[string, RequestListener]>([
  ['says nothing', () => {}],
  ['stops in the middle', (_request, response) => void response.write('{')],
])('a CA that %s is given up after half a minute', async (_name, answer) => {
  let asked = false;
  const { failure, scheduler } = await stage((request, response) => {
    asked = true;
    answer(request, response);
  });
  const failed = failure();
  await expect.poll(() => asked).toBe(true);
  scheduler.advance(30 * SECOND);
  expect(await failed).toMatchObject({ code: 'time-out', message: expect.stringContaining('within 30 s') as string });
});

test('an answer without end is cut off', async () => {
  let sent = 0;
  const { failure } = await stage((_request, response) => {
    const more = (): void => {
      sent += 65_536;
      if (!response.destroyed) response.write(Buffer.alloc(65_536), () => setImmediate(more));
    };
    more();
  });
  expect(await failure()).toMatchObject({ message: expect.stringContaining('larger than 256 KiB') as string });
  expect(sent).toBeLessThan(64 * 1024 * 1024);
});

test('headers without end are cut off', async () => {
  const { failure } = await stage((_request, response) => {
    response.writeHead(200, { 'X-Long': 'x'.repeat(20_000) }).end();
  });
  expect(await failure()).toMatchObject({ message: expect.stringContaining('HPE_HEADER_OVERFLOW') as string });
});

test('a CA that nobody vouches for is refused, with what to do', async () => {
  const { failure } = await stage((_request, response) => void response.end(), { trust: false });
  expect(await failure()).toMatchObject({ message: expect.stringContaining('NODE_EXTRA_CA_CERTS') as string });
});

test('a CA that is not there is said to be so', async () => {
  const connection = new CaConnection({ scheduler: new VirtualScheduler(), signal: new AbortController().signal });
  await expect(connection.request('GET', 'https://127.0.0.1:1/')).rejects.toThrow(
    '127.0.0.1:1 cannot be reached (ECONNREFUSED)',
  );
});

test('who stops waits for no answer', async () => {
  const { connection, url, stop } = await stage(() => {});
  const asked = connection.request('GET', url);
  stop.abort();
  await expect(asked).rejects.toMatchObject({ name: 'AbortError' });
});

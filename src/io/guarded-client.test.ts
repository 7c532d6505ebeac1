import { createServer, type Server } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { setImmediate } from 'node:timers/promises';
import { generate } from 'selfsigned';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { VirtualScheduler } from '../../test/virtual-scheduler.ts';
import { SECOND } from '../media/time.ts';
import { GuardedClient, type GuardedClientOptions } from './guarded-client.ts';
import { isPublicAddress } from './public-address.ts';
import { systemScheduler } from './scheduler.ts';

let server: Server;
let port: number;
let connections = 0;
let requests: string[] = [];
/** The addresses of this machine that were connected to. */
let reached: (string | undefined)[] = [];
const handlers: Record<string, (path: string) => { status: number; headers?: Record<string, string>; body?: string }> =
  {};

beforeAll(async () => {
  // On all addresses of this machine, so that whatever leads to it is seen.
  server = createServer((request, response) => {
    requests.push(`${request.method} ${request.headers.host} ${request.url}`);
    const make = handlers[request.url!.split('?')[0]!];
    if (!make) return;
    const { status, headers, body } = make(request.url!);
    response.writeHead(status, headers).end(body);
  });
  server.on('connection', ({ localAddress }) => {
    connections++;
    reached.push(localAddress);
  });
  await new Promise<void>((resolve) => server.listen(0, '::', resolve));
  ({ port } = server.address() as AddressInfo);
  handlers['/ok'] = () => ({ status: 200, body: 'yes' });
  handlers['/away'] = () => ({ status: 302, headers: { Location: `http://127.0.0.1:${port}/ok` } });
  handlers['/huge'] = () => ({ status: 200, body: 'x'.repeat(70_000) });
});
afterEach(() => {
  connections = 0;
  requests = [];
  reached = [];
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});

const client = (options: Partial<GuardedClientOptions> = {}): GuardedClient =>
  new GuardedClient({ scheduler: systemScheduler(), allow: [], time: 5 * SECOND, maxAnswer: 65_536, ...options });

const get = (url: string, options?: Partial<GuardedClientOptions>): Promise<string> =>
  client(options)
    .request({ method: 'GET', url })
    .then(
      ({ status, body }) => `${status} ${body.toString()}`,
      (error: { code: string }) => error.code,
    );

/** Ways to write addresses of this machine, of its networks, and of what leads there. */
const HOSTS = [
  ...['127.0.0.1', '127.1', '127.0.1', '127.255.255.254', '2130706433', '017700000001', '0x7f000001', '0x7f.1'],
  ...['0177.0.0.1', '0x7F.0x0.0x0.0x1', '127.0.0.1.', '１２７.0.0.1', '127。0。0。1', '%31%32%37.0.0.1', '①②⑦.0.0.1'],
  ...['localhost', 'localhost.', 'LOCALHOST', 'Localhost.', 'a.localhost', 'a.localhost.'],
  ...['0.0.0.0', '0', '0.1.2.3', '00.0.0.0', '0x0'],
  ...['10.0.0.1', '10.255.255.255', '172.16.0.1', '172.31.255.255', '192.168.0.1', '192.168.255.255', '3232235777'],
  ...['100.64.0.1', '100.127.255.255', '169.254.169.254', '2852039166', '0xa9fea9fe', '169.254.0.1'],
  ...['192.0.0.1', '192.0.2.1', '192.88.99.1', '198.18.0.1', '198.19.255.255', '198.51.100.1', '203.0.113.1'],
  ...['224.0.0.1', '239.255.255.255', '240.0.0.1', '255.255.255.255'],
  ...['[::]', '[::1]', '[0:0:0:0:0:0:0:1]', '[0000::0001]', '[::127.0.0.1]', '[::7f00:1]'],
  ...['[::ffff:127.0.0.1]', '[::ffff:7f00:1]', '[0:0:0:0:0:ffff:127.0.0.1]', '[::ffff:a9fe:a9fe]', '[::ffff:10.0.0.1]'],
  ...['[::ffff:0:127.0.0.1]', '[64:ff9b::127.0.0.1]', '[64:ff9b::a9fe:a9fe]', '[64:ff9b:1::7f00:1]'],
  ...['[2002:7f00:1::]', '[2002:a9fe:a9fe::1]', '[2001:0:7f00:1::]', '[2001:db8::1]', '[2001:10::1]', '[2001:2::1]'],
  ...['[fe80::1]', '[febf::1]', '[fec0::1]', '[fc00::1]', '[fd00:ec2::254]', '[fdff::1]', '[ff02::1]', '[ff0e::1]'],
  ...['[100::1]', '[3fff::1]', '[5f00::1]', '[4000::1]', '[::2]'],
];
/** Addresses that are none for us, whatever their host is. */
const FORMS = [
  ...['ftp://example.org/', 'file:///etc/passwd', 'gopher://example.org/', 'rtmp://example.org/live', 'data:,x'],
  ...['http://127.0.0.1@example.org/', 'http://user:word@example.org/', 'https://:word@example.org/', 'nonsense', ''],
  ...[
    'javascript:1',
    'ws://example.org/',
    'blob:http://example.org/1',
    'unix:/run/x.sock',
    `http://a.org/${'x'.repeat(3000)}`,
  ],
];
const PORTS = [1, 22, 23, 25, 53, 110, 143, 389, 445, 587, 1023, 3306, 4222, 5432, 6379, 6667, 9200, 11_211, 27_017];

describe('what is not of the internet is never connected to:', () => {
  test.each(HOSTS)('%s', async (host) => {
    expect(await get(`http://${host}:${port}/ok`)).toBe('outgoing-refused');
    expect(connections).toBe(0);
  });

  test.each(FORMS)('the address %s', async (url) => {
    expect(await get(url)).toBe('outgoing-refused');
  });

  test.each(PORTS)('port %i', async (closed) => {
    const asked: string[] = [];
    const resolve = async (name: string): Promise<string[]> => [asked.push(name) ? '93.184.215.14' : ''];
    expect(await get(`http://example.org:${closed}/`, { resolve })).toBe('outgoing-refused');
    expect(await get(`http://93.184.215.14:${closed}/`, { resolve })).toBe('outgoing-refused');
    expect(asked).toEqual([]);
  });

  test.each([
    ['127.0.0.1'],
    ['::1'],
    ['::ffff:127.0.0.1'],
    ['10.0.0.1', '93.184.215.14'],
    ['93.184.215.14', 'fd00::1'],
    ['fe80::1%lo'],
    ['not an address'],
  ])('a name of %s', async (...addresses) => {
    expect(await get(`http://rebind.example:${port}/ok`, { resolve: async () => addresses })).toBe('outgoing-refused');
    expect(connections).toBe(0);
  });
});

test('a name is asked for once, and what it means later is not connected to', async () => {
  let asked = 0;
  const resolve = async (): Promise<string[]> => [++asked === 1 ? '::1' : '127.0.0.1'];
  expect(await get(`http://rebind.example:${port}/ok`, { resolve, allow: ['::1'] })).toBe('200 yes');
  expect([asked, connections, ...reached]).toEqual([1, 1, '::1']);
});

test('addresses of the internet are allowed', () => {
  for (const address of [
    '1.1.1.1',
    '93.184.215.14',
    '172.32.0.1',
    '100.128.0.1',
    '2606:4700::1111',
    '2a00:1450:4001::1',
  ])
    expect(isPublicAddress(address), address).toBe(true);
});

describe('what its operator allows', () => {
  test.each([
    ['a network', ['127.0.0.0/8'], '127.0.0.1'],
    ['an address', ['127.0.0.1'], '127.0.0.1'],
    ['an address of IPv6', ['::1'], '[::1]'],
    ['an address with its port', ['127.0.0.1:PORT'], '127.0.0.1'],
    ['an address of IPv6 with its port', ['[::1]:PORT'], '[::1]'],
    ['a name with its port', ['Hooks.Example:PORT'], 'hooks.example'],
    ['a name of this machine', ['localhost:PORT'], 'localhost'],
    ['the address of a name with its port', ['127.0.0.1:PORT'], 'hooks.example'],
  ])('is reached: %s', async (_what, allow, host) => {
    const options = {
      allow: allow.map((item) => item.replace('PORT', String(port))),
      ...(host === 'localhost' ? {} : { resolve: async () => ['127.0.0.1'] }),
    };
    expect(await get(`http://${host}:${port}/ok`, options)).toBe('200 yes');
    expect(requests).toEqual([`GET ${host}:${port} /ok`]);
  });

  test.each([
    ['another port', ['127.0.0.1:1'], '127.0.0.1'],
    ['another name', ['hooks.example:PORT'], 'other.example'],
    ['another address', ['127.0.0.2', '10.0.0.0/8'], '127.0.0.1'],
  ])('is nothing else: %s', async (_what, allow, host) => {
    const options = {
      allow: allow.map((item) => item.replace('PORT', String(port))),
      resolve: async () => ['127.0.0.1'],
    };
    expect(await get(`http://${host}:${port}/ok`, options)).toBe('outgoing-refused');
    expect(connections).toBe(0);
  });

  test('opens a port only where the port is said', async () => {
    const resolve = async (): Promise<string[]> => ['127.0.0.1'];
    expect(await get('http://mail.example:25/', { resolve, allow: ['127.0.0.0/8'] })).toBe('outgoing-refused');
    expect(await get('http://mail.example:25/', { resolve, allow: ['mail.example:25'] })).toBe('no-answer');
  });
});

describe('another server', () => {
  const allow = ['127.0.0.0/8'];

  test('sends nobody elsewhere', async () => {
    expect(await get(`http://127.0.0.1:${port}/away`, { allow })).toBe('302 ');
    expect(requests).toHaveLength(1);
  });

  test('that says too much is left', async () => {
    expect(await get(`http://127.0.0.1:${port}/huge`, { allow })).toBe('too-large');
  });

  test('that hangs is left in time', async () => {
    const scheduler = new VirtualScheduler();
    const answer = get(`http://127.0.0.1:${port}/hangs`, { allow, scheduler });
    while (requests.length === 0) await setImmediate();
    scheduler.advance(5 * SECOND - 1);
    await setImmediate();
    expect(scheduler.pending).toBe(1);
    scheduler.advance(1);
    expect(await answer).toBe('time-out');
    expect(scheduler.pending).toBe(0);
  });

  test('whose name nobody answers for is left in time', async () => {
    const scheduler = new VirtualScheduler();
    const answer = get('http://slow.example/', { scheduler, resolve: () => new Promise(() => {}) });
    scheduler.advance(5 * SECOND);
    expect(await answer).toBe('time-out');
  });

  test('has to show a certificate for its name from somebody who is believed', async () => {
    const { private: key, cert } = await generate([{ name: 'commonName', value: 'hooks.example' }], {
      extensions: [{ name: 'subjectAltName', altNames: [{ type: 2, value: 'hooks.example' }] }],
    });
    const secure = createTlsServer({ key, cert }, (_request, response) => response.end('safe'));
    await new Promise<void>((resolve) => secure.listen(0, '127.0.0.1', resolve));
    const at = (secure.address() as AddressInfo).port;
    const options = { allow, resolve: async () => ['127.0.0.1'] };
    expect(await get(`https://hooks.example:${at}/`, { ...options, ca: cert })).toBe('200 safe');
    expect(await get(`https://hooks.example.:${at}/`, { ...options, ca: cert })).toBe('200 safe');
    expect(await get(`https://hooks.example:${at}/`, options)).toBe('no-answer');
    expect(await get(`https://other.example:${at}/`, { ...options, ca: cert })).toBe('no-answer');
    expect(await get(`https://127.0.0.1:${at}/`, { ...options, ca: cert })).toBe('no-answer');
    secure.close();
  });
});

import { once } from 'node:events';
import { connect } from 'node:net';
import { Duplex } from 'node:stream';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { VirtualScheduler } from '../../test/virtual-scheduler.ts';
import { type Logger, silent } from '../log.ts';
import { SECOND } from '../media/time.ts';
import { Http } from './http.ts';
import { proxiesOf } from './request.ts';
import { Seats } from './seats.ts';

let http: Http;
let scheduler: VirtualScheduler;
let warnings: object[];

beforeEach(async () => {
  scheduler = new VirtualScheduler();
  warnings = [];
  const log: Logger = { ...silent, warn: (fields) => void warnings.push(fields) };
  http = new Http({
    address: { host: '127.0.0.1', port: 0 },
    log,
    scheduler,
    proxies: proxiesOf(['10.0.0.0/8']),
    seats: new Seats({ files: Infinity, log, scheduler }),
    ownOrigins: [],
    maxConnections: 100,
    pendingPerAddress: 2,
    callsPerAddress: 3,
    maxHeaderBytes: 16_384,
    maxBodyBytes: 1000,
    maxBodyDepth: 4,
    headerTimeMs: 10_000,
    bodyTimeMs: 10_000,
    handshakeMs: 10_000,
    redirect: false,
  });
  http.identifyBy(({ bearer }) => (bearer === 'good' ? { id: 'server', kind: 'server', admin: true } : undefined));
  const handle = (): object => ({ fine: true });
  http.route({ method: 'GET', url: '/api/v1/things', access: 'anyone', summary: 'Things.', handle });
  http.route({ method: 'POST', url: '/api/v1/things', access: 'owner', summary: 'A new thing.', handle });
  http.route({ method: 'GET', url: '/page', access: 'anyone', summary: 'A page.', handle });
  http.route({
    method: 'GET',
    url: '/broken',
    access: 'anyone',
    summary: 'A fault.',
    handle: () => {
      throw new TypeError('the secret is 1234');
    },
  });
  await http.app.ready();
});
afterEach(() => http.close(Promise.resolve()));

/** A connection from an address, without a network. */
class Visitor extends Duplex {
  readonly remoteAddress: string;
  readonly remotePort = 1;
  answer = '';

  constructor(address: string) {
    super();
    this.remoteAddress = address;
    http.server.emit('connection', this as never);
  }

  override _read(): void {}

  override _write(chunk: Buffer, _encoding: string, done: () => void): void {
    this.answer += chunk.toString();
    done();
  }

  setTimeout(): this {
    return this;
  }

  setNoDelay(): this {
    return this;
  }

  /** Sends a request and gives the status of the answer. */
  async ask(path: string, headers = ''): Promise<number> {
    this.answer = '';
    this.push(`GET ${path} HTTP/1.1\r\nHost: a\r\n${headers}\r\n`);
    while (!this.answer.includes('\r\n\r\n')) await new Promise((resolve) => setImmediate(resolve));
    return Number(this.answer.split(' ')[1]);
  }
}

describe('connections of one address that ask for nothing', () => {
  test('are cut when they are too many, until one of them asks', async () => {
    const [first, second, third] = [
      new Visitor('192.0.2.1'),
      new Visitor('::ffff:192.0.2.1'),
      new Visitor('192.0.2.1'),
    ];
    expect([first.destroyed, second.destroyed, third.destroyed]).toEqual([false, false, true]);
    expect(new Visitor('192.0.2.2').destroyed).toBe(false);
    expect(await first.ask('/page')).toBe(200);
    expect([new Visitor('192.0.2.1').destroyed, new Visitor('192.0.2.1').destroyed]).toEqual([false, true]);
  });

  test('count as one address within an IPv6 network, and not at all from this machine and from proxies', () => {
    const six = ['2001:db8::1', '2001:db8::2', '2001:db8::3'].map((address) => new Visitor(address).destroyed);
    expect(six).toEqual([false, false, true]);
    for (const address of ['127.0.0.1', '::1', '::ffff:127.0.0.1', '10.1.2.3']) {
      expect(Array.from({ length: 5 }, () => new Visitor(address).destroyed)).not.toContain(true);
    }
  });
});

describe('connections that are turned away are logged', () => {
  const line = (connections: number): object => ({ protocol: 'http', code: 'busy', connections });

  test('where one address has too many that ask for nothing', () => {
    for (let i = 0; i < 7; i++) void new Visitor('192.0.2.1');
    expect(warnings).toEqual([]);
    scheduler.advance(SECOND);
    expect(warnings).toEqual([line(5)]);
  });

  test('where the listener has too many', async () => {
    http.server.maxConnections = 2;
    const { port } = await http.listen();
    const peers = Array.from({ length: 5 }, () => connect({ port, host: '127.0.0.1' }).on('error', () => {}));
    await Promise.all(peers.slice(2).map((peer) => once(peer.resume(), 'close')));
    scheduler.advance(SECOND);
    expect(warnings).toEqual([line(3)]);
    for (const peer of peers) peer.destroy();
  });
});

describe('calls of one address', () => {
  test('are limited for the API alone, and by what a configured proxy says', async () => {
    const stranger = new Visitor('192.0.2.1');
    const codes = [];
    for (let i = 0; i < 5; i++) codes.push(await stranger.ask('/api/v1/things', 'X-Forwarded-For: 192.0.2.9\r\n'));
    expect(codes).toEqual([200, 200, 200, 429, 429]);
    expect(stranger.answer.toLowerCase()).toContain('retry-after: ');
    expect(await stranger.ask('/page')).toBe(200);
    const proxy = new Visitor('10.0.0.1');
    expect(await proxy.ask('/api/v1/things', 'X-Forwarded-For: 192.0.2.1\r\n')).toBe(429);
    expect(await proxy.ask('/api/v1/things', 'X-Forwarded-For: 192.0.2.2\r\n')).toBe(200);
  });
});

test('a fault of the server says nothing of itself', async () => {
  const answer = await http.app.inject('/broken');
  expect([answer.statusCode, answer.json()]).toEqual([
    500,
    { error: { code: 'internal', message: 'A fault of the server itself; the log has the details.' } },
  ]);
});

test.each([
  ['PUT', '/api/v1/things', 'GET, HEAD, POST'],
  ['TRACE', '/page', 'GET, HEAD'],
  ['DELETE', '/api/v1/things', 'GET, HEAD, POST'],
])('%s is answered at %s with what there is', async (method, url, allow) => {
  const answer = await http.app.inject({ method: method as 'PUT', url });
  expect([answer.statusCode, answer.headers['allow'], answer.json().error.code]).toEqual([405, allow, 'bad-request']);
});

test('a change without an Origin is told to bring a token, one from a page of another site is not', async () => {
  const text = async (headers: Record<string, string>): Promise<string> => {
    const answer = await http.app.inject({ method: 'POST', url: '/api/v1/things', headers });
    expect([answer.statusCode, answer.json().error.code]).toEqual([403, 'bad-origin']);
    return answer.json().error.message;
  };
  expect(await text({})).toMatch(/bearer token/);
  for (const headers of [{ origin: 'https://evil.example' }, { origin: 'null' }, { 'sec-fetch-site': 'cross-site' }])
    expect(await text(headers)).toBe('The request came from a page of another site.');
});

test('who may is asked before what is said', async () => {
  const post = async (token: string, payload: string): Promise<number> => {
    const answer = await http.app.inject({
      method: 'POST',
      url: '/api/v1/things',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      payload,
    });
    return answer.statusCode;
  };
  expect([await post('bad', '{'), await post('good', '{'), await post('good', '{}')]).toEqual([401, 400, 200]);
});

import type { IncomingMessage } from 'node:http';
import { isIP } from 'node:net';
import { RoomcastError } from '../../../src/errors.ts';
import { cookieOf } from '../../../src/features/accounts/cookie.ts';
import { asksForSocket, checkHandshake } from '../../../src/io/http/handshake.ts';
import { nestsDeeper } from '../../../src/io/http/json-body.ts';
import {
  bearerOf,
  hostOf,
  isOwnOrigin,
  isSameSite,
  isSecure,
  isTrustworthy,
  networkOf,
  pathnameOf,
  proxiesOf,
  queryOf,
  remoteOf,
} from '../../../src/io/request.ts';
import { checkPath, isPath } from '../../../src/live/path.ts';
import type { FuzzTarget } from '../target.ts';

/** Node gives no more of a request’s head than this. */
const MAX_HEAD = 16_384;

const proxies = proxiesOf(['192.0.2.0/24', '2001:db8::/32']);
const ours = { origins: ['https://live.example.org'], proxies };

const targets = [
  '/live/lobby.flv',
  '//live//lobby.flv',
  '/live/%2e%2e/%2e%2e/etc/passwd.flv',
  '/live%2flobby.flv',
  '/live/lobby%00.flv',
  '/live/..%5c..%5csecret.flv',
  '/live/%c0%ae%c0%ae/x.flv',
  '/live/%ed%a0%80.flv',
  '/live/%',
  'http://host/live/lobby.flv?key=a',
  'https://host',
  '*',
  'host:443',
  '/lobby?key=1&key=2&%6bey=3&__proto__=x#owner=y',
  `/${'a/'.repeat(200)}`,
];
const heads = [
  'host: 127.0.0.1:8080\norigin: http://127.0.0.1:8080\ncookie: roomcast=abc; __Host-roomcast=def',
  'host: live.example.org\norigin: null\nsec-fetch-site: cross-site',
  'host: a\norigin: http://a@b:1\nauthorization: Bearer rt_abc\nx-forwarded-for: 1.2.3.4, ::1, 192.0.2.9',
  'host: [::1]:8080\nx-forwarded-host: evil\nx-forwarded-proto: https\nuser-agent: OBS',
  'upgrade: websocket\nconnection: Upgrade\nsec-websocket-version: 13\nsec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==',
  `range: bytes=${Array.from({ length: 1000 }, (_, i) => `${i}-`).join()}\nrange: bytes=-0`,
  '{"a":[[[[{"b":"[[["}]]]]}',
];

/** All that is read of a request before it is known who sends it. First line: the target; then headers; then a body. */
export const target: FuzzTarget = {
  id: 'F-19',
  title: 'HTTP target, headers and credentials',
  seeds: [
    ...targets.map((line) => Buffer.from(`${line}\n${heads[0]}`)),
    ...heads.map((head) => Buffer.from(`/live/lobby.flv\n${head}`)),
  ],
  run(bytes) {
    const request = requestOf(Buffer.from(bytes.subarray(0, MAX_HEAD)).toString('latin1'));
    checkTarget(request);
    checkOrigin(request);
    checkRemote(request);
    checkProof(request);
    asksForSocket(request);
    checkHandshake(request);
    nestsDeeper(Buffer.from(bytes).toString('utf8'), 32);
  },
};

function requestOf(text: string): IncomingMessage {
  const [url = '', ...lines] = text.split('\n');
  const headers: Record<string, string> = Object.create(null) as Record<string, string>;
  for (const line of lines) {
    const colon = line.indexOf(':');
    if (colon > 0) headers[line.slice(0, colon).toLowerCase()] = line.slice(colon + 1).trim();
  }
  const socket = { remoteAddress: '192.0.2.1', remotePort: 1 };
  return { method: 'GET', url, headers, socket } as unknown as IncomingMessage;
}

function checkTarget(request: IncomingMessage): void {
  const pathname = pathnameOf(request);
  expect(pathname === undefined || pathname.startsWith('/'), 'A path begins with a slash.');
  const path = pathname === undefined ? undefined : /^\/(.+)\.flv$/.exec(pathname)?.[1];
  if (path !== undefined) {
    expect(isPath(path) === !refuses(() => checkPath(path)), 'The two ways to check a path agree.');
    if (isPath(path)) expect(/^[\w/-]+$/.test(path) && !path.includes('//'), 'A path is of plain characters.');
  }
  for (const name of ['key', '__proto__', 'constructor']) {
    const value = queryOf(request, name);
    expect(value === undefined || typeof value === 'string', 'A query gives text.');
  }
}

function checkOrigin(request: IncomingMessage): void {
  const { origin } = request.headers;
  const own = isOwnOrigin(request, ours, true);
  if (own) {
    expect(origin !== undefined && origin !== 'null', 'Only an Origin that is there can be our own.');
    const listed = ours.origins.includes(origin!);
    expect(
      listed || URL.parse(origin!)?.hostname === URL.parse(`http://${hostOf(request, proxies)}`)?.hostname,
      'Our own host.',
    );
  }
  expect(!own || isOwnOrigin(request, ours, false), 'What is strictly our own is our own.');
  expect(isSameSite(request, ours) || origin === undefined || !own, 'A page of ours may change something.');
  isSecure(request, proxies);
  isTrustworthy(request, proxies);
}

function checkRemote(request: IncomingMessage): void {
  const { address, agent } = remoteOf(request, proxies);
  expect(isIP(address) !== 0, 'An address is an address.');
  expect((agent?.length ?? 0) <= 200, 'What an agent calls itself is short.');
  networkOf(address);
}

function checkProof(request: IncomingMessage): void {
  const bearer = bearerOf(request);
  expect(bearer === undefined || /^[!-~]{1,512}$/.test(bearer), 'A token is plain text.');
  const { cookie } = request.headers;
  const value = cookie === undefined ? undefined : cookieOf(cookie);
  expect(value === undefined || !value.includes(';'), 'A cookie is one cookie.');
}

function refuses(check: () => void): boolean {
  try {
    check();
    return false;
  } catch (error) {
    if (error instanceof RoomcastError && error.code === 'bad-path') return true;
    throw error;
  }
}

function expect(fact: boolean, sentence: string): void {
  if (!fact) throw new Error(sentence);
}

import { readFile, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { toRoomcastError } from '../../src/errors.ts';
import { RawSocket } from '../raw-socket.ts';
import { startTestServer, type TestServer } from '../test-server.ts';

let server: TestServer;
let canaries: string[];
let before: string[];

beforeAll(async () => {
  server = await startTestServer();
  await writeFile(join(server.folder, 'canary.flv'), 'CANARY-OF-THE-DATA-FOLDER');
  await writeFile(join(server.folder, 'canary.js'), 'CANARY-OF-THE-DATA-FOLDER');
  canaries = [
    'CANARY-OF-THE-DATA-FOLDER',
    'root:x:0',
    '"devDependencies"',
    (await readFile(join(server.folder, 'secret'), 'utf8')).trim(),
  ];
  before = await readdir(server.folder);
});
afterAll(() => server.close());

/** Ways up, and names at the top of them, in every spelling that some server once believed. */
const ups = [
  '../',
  '..%2f',
  '..%2F',
  '%2e%2e/',
  '%2e%2e%2f',
  '.%2e/',
  '%2e./',
  '..%5c',
  '..\\',
  '%2e%2e%5c',
  '....//',
  '....\\\\',
  '..;/',
  '..%00/',
  '..%c0%af',
  '%c0%ae%c0%ae/',
  '..%e0%80%af',
  '%252e%252e/',
  '..%252f',
  '..%255c',
  '%u002e%u002e/',
  '..%u2215',
  '..∕',
  '..⁄',
  '．．／',
  '%ef%bc%8e%ef%bc%8e%ef%bc%8f',
  '..//',
  '//..//',
  '.././',
  '..%0a/',
  '..%0d%0a/',
  '..%09/',
  '..%20/',
  '..?/',
  '..%23/',
  '%00../',
];
const whole = [
  '/etc/passwd',
  '//etc/passwd',
  '%2fetc%2fpasswd',
  'file:///etc/passwd',
  'C:\\Windows\\win.ini',
  'c:/windows/win.ini',
  'C%3a%5cwindows',
  '\\\\server\\share\\file',
  '//server/share',
  '~/secret',
  '~root/.ssh/id_rsa',
  '/proc/self/environ',
  'CON',
  'NUL',
  'secret',
  'admin.json',
  'roomcast.db',
  '.git/config',
  '.env',
  `${'a/'.repeat(500)}x`,
  'x'.repeat(4000),
  '-rf',
  '--help',
  '$(id)',
  '`id`',
  '|id',
  ';id',
  '%24%7Bid%7D',
  '{{7*7}}',
  '%p',
  '%s%n',
  '<script>',
  '"onload="',
  "'",
  'lobby%00.flv',
  'lobby%20',
  'lobby.',
  'lobby::$DATA',
  'LOBBY',
  'lobby/..',
  'lobby/.',
];
const spellings = [...ups.flatMap((up) => [`${up}${up}${up}etc/passwd`, `${up}secret`, `lobby${up}canary`]), ...whole];

/** Where a name from outside goes in. */
const doors: [string, (name: string) => string][] = [
  ['a page', (name) => `/${name}`],
  ['an embedded page', (name) => `/embed/${name}`],
  ['a file of the page', (name) => `/assets/${name}`],
  ['a room of the API', (name) => `/api/v1/rooms/${name}`],
  ['a key of the API', (name) => `/api/v1/rooms/${name}/key`],
  ['a session of the API', (name) => `/api/v1/sessions/${name}`],
  ['a stream', (name) => `/live/${name}.flv`],
  ['an app', (name) => `/${name}/lobby.flv`],
  ['the name of a room’s socket', (name) => `/ws/${name}`],
];

test('there are more than sixty spellings', () => {
  expect(new Set(spellings).size).toBeGreaterThan(60);
});

describe.each(doors)('through %s (S-10)', (_name, door) => {
  test('no spelling gets a file, and none makes one', async () => {
    const socket = { current: await RawSocket.open(server.port) };
    for (const spelling of spellings) {
      const path = door(spelling).replaceAll(/[\s\u0080-\uffff]/g, (character) => encodeURIComponent(character));
      for (const method of ['GET', 'HEAD']) {
        socket.current.write(
          `${method} ${path} HTTP/1.1\r\nHost: 127.0.0.1:${server.port}\r\nAuthorization: Bearer ${server.bearer}\r\nConnection: close\r\n\r\n`,
        );
        const { status } = await socket.current.head();
        const endless = status === 200 && path.endsWith('.flv');
        const body = endless || method === 'HEAD' ? '' : (await socket.current.rest()).toString('latin1');
        expect(
          canaries.filter((canary) => body.includes(canary)),
          path,
        ).toEqual([]);
        expect(status < 500, `${status} ${path}`).toBe(true);
        socket.current.destroy();
        socket.current = await RawSocket.open(server.port);
      }
    }
    socket.current.destroy();
    expect(await readdir(server.folder)).toEqual(before);
  });
});

test('the hub takes no spelling for a path, to publish or to play', async () => {
  for (const spelling of spellings) {
    for (const action of ['publish', 'play'] as const) {
      for (const path of [spelling, `live/${spelling}`, `${spelling}/lobby`]) {
        const access = {
          action,
          protocol: 'rtmp',
          path,
          credentials: {},
          remote: { address: '192.0.2.1' },
          close() {},
          traffic: () => ({ in: 0, out: 0 }),
        };
        const code = await server.server.hub[action](access as never).then(
          () => 'admitted',
          (error: unknown) => toRoomcastError(error).code,
        );
        expect(['bad-path', 'not-found', 'wrong-key'], `${action} ${path}`).toContain(code);
      }
    }
  }
});

test('sockets are refused before the upgrade, whatever the name', async () => {
  for (const spelling of spellings) {
    for (const door of ['/ws/', '/live/']) {
      const path = `${door}${spelling}${door === '/live/' ? '.flv' : ''}`.replaceAll(
        /[\s\u0080-\uffff]/g,
        encodeURIComponent,
      );
      const socket = await RawSocket.upgrade(server.port, path);
      const { status } = await socket.head();
      // A fragment or a query after the name is no part of it.
      const known = /^\/(?:ws|live)\/lobby(?:\.flv)?[?#]/.test(path);
      expect(known || (status >= 400 && status < 500), `${status} ${path}`).toBe(true);
      socket.destroy();
    }
  }
});

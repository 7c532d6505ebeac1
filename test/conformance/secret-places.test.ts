import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { createLogger } from '../../src/io/logger.ts';
import { FakeFfmpeg, HANG } from '../fake-ffmpeg.ts';
import { everyLine } from '../log-lines.ts';
import { Program } from '../programs.ts';
import { RawSocket } from '../raw-socket.ts';
import { root, startProcess, until } from '../servers.ts';
import { startTestServer, type TestServer } from '../test-server.ts';
import { SocketPeer } from './rtmp/socket-peer.ts';

/** Every form of address that people paste a secret into, by the place of `SECRET` in it. */
const HTTP_TARGETS = [
  '/SECRET',
  '/SECRET.flv',
  '/live/SECRET',
  '/live/SECRET.flv',
  '/live/lobby/SECRET.flv',
  '/SECRET/lobby.flv',
  '/live/lobby.flv?key=SECRET',
  '/live/lobby.flv?token=SECRET',
  '/live/lobby.flv?SECRET',
  '/live/nowhere.flv?key=SECRET',
  '/live/..%2fSECRET.flv',
  '/live/%zz.flv?key=SECRET',
  '/lobby?key=SECRET',
  '/lobby?owner=SECRET',
  '/embed/SECRET',
  '/assets/SECRET.js',
  '/api/v1/SECRET',
  '/api/v1/rooms/SECRET',
  '/api/v1/rooms/SECRET/key',
  '/api/v1/sessions/SECRET',
  '/api/v1/streams/live/SECRET',
  '/api/v1/streams?key=SECRET',
  '/metrics?token=SECRET',
  '/readyz?SECRET',
  '//SECRET/lobby',
  'http://SECRET@127.0.0.1/lobby',
  'http://user:SECRET@127.0.0.1/live/lobby.flv',
  'rtmp://127.0.0.1/live/SECRET',
  '*SECRET',
  'SECRET',
];
const HEADERS = [
  'Authorization: Bearer SECRET',
  'Authorization: Bearer SECRETx',
  'Authorization: Basic SECRET',
  'Authorization: SECRET',
  'Cookie: roomcast=SECRET',
  'Cookie: SECRET=1',
  'Referer: http://127.0.0.1/lobby#owner=SECRET',
  'Origin: http://SECRET',
  'X-Forwarded-For: SECRET',
  'Forwarded: for=SECRET',
  'X-Api-Key: SECRET',
  'SECRET: 1',
  'SECRET',
];
const RTMP_FORMS: readonly (readonly [app: string, name: string, tcUrl: string])[] = [
  ['live', 'SECRET', 'rtmp://127.0.0.1/live'],
  ['live', 'lobby?key=SECRET', 'rtmp://127.0.0.1/live'],
  ['live', 'nowhere?key=SECRET', 'rtmp://127.0.0.1/live'],
  ['live', 'lobby?token=SECRET', 'rtmp://127.0.0.1/live'],
  ['live', 'lobby?SECRET', 'rtmp://127.0.0.1/live'],
  ['live', 'lobby&key=SECRET', 'rtmp://127.0.0.1/live'],
  ['live?key=SECRET', 'lobby', 'rtmp://127.0.0.1/live?key=SECRET'],
  ['live/SECRET', '', 'rtmp://127.0.0.1/live/SECRET'],
  ['live/SECRET', 'SECRET', 'rtmp://127.0.0.1/live/SECRET'],
  ['SECRET', 'lobby', 'rtmp://127.0.0.1/SECRET'],
  ['live', 'lobby', 'rtmp://user:SECRET@127.0.0.1/live'],
  ['live', 'rtmp://127.0.0.1/live/SECRET', 'rtmp://127.0.0.1/live'],
];

let server: TestServer;
let places: { name: string; secret: string }[];
const written: string[] = [];

beforeAll(async () => {
  const logger = await createLogger({
    level: 'debug',
    pretty: false,
    destination: { write: (line: string) => void written.push(line) },
  });
  server = await startTestServer({ logLevel: 'debug', limits: { callsPerAddress: 0 } }, logger);
  places = [
    { name: 'the key', secret: server.key },
    { name: 'a wrong key', secret: 'canary-Zq8nVx2Lp0tRw7' },
    { name: 'a bearer token', secret: server.bearer },
    { name: 'the owner’s cookie', secret: server.cookie.split('=')[1]! },
  ];
});
afterAll(() => server.close());

/** What was written, in words that name the place. */
function expectNowhere(secret: string, texts: Readonly<Record<string, readonly string[]>>): void {
  for (const [place, lines] of Object.entries(texts)) {
    const found = lines.filter((line) => line.includes(secret));
    expect(found, `${place} of ${lines.length}`).toEqual([]);
  }
}

/** What an operator’s tools read. It may name its reader’s own token nowhere either. */
async function observed(): Promise<string[]> {
  const headers = { Authorization: `Bearer ${server.bearer}` };
  const texts: string[] = [];
  for (const path of ['/metrics', '/api/v1/sessions', '/api/v1/streams', '/api/v1/server', '/api/v1/rooms']) {
    texts.push((await server.call('GET', path, { headers })).text);
  }
  return texts;
}

describe('S-25 a secret in an address or a header', () => {
  test.each([0, 1, 2, 3])('over HTTP and WebSocket is nowhere to be read (%i)', { timeout: 60_000 }, async (which) => {
    const { secret } = places[which]!;
    const lines = everyLine();
    const answers: string[] = [];
    const requests = [
      ...HTTP_TARGETS.flatMap((target) => [`GET ${target} HTTP/1.1`, `POST ${target} HTTP/1.1`]),
      ...HEADERS.flatMap((header) =>
        ['/api/v1/sessions', '/live/lobby.flv', '/metrics'].map((path) => `GET ${path} HTTP/1.1\r\n${header}`),
      ),
      ...HTTP_TARGETS.filter((target) => target.startsWith('/')).map(
        (target) => `GET ${target.replace(/^\/(?=SECRET$)/, '/ws/')} HTTP/1.1\r\nUpgrade: websocket\r\nX-Upgrade: 1`,
      ),
    ];
    for (const request of requests) {
      const upgrade = request.includes('Upgrade');
      const raw = await RawSocket.open(server.port);
      const host = request.includes('Host') ? '' : 'Host: 127.0.0.1\r\n';
      const connection = upgrade
        ? 'Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n'
        : 'Connection: close\r\n';
      raw.write(`${request.replaceAll('SECRET', secret)}\r\n${host}${connection}\r\n`);
      const head = await raw.head();
      answers.push(JSON.stringify(head), raw.received.toString('latin1'));
      raw.destroy();
    }
    const socket = await RawSocket.webSocket(server.port, '/ws/lobby');
    for (const text of [
      `{"id":1,"type":"login","token":"${secret}"}`,
      `{"type":"${secret}"}`,
      `{"${secret}":`,
      secret,
    ]) {
      socket.frame(0x81, text);
      let answer = await socket.message();
      // The token of the server logs in.
      while (answer['type'] !== 'error' && answer['type'] !== 'ok') answer = await socket.message();
      answers.push(JSON.stringify(answer));
    }
    socket.frame(0x85, secret);
    await socket.closed();
    expect(lines.length).toBeGreaterThan(20);
    expectNowhere(secret, { lines, written, answers, observed: await observed() });
  });

  test.each([0, 1, 2, 3])('over RTMP is nowhere to be read (%i)', async (which) => {
    const { secret } = places[which]!;
    const lines = everyLine();
    const heard: string[] = [];
    const fill = (text: string): string => text.replaceAll('SECRET', secret);
    for (const [app, name, tcUrl] of RTMP_FORMS) {
      for (const action of ['publish', 'play']) {
        const offer = { app: fill(app), tcUrl: fill(tcUrl), pageUrl: fill(tcUrl), swfUrl: fill(tcUrl) };
        const peer = await SocketPeer.connected(server.server.rtmp.port, offer);
        peer.say('createStream', 2, null);
        peer.say(action, 3, null, fill(name));
        await until('it is answered', () => peer.talk.codes.some((code) => String(code).startsWith('NetStream.P')));
        lines.push(...(await observed()));
        peer.socket.destroy();
        heard.push(...peer.talk.messages.map(({ body }) => Buffer.from(body).toString('latin1')));
      }
    }
    await until('all are gone', () => server.server.hub.sessions.size === 0);
    expect(lines.length).toBeGreaterThan(20);
    expectNowhere(secret, { lines, written, heard, observed: await observed() });
  });
});

// Only Linux tells it in files.
describe.skipIf(!existsSync('/proc/self/environ'))('S-25 the list of processes', () => {
  /** What the system tells of a process, to everybody and to its user. */
  const facts = ['cmdline', 'environ'] as const;

  test('has nothing of what a server knows, and the server says nothing but the owner’s link', async () => {
    const { http, pid, data, link, program } = await startProcess(['--log-level', 'debug'], { open: false });
    const { token } = JSON.parse(readFileSync(join(data, 'admin.json'), 'utf8')) as { token: string };
    const headers = { Authorization: `Bearer ${token}` };
    const answer = await fetch(`${http}/api/v1/rooms/lobby/key`, { headers });
    const { key } = (await answer.json()) as { key: string };
    const [cmdline, environ] = facts.map((name) => readFileSync(`/proc/${pid}/${name}`, 'latin1'));
    expect([cmdline, environ]).toEqual([expect.stringContaining(data), expect.stringContaining('PATH=')]);
    // A key where a token belongs.
    await fetch(`${http}/api/v1/sessions`, { headers: { Authorization: `Bearer ${key}` } });
    const printed = (): string => (program.stdout + program.stderr).replace(link, '');
    await until('it is told', () => printed().includes('sign-in'));
    for (const secret of [token, key, link.split('#owner=')[1]!]) {
      expect(secret.length).toBeGreaterThan(16);
      expectNowhere(secret, { cmdline: [cmdline!], environ: [environ!], printed: [printed()] });
    }
  });

  test('has the key of a push where the user typed it, and not in the program that transcodes', async () => {
    const keep = `writeFileSync(__dirname + '/' + name, readFileSync('/proc/self/' + name))`;
    const ffmpeg = new FakeFfmpeg(
      `for (const name of ${JSON.stringify(facts)}) ${keep}; process.stdout.write(demo.subarray(0, 600_000)); ${HANG}`,
    );
    const { port } = server.server.rtmp;
    const film = join(root, 'assets', 'demo.flv');
    const args = ['push', film, `rtmp://127.0.0.1:${port}/live/lobby?key=${server.key}`, '--transcode'];
    const pushing = new Program(process.execPath, [join(root, 'src', 'cli.ts'), ...args], {
      limitMs: 30_000,
      env: { ...process.env, PATH: ffmpeg.folder },
    });
    onTestFinished(async () => void (await pushing.stop('SIGKILL')));
    await until('it publishes', () => server.server.hub.stream('live/lobby')?.state === 'live');
    const [cmdline, environ] = facts.map((name) => readFileSync(join(ffmpeg.folder, name), 'latin1'));
    expect(cmdline).toContain(`file:${film}`);
    expect(environ).toContain(`PATH=${ffmpeg.folder}`);
    const { stdout, stderr } = await pushing.stop('SIGINT');
    expect(stderr).toContain('Publishing to');
    expectNowhere(server.key, { cmdline: [cmdline!], environ: [environ!], printed: [stdout, stderr], written });
  });
});

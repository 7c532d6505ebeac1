import { readFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createLogger } from '../../src/io/logger.ts';
import { toRoomcastError } from '../../src/errors.ts';
import { createServer } from '../../src/server.ts';
import { everyLine } from '../log-lines.ts';
import { RawSocket } from '../raw-socket.ts';
import { startTestServer, type TestServer } from '../test-server.ts';

const DECLARED_KEY = 'canary-Zq8nVx2Lp0tRw7';

let server: TestServer;
let secrets: string[];

beforeAll(async () => {
  server = await startTestServer({ rooms: { garden: { key: DECLARED_KEY } }, logLevel: 'debug' });
  const sealing = (await readFile(join(server.folder, 'secret'), 'utf8')).trim();
  secrets = [server.key, DECLARED_KEY, server.bearer, server.cookie.split('=')[1]!, sealing];
});
afterAll(() => server.close());

const found = (text: string): string[] => secrets.filter((secret) => text.includes(secret));

/** Everything that a viewer can get hold of while a stream is on: pages, files, API, sockets, media, headers. */
async function visible(): Promise<string[]> {
  const seen: string[] = [];
  const page = await server.call('GET', '/lobby');
  const files = [...page.text.matchAll(/(?:src|href)="(\/[^"]+)"/g)].map(([, name]) => name!);
  const paths = ['/', '/lobby', '/garden', '/nowhere', '/embed/lobby', '/healthz', '/readyz', ...files];
  paths.push(
    '/api/v1/rooms',
    '/api/v1/rooms/lobby',
    '/api/v1/rooms/lobby/key',
    '/api/v1/sessions',
    '/api/v1/server',
    '/api/v1/streams',
    '/api/v1/streams/live/lobby',
    '/api/v1/openapi.json',
    '/api/v1/docs',
    '/metrics',
    '/api/v1/nothing',
  );
  for (const path of paths) {
    const { headers, text } = await server.call('GET', path, { headers: { Origin: server.base } });
    seen.push(JSON.stringify([...headers]), text);
  }
  const socket = await RawSocket.webSocket(server.port, '/ws/lobby');
  await socket.message('presence');
  socket.frame(0x81, '{"type":"key"}');
  seen.push(JSON.stringify(await socket.message('error')), socket.received.toString());
  socket.destroy();
  for (const upgrade of [{}, { Connection: undefined, Upgrade: undefined }]) {
    const media = await RawSocket.upgrade(server.port, '/live/lobby.flv', upgrade);
    const head = await media.head();
    while (media.received.length < 1000) await new Promise((resolve) => setImmediate(resolve));
    seen.push(JSON.stringify(head), media.received.toString('latin1'));
    media.destroy();
  }
  return seen;
}

describe('a publish key (S-03)', () => {
  test('is in nothing that a viewer can see while the stream is on', async () => {
    for (const publish of [{}, { path: `live/${server.key}`, credentials: {} }]) {
      const publisher = await server.publish({ ...publish, ms: 2000 });
      for (const text of await visible()) expect(found(text)).toEqual([]);
      publisher.end('ended');
    }
  });

  test('is at rest nowhere in the open', async () => {
    for (const name of await readdir(server.folder)) {
      const text = (await readFile(join(server.folder, name))).toString('latin1');
      const allowed = name === 'admin.json' ? server.bearer : name === 'secret' ? secrets.at(-1) : undefined;
      expect(
        found(text).filter((secret) => secret !== allowed),
        name,
      ).toEqual([]);
    }
  });
});

describe('a first start (S-05)', () => {
  test('has no secret that another first start has', async () => {
    const other = await startTestServer();
    expect([other.key, other.bearer, other.cookie].filter((secret) => secrets.includes(secret))).toEqual([]);
    expect(other.key).toMatch(/^rk_[a-z2-7]{26,}$/);
    await other.close();
  });

  test('refuses everything privileged until somebody has the link, and known defaults as well', async () => {
    const fresh = await startTestServer();
    for (const token of [
      'admin',
      'roomcast',
      'secret',
      'password',
      'token',
      '035c73f7-bb6b-4889-a715-d9eb2d1925cc',
      '',
      'null',
      'undefined',
    ]) {
      for (const headers of [
        { Authorization: `Bearer ${token}` },
        { Cookie: `roomcast=${token}` },
        { Authorization: 'Basic YWRtaW46YWRtaW4=' },
      ]) {
        expect((await fresh.call('GET', '/api/v1/sessions', { headers })).status).toBe(401);
      }
      const claim = await fresh.call('POST', '/api/v1/claim', { headers: { Origin: fresh.base }, body: { token } });
      expect([400, 409]).toContain(claim.status);
      expect(claim.headers.get('set-cookie')).toBeNull();
    }
    await fresh.close();
  });

  test('does not start with a key that everybody would guess', async () => {
    const error = await startTestServer({ rooms: { garden: { key: 'my-secret-stream-key' } } }).then(
      () => undefined,
      (reason: unknown) => toRoomcastError(reason),
    );
    expect([error?.code, error?.message.includes('common words')]).toEqual(['bad-config', true]);
  });

  test('opens the owner’s page once, and says in words why not twice', async () => {
    const fresh = await startTestServer();
    const claim = (token: string, headers = {}): ReturnType<TestServer['call']> =>
      fresh.call('POST', '/api/v1/claim', { headers: { Origin: fresh.base, ...headers }, body: { token } });
    const token = (await fresh.server.link()).split('#owner=')[1]!;
    expect((await claim(token)).headers.get('set-cookie')).toMatch(/^roomcast=.*HttpOnly; SameSite=Lax$/);
    const second = await claim(token);
    expect([second.status, second.code, second.text.includes('used before')]).toEqual([409, 'already-claimed', true]);
    expect((await claim(token, { Cookie: fresh.cookie })).status).toBe(204);
    await fresh.close();
  });

  test('over TLS gives a cookie that only TLS carries', async () => {
    const fresh = await startTestServer({ publicUrl: 'https://live.example.org' });
    const token = (await fresh.server.link()).split('#owner=')[1]!;
    const { headers } = await fresh.call('POST', '/api/v1/claim', {
      headers: { Origin: 'https://live.example.org' },
      body: { token },
    });
    expect(headers.get('set-cookie')).toMatch(/^__Host-roomcast=.*; Secure$/);
    await fresh.close();
  });
});

test('no secret is in a log, an error or an event, wherever people paste it (S-25)', async () => {
  const told = everyLine();
  const { hub } = server.server;
  const stop = [
    hub.events.on('refused', ({ action, protocol, error }) =>
      told.push(JSON.stringify({ action, protocol, error: error.message })),
    ),
    hub.events.on('session-start', (session) => told.push(JSON.stringify(session))),
    hub.events.on('session-end', (end) => told.push(JSON.stringify(end))),
    hub.events.on('stream', ({ path }) => told.push(path)),
  ];
  const answers: string[] = [];
  for (const secret of secrets) {
    const paths = [
      '/KEY',
      '/embed/KEY',
      '/live/KEY.flv',
      '/KEY/lobby.flv',
      '/live/lobby/KEY.flv',
      '/ws/KEY',
      '/api/v1/KEY',
      '/assets/KEY',
    ];
    paths.push(
      '/api/v1/rooms/KEY',
      '/api/v1/sessions/KEY',
      '/api/v1/rooms?key=KEY',
      '/nowhere?key=KEY',
      '/api/v1/rooms/%zzKEY',
      '//KEY',
    );
    for (const path of paths) {
      const answer = await server.call('GET', path.replace('KEY', secret), {
        headers: { 'User-Agent': 'test', Referer: `http://x/${secret}` },
      });
      answers.push(answer.text, JSON.stringify([...answer.headers]));
    }
    for (const body of [{ token: secret }, { [secret]: 1 }, { token: [secret] }, `{"token":"${secret}`, secret]) {
      const answer = await server.call('POST', '/api/v1/claim', {
        headers: { Origin: server.base, 'Content-Type': 'application/json' },
        body,
      });
      answers.push(answer.text);
    }
    for (const access of [
      { path: `live/${secret}`, credentials: { key: 'rk_wrong' } },
      { path: `${secret}/lobby`, credentials: {} },
      { path: `live/lobby/${secret}`, credentials: {} },
      { path: 'live/nowhere', credentials: { key: secret } },
      { path: 'live/lobby', credentials: { key: `${secret}x` } },
      { path: 'live/lobby', credentials: { bearer: secret, cookie: `a=${secret}` } },
    ]) {
      await server.publish(access).then(
        (publisher) => publisher.end('ended'),
        (error: unknown) => answers.push(JSON.stringify([toRoomcastError(error).message, (error as Error).stack])),
      );
    }
  }
  for (const access of [{ path: `live/${server.key}`, credentials: {} }, { credentials: { key: server.key } }]) {
    (await server.publish(access)).end('ended');
  }
  for (const off of stop) off();
  expect(answers.length).toBeGreaterThan(100);
  expect(told.length).toBeGreaterThan(20);
  for (const text of [...answers, ...told, ...server.log]) expect(found(text), text).toEqual([]);
});

test('what strangers write stays on one short line of the log (S-26)', async () => {
  const lines: string[] = [];
  const logger = await createLogger({
    level: 'debug',
    pretty: false,
    destination: { write: (line: string) => void lines.push(line) },
  });
  const noisy = await createServer(
    { data: `${server.folder}/noisy`, http: '127.0.0.1:0', rtmp: '127.0.0.1:0', drain: 0 },
    { logger },
  );
  const hostile = [
    '\r\n{"level":"error","msg":"forged"}',
    '\u001b[2J\u001b]0;x\u0007',
    'x'.repeat(1_000_000),
    '\u2028\u2029\u0085',
  ];
  for (const text of hostile) {
    const agent = text.replaceAll(/[^\x20-\x7e]/g, '').slice(0, 8000);
    const options = { headers: { 'User-Agent': agent || 'x' } };
    await fetch(`http://127.0.0.1:${noisy.http.port}/${encodeURIComponent(text.slice(0, 3000))}`, options).catch(
      () => {},
    );
    await noisy.hub
      .publish({
        action: 'publish',
        protocol: 'rtmp',
        path: text,
        credentials: { key: text },
        remote: { address: '192.0.2.1', agent: text },
        close() {},
        traffic: () => ({ in: 0, out: 0 }),
      })
      .catch(() => {});
    logger.info({ text, agent: text }, text);
  }
  await noisy.close();
  expect(lines.length).toBeGreaterThanOrEqual(hostile.length);
  for (const line of lines) {
    expect(line.trimEnd()).not.toMatch(/[\n\r\u001b\u0007\u0085]/);
    expect(JSON.parse(line)).not.toMatchObject({ msg: 'forged' });
    expect(line.length).toBeLessThan(8192);
  }
});

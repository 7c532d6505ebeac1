import { get, type IncomingMessage } from 'node:http';
import { describe, expect, test } from 'vitest';
import { film, frameOf, sample } from '../../../src/containers/contract-samples.ts';
import { MILLISECOND, SECOND } from '../../../src/media/time.ts';
import { playProtocols, StalledViewer } from '../../faults/stalled-viewer.ts';
import { FlvReader } from '../../flv-reader.ts';
import { startServer, until } from '../../servers.ts';
import { HttpStage, PATH, publishFrames } from './stage.ts';
import { ask, BINARY, httpProtocols, isSocket, protocols, refusal, suffixOf, Viewer } from './viewer.ts';

const { video, audio } = sample;
const KEY = 'rk_aaaabbbbccccddddeeeeffff';
const keyed = { publish: 'key', rooms: { lobby: { key: KEY } } } as const;
/** The header of a file and the size in front of its first tag (E.2, E.3). */
const HEADER = Buffer.from('464c5601050000000900000000', 'hex');

describe('C-FLV-08 a WebSocket', () => {
  test.each([0, 100])(
    'C-FLV-08 has whole tags in each message, the first behind the header: merge %i',
    async (merge) => {
      const stage = await HttpStage.start({ merge });
      const by = await stage.publish();
      await stage.run(by, film({ video, audio, count: 30 }));
      const viewer = await stage.watch('ws-flv');
      await stage.run(by, film({ video, audio, count: 30, from: 1200 }));
      await stage.pass(SECOND);
      await until('all of it arrives', () => viewer.media.length === 70);
      expect(viewer.frames.map(({ first }) => first)).toEqual(viewer.frames.map(() => BINARY));
      expect(viewer.parts.length).toBeGreaterThan(merge === 0 ? 20 : 8);
      for (const [index, part] of viewer.parts.entries()) {
        const reader = new FlvReader();
        reader.push(index === 0 ? part : Buffer.concat([HEADER, part]));
        expect(reader.fault).toBeUndefined();
        const tags = reader.tags.reduce((sum, { size }) => sum + 11 + size + 4, HEADER.length);
        expect(tags).toBe(reader.bytes);
      }
      expect(viewer.parts[0]!.subarray(0, HEADER.length)).toEqual(HEADER);
      const most = Math.max(...viewer.parts.slice(2).map((part) => part.length));
      const least = frameOf(video, { ms: 0 }).data.length;
      expect(most).toBeGreaterThan(merge === 0 ? least : 4 * least);
    },
  );

  test('C-FLV-08 is asked within 30 s whether it is there, and again and again', async () => {
    const stage = await HttpStage.start();
    const viewer = await stage.watch('ws-flv');
    for (let i = 1; i <= 20; i++) {
      await stage.pass(30 * SECOND);
      await until(`ping ${i} arrives`, () => viewer.pings >= i);
      await stage.round();
    }
    expect([viewer.ended, stage.viewers]).toEqual([undefined, 1]);
  });

  test('C-FLV-08 that waits and does not answer is gone a minute later', async () => {
    const stage = await HttpStage.start();
    const dead = await stage.watch('ws-flv', { alive: false });
    await stage.pass(30 * SECOND);
    await until('the ping arrives', () => dead.pings === 1);
    expect(stage.viewers).toBe(1);
    await stage.pass(30 * SECOND);
    await until('it is cut', () => dead.ended);
    expect(stage.viewers).toBe(0);
  });

  test('C-FLV-08 that takes its media is there, though it answers no ping', async () => {
    const stage = await HttpStage.start();
    const by = await stage.publish();
    const viewer = await stage.watch('ws-flv', { alive: false });
    for (let i = 0; i < 10; i++) {
      await stage.run(by, film({ video, audio, count: 2, from: i * 10_000 }));
      await stage.pass(10 * SECOND - 60 * MILLISECOND);
    }
    await until('pings arrive', () => viewer.pings >= 3);
    expect([viewer.ended, stage.viewers]).toEqual([undefined, 1]);
  });
});

describe.each(protocols)('%s', (protocol) => {
  const suffix = suffixOf(protocol);
  const url = `/${PATH}${suffix}`;

  test.each([
    ['an unknown room', '/live/nowhere', 404, 'Not Found', 'not-found'],
    ['a room by its key', `/live/${KEY}`, 404, 'Not Found', 'not-found'],
    ['a path of one segment too many', '/live/lobby/1', 400, 'Bad Request', 'bad-path'],
    ['a path that climbs', '/live/%2e%2e', 400, 'Bad Request', 'bad-path'],
    ['a path with a blank', '/live/lob%20by', 400, 'Bad Request', 'bad-path'],
  ])('refuses %s in words, before anything is sent or upgraded', async (_name, path, status, reason, code) => {
    const stage = await HttpStage.start(keyed);
    const answer = await refusal(stage.port, protocol, path + suffix);
    expect([answer.status, answer.reason, answer.error.code]).toEqual([status, reason, code]);
    expect(answer.error.message).toMatch(/^[A-Z].+\.$/);
    expect(answer.headers).toMatchObject({
      'content-type': 'application/json',
      'access-control-allow-origin': '*',
      connection: 'close',
    });
  });

  test('says Busy with 503 and when to come again, before anything is sent or upgraded', async () => {
    const stage = await HttpStage.start({ limits: { sessions: 1 } });
    const first = await stage.watch(protocol);
    for (const asked of protocols) {
      const answer = await refusal(stage.port, asked, `/${PATH}${suffixOf(asked)}`);
      expect([answer.status, answer.reason, answer.error.code]).toEqual([503, 'Service Unavailable', 'busy']);
      expect(Number(answer.headers['retry-after'])).toBeGreaterThan(0);
    }
    expect(first.ended).toBeUndefined();
  });

  test('tells a viewer who was kicked so for a while', async () => {
    const stage = await HttpStage.start();
    const viewer = await stage.watch(protocol);
    stage.server.hub.kick([...stage.server.hub.sessions.keys()][0]!);
    await until('it is closed', () => viewer.ended);
    expect(viewer.ended).toBe(isSocket(protocol) ? 4403 : 'end');
    const answer = await refusal(stage.port, protocol, url);
    expect([answer.status, answer.reason, answer.error.code]).toEqual([403, 'Forbidden', 'kicked']);
    await stage.pass(60 * SECOND);
    expect((await stage.watch(protocol)).ended).toBeUndefined();
  });

  test.each([url, `${url}?t=1`, `/live/%6cobby${suffix}`])('answers at %s', async (path) => {
    const stage = await HttpStage.start(keyed);
    const { status } = await ask(stage.port, protocol, path);
    expect(status).toBe(isSocket(protocol) ? 101 : 200);
  });
});

const contentTypes: Readonly<Record<string, string>> = {
  'http-flv': 'video/x-flv',
  'http-ts': 'video/mp2t',
  'http-mp4': 'video/mp4',
};

describe.each(httpProtocols)('%s', (protocol) => {
  const suffix = suffixOf(protocol);
  const url = `/${PATH}${suffix}`;

  test('answers as an endless body that nobody keeps, for any page', async () => {
    const stage = await HttpStage.start();
    const { headers } = await stage.watch(protocol, { headers: { Origin: 'https://elsewhere.example' } });
    expect(headers).toMatchObject({
      'content-type': contentTypes[protocol],
      'cache-control': 'no-store',
      'access-control-allow-origin': '*',
      'cross-origin-resource-policy': 'cross-origin',
      connection: 'close',
    });
    expect(headers).not.toHaveProperty('content-length');
  });

  test('allows a page of another site to ask with a token', async () => {
    const stage = await HttpStage.start();
    const { raw, status, headers } = await ask(stage.port, protocol, url, {
      method: 'OPTIONS',
      headers: {
        Origin: 'https://elsewhere.example',
        Connection: 'close',
        'Access-Control-Request-Method': 'GET',
        'Access-Control-Request-Headers': 'authorization',
      },
    });
    expect([status, (await raw.rest()).length, stage.viewers]).toEqual([204, 0, 0]);
    expect(headers).toMatchObject({
      'access-control-allow-origin': '*',
      'access-control-allow-methods': 'GET',
      'access-control-allow-headers': expect.stringMatching(/\bauthorization\b/i),
    });
  });

  test.each([
    [url, 200, contentTypes[protocol]],
    [`/live/nowhere${suffix}`, 404, 'application/json'],
  ])('answers HEAD of %s as GET, without a body and without a viewer', async (path, status, type) => {
    const stage = await HttpStage.start(keyed);
    const left: string[] = [];
    stage.server.hub.events.on('session-end', ({ reason }) => left.push(reason));
    const answer = await ask(stage.port, protocol, path, { method: 'HEAD' });
    expect([answer.status, answer.headers['content-type']]).toEqual([status, type]);
    expect((await answer.raw.rest()).length).toBe(0);
    expect([stage.viewers, left]).toEqual([0, status === 200 ? ['ended'] : []]);
  });

  test.each(['POST', 'PUT', 'PATCH', 'DELETE', 'TRACE'])('does not take %s, and says what it takes', async (method) => {
    const stage = await HttpStage.start();
    const answer = await refusal(stage.port, protocol, url, { method });
    expect([answer.status, answer.headers['allow'], answer.error.code]).toEqual([
      405,
      'GET, HEAD, OPTIONS',
      'bad-request',
    ]);
    expect(stage.viewers).toBe(0);
  });

  test.each([
    ['Lavf/58.76.100', true],
    ['libmpv', true],
    ['mpv 0.35.1', true],
    ['VLC/3.0.20 LibVLC/3.0.20', false],
    ['Mozilla/5.0 (X11; Linux x86_64) Lavf', false],
  ])('is in chunks where the end would be lost otherwise: %s', async (agent, chunked) => {
    const stage = await HttpStage.start();
    const by = await stage.publish();
    const plain = await stage.watch(protocol);
    let body = Buffer.alloc(0);
    const response = await new Promise<IncomingMessage>((resolve, reject) => {
      const headers = { 'User-Agent': agent };
      get({ port: stage.port, host: '127.0.0.1', path: url, agent: false, headers }, resolve).on('error', reject);
    });
    response.on('data', (more: Buffer) => (body = Buffer.concat([body, more])));
    const ended = new Promise((resolve) => response.once('end', resolve));
    await stage.run(by, film({ video, audio, count: 30 }));
    by.end('ended');
    await ended;
    expect(response.headers['transfer-encoding']).toBe(chunked ? 'chunked' : undefined);
    expect(response.complete).toBe(true);
    await until('the other one ends', () => plain.ended);
    expect(plain.media).toHaveLength(60);
    expect(body.equals(plain.bytes)).toBe(true);
  });

  test('is in plain bytes for a program of HTTP/1.0, which knows no chunks', async () => {
    const stage = await HttpStage.start();
    const viewer = await Viewer.open(stage.port, protocol, url, {
      headers: { 'User-Agent': 'Lavf/58.76.100' },
      version: '1.0',
    });
    await stage.run(await stage.publish(), film({ video, audio, count: 2 }));
    await until('pictures arrive', () => viewer.media.length > 0);
    expect(viewer.headers['transfer-encoding']).toBeUndefined();
    expect(viewer.fault).toBeUndefined();
  });
});

test.each(['/assets/film.mp4', '/recordings/lobby/1.ts', '/live/lobby/hls/b/ts/main-1.ts', '/.flv'])(
  'what is somebody else’s to answer is not taken for a stream: %s',
  async (address) => {
    const stage = await HttpStage.start();
    const routes = stage.app.http.media.filter(({ match }) => match(address) !== undefined);
    expect(routes.filter(({ url }) => url.startsWith('/PATH.'))).toEqual([]);
  },
);

test('a viewer that takes nothing is closed with one line of the log, the same for every protocol', async () => {
  const at = await startServer({ limits: { viewerStall: 1 }, merge: 0 });
  const { hub, http, rtmp } = at.server;
  const by = await publishFrames(at.server);
  for (const protocol of playProtocols)
    void new StalledViewer({ httpPort: http.port, rtmpPort: rtmp.port }, protocol, PATH);
  await until('all of them wait', () => hub.viewers(PATH) === playProtocols.length);
  by.announce(audio);
  for (let i = 0; i < 40; i++) {
    by.write(frameOf(video, { ms: i * 40, key: true, size: 2 ** 20 }));
    await new Promise((resolve) => setImmediate(resolve));
  }
  await until('all of them are closed', () => hub.viewers(PATH) === 0, 6000);
  const lines = at.log.filter(({ fields }) => fields['code'] === 'stalled');
  expect(lines.map(({ fields }) => fields['protocol']).sort()).toEqual(playProtocols.toSorted());
  for (const { level, fields, message } of lines) {
    expect([level, message]).toEqual(['info', 'The viewer took no bytes for too long.']);
    expect(fields).toMatchObject({ path: PATH, remote: '127.0.0.1', code: 'stalled' });
  }
});

import { once } from 'node:events';
import { constants, type ClientHttp2Session } from 'node:http2';
import { describe, expect, test } from 'vitest';
import { frame, PREFACE } from '../../http2-frames.ts';
import { askHttp2, openHttp2, shake, startSecureServer } from './stage.ts';

const SETTINGS = frame(4, 0, 0);
/** GET, https, /healthz, without a host: indexed fields, and one literal (RFC 7541 §6). */
const GET = Buffer.concat([Buffer.from([0x82, 0x87, 0x04, 8]), Buffer.from('/healthz')]);
const [HEADERS, RESET, PING, CONTINUATION] = [1, 3, 6, 9];
const [END_STREAM, END_HEADERS] = [1, 4];

/** Sends these frames over and over until the server has enough of it; resolves when it closes. */
async function flood(port: number, make: (round: number) => Buffer, rounds: number): Promise<'closed' | 'open'> {
  const socket = await shake(port, { ALPNProtocols: ['h2'] });
  socket.resume();
  socket.write(Buffer.concat([PREFACE, SETTINGS]));
  for (let round = 0; round < rounds && !socket.closed; round++) {
    if (!socket.write(make(round))) await Promise.race([once(socket, 'drain'), once(socket, 'close')]).catch(() => {});
    if (round % 100 === 0) await new Promise((resolve) => setImmediate(resolve));
  }
  if (!socket.closed) await Promise.race([once(socket, 'close'), new Promise((resolve) => setTimeout(resolve, 2000))]);
  return socket.closed ? 'closed' : 'open';
}

describe('a connection of HTTP/2 is cut that', () => {
  test('opens streams and resets them at once, again and again', async () => {
    const { httpsPort } = await startSecureServer();
    const round = (i: number): Buffer =>
      Buffer.concat([
        frame(HEADERS!, END_STREAM! | END_HEADERS!, 2 * i + 1, GET),
        frame(RESET!, 0, 2 * i + 1, Buffer.of(0, 0, 0, 8)),
      ]);
    expect(await flood(httpsPort, round, 5000)).toBe('closed');
  });

  test('sends headers without an end', async () => {
    const { httpsPort } = await startSecureServer();
    const field = Buffer.concat([
      Buffer.from([0x00, 4]),
      Buffer.from('x-aa'),
      Buffer.of(0x7f, 0x81, 0x07),
      Buffer.alloc(1024, 0x61),
    ]);
    const round = (i: number): Buffer =>
      i === 0 ? frame(HEADERS!, END_STREAM!, 1, GET) : frame(CONTINUATION!, 0, 1, field);
    expect(await flood(httpsPort, round, 2000)).toBe('closed');
  });

  test('breaks the protocol', async () => {
    const { httpsPort } = await startSecureServer();
    expect(await flood(httpsPort, () => frame(HEADERS!, END_HEADERS!, 0, GET), 10)).toBe('closed');
  });

  test('asks for nothing', async () => {
    const { httpsPort } = await startSecureServer({ limits: { httpHeaderTime: 1 } });
    const socket = await shake(httpsPort, { ALPNProtocols: ['h2'] });
    socket.write(Buffer.concat([PREFACE, SETTINGS]));
    const start = performance.now();
    await once(socket.resume(), 'close');
    expect(performance.now() - start).toBeLessThan(5000);
  });

  test('floods it with pings whose answers it does not read, with a bound on memory', async () => {
    const { httpsPort } = await startSecureServer();
    const socket = await shake(httpsPort, { ALPNProtocols: ['h2'] });
    socket.pause();
    socket.write(Buffer.concat([PREFACE, SETTINGS]));
    const pings = Buffer.concat(Array.from({ length: 1000 }, () => frame(PING!, 0, 0, Buffer.alloc(8))));
    const before = process.memoryUsage().rss;
    for (let i = 0; i < 2000 && !socket.closed; i++) {
      if (socket.write(pings)) continue;
      const full = new Promise((resolve) => setTimeout(resolve, 500, 'full'));
      if ((await Promise.race([once(socket, 'drain'), once(socket, 'close'), full])) === 'full') break;
    }
    expect(process.memoryUsage().rss - before).toBeLessThan(64 * 2 ** 20);
  });
});

describe('one connection', () => {
  async function waiting(session: ClientHttp2Session): Promise<number> {
    const stream = session.request({ ':path': '/live/lobby.flv' });
    stream.on('error', () => {});
    const refused = once(stream, 'close').then(() => stream.rstCode);
    return Promise.race([once(stream, 'response').then(() => 0), refused]);
  }

  test('has a bounded number of requests at once, among them viewers', async () => {
    const session = await openHttp2(await startSecureServer());
    await once(session, 'remoteSettings').catch(() => {});
    expect(session.remoteSettings.maxConcurrentStreams).toBe(128);
    expect(await Promise.all(Array.from({ length: 128 }, () => waiting(session)))).toEqual(Array(128).fill(0));
    expect(constants.NGHTTP2_REFUSED_STREAM).toBe(7);
  });

  test('has headers of a bounded size', async () => {
    const server = await startSecureServer();
    const session = await openHttp2(server);
    const { status, text } = await askHttp2(session, '/healthz', { headers: { 'x-a': 'a'.repeat(20_000) } });
    expect([status, text]).toEqual([431, expect.stringContaining('"too-large"')]);
    const many = Object.fromEntries(Array.from({ length: 200 }, (_, i) => [`x-${i}`, 'a']));
    await expect(askHttp2(session, '/healthz', { headers: many })).rejects.toThrow(/ERR_HTTP2|NGHTTP2|stream|session/i);
    expect((await askHttp2(await openHttp2(server), '/healthz')).status).toBe(200);
  });

  test('is left by its viewers one by one, and goes on', async () => {
    const { server, ...rest } = await startSecureServer();
    const session = await openHttp2({ server, ...rest });
    const streams = await Promise.all(
      ['a', 'b'].map(async (name) => {
        const stream = session.request({ ':path': `/live/${name}.flv` });
        await once(stream, 'response');
        return stream;
      }),
    );
    await expect.poll(() => server.hub.sessions.size).toBe(2);
    for (const stream of streams) stream.close(constants.NGHTTP2_CANCEL);
    await expect.poll(() => server.hub.sessions.size).toBe(0);
    expect((await askHttp2(session, '/healthz')).status).toBe(200);
  });
});

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { Emote, Room } from '../../src/client/messages.ts';
import { bombs, dirty, photo, plain, refused, SECRET } from '../../src/media/images/picture-cases.ts';
import { RawSocket } from '../raw-socket.ts';
import { type Answer, startTestServer, type TestServer } from '../test-server.ts';

const TEXT = 0x81;
const KIB = 1024;
const data = mkdtempSync(join(tmpdir(), 'roomcast-'));

let server: TestServer;
const open: RawSocket[] = [];

beforeAll(async () => {
  server = await startTestServer({ data, rooms: { garden: {}, shed: {} } });
});
afterAll(async () => {
  await server.close();
  rmSync(data, { recursive: true, force: true });
});
afterEach(() => {
  for (const socket of open.splice(0)) socket.destroy();
});

const owner = (): Record<string, string> => ({ Authorization: `Bearer ${server.bearer}` });
const call = (method: string, path: string, body?: Uint8Array | object): Promise<Answer> =>
  server.call(method, path, { headers: owner(), ...(body ? { body } : {}) });
const api = (method: string, path: string, body?: Uint8Array | object): Promise<Answer> =>
  call(method, `/api/v1/${path}`, body);
const emotesOf = ({ text }: Answer): Emote[] => (JSON.parse(text) as { emotes: Emote[] }).emotes;
const bytesAt = async (url: string): Promise<Uint8Array> =>
  new Uint8Array(await (await fetch(server.base + url)).arrayBuffer());

describe('an emote', () => {
  test('of a room is listed, and served as what it is, for good, and without what it does not need', async () => {
    const { bytes, clean } = dirty[0]!;
    const [emote] = emotesOf(await api('POST', 'rooms/garden/emotes/wave', bytes));
    expect(emote).toEqual({
      name: 'wave',
      url: expect.stringMatching(/^\/files\/rooms\/garden\/emotes\/wave\/[\w-]{22}$/),
      width: 16,
      height: 20,
    });
    expect(emotesOf(await server.call('GET', '/api/v1/rooms/garden/emotes'))).toEqual([emote]);
    const { status, headers } = await server.call('GET', emote!.url);
    expect(status).toBe(200);
    expect(Object.fromEntries(headers)).toMatchObject({
      'content-type': 'image/png',
      'cache-control': 'public, max-age=31536000, immutable',
      'content-disposition': 'inline',
      'content-security-policy': "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; sandbox",
      'x-content-type-options': 'nosniff',
    });
    expect(await bytesAt(emote!.url)).toEqual(clean);
    expect(await api('DELETE', 'rooms/garden/emotes/wave')).toMatchObject({ status: 204 });
    expect(await server.call('GET', emote!.url)).toMatchObject({ status: 404, code: 'not-found' });
    expect(await api('DELETE', 'rooms/garden/emotes/wave')).toMatchObject({ code: 'not-found' });
  });

  test('with a name that there is takes its place, and has an address of its own', async () => {
    const [first] = emotesOf(await api('POST', 'rooms/garden/emotes/dance', plain.movingGif));
    const [second, ...more] = emotesOf(await api('POST', 'rooms/garden/emotes/dance', plain.movingWebp));
    expect([second!.url === first!.url, more]).toEqual([false, []]);
    expect((await server.call('GET', first!.url)).status).toBe(404);
    expect((await server.call('GET', second!.url)).headers.get('content-type')).toBe('image/webp');
    await api('DELETE', 'rooms/garden/emotes/dance');
  });

  test('of the server is for all rooms, but where a room has one of that name', async () => {
    await api('POST', 'emotes/heart', plain.png);
    await api('POST', 'rooms/shed/emotes/heart', plain.movingGif);
    const [[garden], [shed]] = [
      emotesOf(await api('GET', 'rooms/garden/emotes')),
      emotesOf(await api('GET', 'rooms/shed/emotes')),
    ];
    expect(garden).toMatchObject({
      name: 'heart',
      server: true,
      url: expect.stringMatching(/^\/files\/emotes\/heart\//),
    });
    expect(shed).toMatchObject({ url: expect.stringMatching(/^\/files\/rooms\/shed\/emotes\/heart\//) });
    expect([await bytesAt(garden!.url), await bytesAt(shed!.url)]).toEqual([plain.png, plain.movingGif]);
    await api('DELETE', 'emotes/heart');
    await api('DELETE', 'rooms/shed/emotes/heart');
  });

  test('is told to those who are in the chat when it comes and goes', async () => {
    const socket = await RawSocket.webSocket(server.port, '/ws/garden');
    open.push(socket);
    const next = async (): Promise<Record<string, unknown>> => {
      for (;;) {
        const message = await socket.message();
        if (message['type'] === 'chat' || message['type'] === 'ok') return message;
      }
    };
    await api('POST', 'rooms/garden/emotes/first', plain.png);
    socket.frame(TEXT, JSON.stringify({ id: 1, type: 'subscribe', topics: ['chat'] }));
    expect(await next()).toMatchObject({ id: 1, emotes: [{ name: 'first' }] });
    await api('POST', 'emotes/second', plain.png);
    expect(await next()).toMatchObject({ type: 'chat', emotes: [{ name: 'first' }, { name: 'second' }] });
    await api('POST', 'rooms/shed/emotes/elsewhere', plain.png);
    await api('DELETE', 'rooms/garden/emotes/first');
    expect(await next()).toMatchObject({ type: 'chat', emotes: [{ name: 'second' }] });
    await api('DELETE', 'emotes/second');
  });

  test('of a room that is not for everyone is for those who may enter', async () => {
    const [emote] = emotesOf(await api('POST', 'rooms/shed/emotes/secret', plain.png));
    await api('PATCH', 'rooms/shed', { watch: 'signed-in' });
    expect(await server.call('GET', emote!.url)).toMatchObject({ status: 401 });
    expect(await server.call('GET', '/api/v1/rooms/shed/emotes')).toMatchObject({ status: 401 });
    const { status, headers } = await call('GET', emote!.url);
    expect([status, headers.get('cache-control')]).toEqual([200, 'private, max-age=31536000, immutable']);
    await api('PATCH', 'rooms/shed', { watch: 'everyone' });
  });

  test.each(['a', 'x'.repeat(33), 'Wave', 'a-b', 'a.png', '..%2f..%2fetc', '%00', ':wave:', '波', '__proto__%20'])(
    'has a name of few letters, and not %s',
    async (name) => {
      const answer = await api('POST', `rooms/garden/emotes/${name}`, plain.png);
      expect([answer.status, answer.code]).toEqual([400, 'bad-request']);
    },
  );

  test('that is one too many for a room is refused', async () => {
    const names = Array.from({ length: 110 }, (_, index) => `e${index}x`);
    const answers = await Promise.all(
      names.map((name) => api('POST', `rooms/garden/emotes/${name}`, plain.losslessWebp)),
    );
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(100);
    const [{ name: one }] = emotesOf(await api('GET', 'rooms/garden/emotes')) as [Emote];
    expect(await api('POST', 'rooms/garden/emotes/one_more', plain.png)).toMatchObject({ code: 'limit-exceeded' });
    expect(await api('POST', `rooms/garden/emotes/${one}`, plain.png)).toMatchObject({ status: 200 });
  });
});

describe('S-37, S-11 what is no picture, or more than one', () => {
  test.each(refused.filter(({ bytes }) => bytes.length > 0))('is not taken: $name', async ({ bytes }) => {
    for (const [method, path] of [
      ['POST', 'rooms/garden/emotes/e1x'],
      ['PUT', 'rooms/garden/cover'],
    ] as const)
      expect(await api(method, path, bytes)).toMatchObject({ status: 400, code: 'bad-request' });
  });

  test('is not taken whatever it is called', async () => {
    const body = new TextEncoder().encode('<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>');
    for (const type of ['image/png', 'image/svg+xml', 'text/html', 'application/octet-stream', 'application/json', 'x'])
      expect(
        await server.call('POST', '/api/v1/rooms/garden/emotes/e1x', {
          headers: { ...owner(), 'Content-Type': type },
          body,
        }),
      ).toMatchObject({ status: 400, code: 'bad-request' });
    expect(await api('POST', 'rooms/garden/emotes/e1x')).toMatchObject({ status: 400, code: 'bad-request' });
  });

  test.each(bombs)('is not taken for the pixels that it says it has: $name', async ({ bytes }) => {
    const { status, text } = await api('PUT', 'rooms/garden/cover', bytes);
    expect([status, text]).toEqual([400, expect.stringMatching(/4096 pixels|kind that is taken/)]);
  });

  test('is not read beyond the limit of its route', async () => {
    expect(await api('POST', 'rooms/garden/emotes/e1x', new Uint8Array(256 * KIB + 1))).toMatchObject({
      status: 413,
      code: 'too-large',
    });
    expect(await api('PUT', 'rooms/garden/cover', new Uint8Array(256 * KIB + 1))).toMatchObject({ status: 400 });
    expect(await api('PUT', 'rooms/garden/cover', new Uint8Array(2048 * KIB + 1))).toMatchObject({ code: 'too-large' });
    expect(await api('PATCH', 'rooms/garden', plain.png)).toMatchObject({ status: 400 });
  });

  test('is not read at all from those who may not give it', async () => {
    for (const path of ['rooms/garden/emotes/mine', 'emotes/mine'])
      expect(
        await server.call('POST', `/api/v1/${path}`, { headers: { Origin: server.base }, body: plain.png }),
      ).toMatchObject({ status: 401, code: 'sign-in' });
    expect(
      await server.call('PUT', '/api/v1/rooms/garden/cover', {
        headers: { Cookie: server.cookie, Origin: 'https://evil.example', 'Content-Type': 'text/plain' },
        body: plain.jpeg,
      }),
    ).toMatchObject({ status: 403, code: 'bad-origin' });
  });
});

describe('the cover of a room', () => {
  test('is in what is said of the room, without the place where it was taken', async () => {
    const { cover } = JSON.parse((await api('PUT', 'rooms/garden/cover', photo)).text) as { cover: string };
    const room = JSON.parse((await server.call('GET', '/api/v1/rooms/garden')).text) as Room;
    expect([room.cover, cover]).toEqual([cover, expect.stringMatching(/^\/files\/rooms\/garden\/cover\/[\w-]{22}$/)]);
    const served = Buffer.from(await bytesAt(cover));
    expect([served.includes('Ann'), served.includes('GPS'), served.includes(SECRET)]).toEqual([false, false, false]);
    expect((await server.call('GET', cover)).headers.get('content-type')).toBe('image/jpeg');
    expect(await api('DELETE', 'rooms/garden/cover')).toMatchObject({ status: 204 });
    expect(JSON.parse((await server.call('GET', '/api/v1/rooms/garden')).text)).not.toHaveProperty('cover');
    expect((await server.call('GET', cover)).status).toBe(404);
  });

  test('is told to those who are in the room when it comes and goes', async () => {
    const socket = await RawSocket.webSocket(server.port, '/ws/garden');
    open.push(socket);
    const next = async (): Promise<Room> => {
      for (;;) {
        const message = await socket.message();
        if (message['type'] === 'room') return message['room'] as Room;
      }
    };
    await socket.message();
    await api('PUT', 'rooms/garden/cover', plain.png);
    expect((await next()).cover).toMatch(/^\/files\/rooms\/garden\/cover\//);
    await api('DELETE', 'rooms/garden/cover');
    expect(await next()).not.toHaveProperty('cover');
  });

  test('stands still', async () => {
    expect(await api('PUT', 'rooms/garden/cover', plain.movingPng)).toMatchObject({ code: 'limit-exceeded' });
    expect(await api('PUT', 'rooms/garden/cover', plain.movingGif)).toMatchObject({ code: 'bad-request' });
  });

  test('is in the audit log by its size alone', async () => {
    await api('PUT', 'rooms/shed/cover', plain.png);
    const { entries } = JSON.parse((await api('GET', 'rooms/shed/audit')).text) as { entries: object[] };
    expect(entries[0]).toMatchObject({ action: 'PUT /rooms/:slug/cover', details: { bytes: plain.png.length } });
  });
});

test('pictures are there after a restart', async () => {
  await api('PUT', 'rooms/shed/cover', plain.lossyWebp);
  const [emote] = emotesOf(await api('GET', 'rooms/shed/emotes'));
  const { cover } = JSON.parse((await api('GET', 'rooms/shed')).text) as { cover: string };
  await server.close();
  server = await startTestServer({ data, rooms: { garden: {}, shed: {} } });
  expect(await bytesAt(cover)).toEqual(plain.lossyWebp);
  expect(await bytesAt(emote!.url)).toEqual(plain.png);
});

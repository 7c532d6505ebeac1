import { STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { clientFrame, RawSocket } from '../raw-socket.ts';
import { startTestServer, type TestServer } from '../test-server.ts';

/** First bytes of frames (RFC 6455 §5.2). */
const TEXT = 0x81;
const BINARY = 0x82;
const CLOSE = 0x88;
const PING = 0x89;
const PONG = 0x8a;
const START = 0x01;
const MORE = 0x00;
const LAST = 0x80;

let server: TestServer;
const open: RawSocket[] = [];

beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server.close());
afterEach(() => {
  for (const socket of open.splice(0)) socket.destroy();
});

async function connect(path: string, headers: Record<string, string | undefined> = {}): Promise<RawSocket> {
  const socket = await RawSocket.webSocket(server.port, path, headers);
  open.push(socket);
  return socket;
}

async function refusal(
  path: string,
  headers: Record<string, string | undefined>,
  method?: string,
): ReturnType<RawSocket['head']> {
  const socket = await RawSocket.upgrade(server.port, path, headers, method);
  open.push(socket);
  return socket.head();
}

function closeFrame(code: number, reason = ''): Buffer {
  const payload = Buffer.alloc(2 + Buffer.byteLength(reason));
  payload.writeUInt16BE(code);
  payload.write(reason, 2);
  return payload;
}

/** The room's socket and the media socket behave alike, but for what a message may weigh. */
const sockets = [
  { name: 'the room’s socket', path: '/ws/lobby', limit: 16_384 },
  { name: 'the media socket', path: '/live/lobby.flv', limit: 1024 },
];

describe.each(sockets)('$name', ({ path, limit }) => {
  describe('C-WS-01 answers the opening handshake (§4.2)', () => {
    test('with 101 and the key’s answer, as in the example of §1.3', async () => {
      const { status, headers } = await refusal(path, { 'Sec-WebSocket-Key': 'dGhlIHNhbXBsZSBub25jZQ==' });
      expect([status, headers['sec-websocket-accept']]).toEqual([101, 's3pPLMBiTxaQ9kYGzzhZRbK+xOo=']);
      expect([headers['upgrade']?.toLowerCase(), headers['connection']?.toLowerCase()]).toEqual([
        'websocket',
        'upgrade',
      ]);
    });

    test('with header names and tokens in any case', async () => {
      const { status } = await refusal(path, { Upgrade: 'WebSocket', Connection: 'keep-alive, UPGRADE' });
      expect(status).toBe(101);
    });

    test.each([
      ['another version', { 'Sec-WebSocket-Version': '8' }, 426],
      ['an unknown version', { 'Sec-WebSocket-Version': '99' }, 426],
      ['no version', { 'Sec-WebSocket-Version': undefined }, 426],
      ['no key', { 'Sec-WebSocket-Key': undefined }, 400],
      ['a short key', { 'Sec-WebSocket-Key': 'c2hvcnQ=' }, 400],
      ['a key that is no base64', { 'Sec-WebSocket-Key': '!!!!!!!!!!!!!!!!!!!!!!==' }, 400],
      ['an empty subprotocol', { 'Sec-WebSocket-Protocol': ',,' }, 400],
    ])('with a refusal for %s', async (_name, headers, status) => {
      const answer = await refusal(path, headers);
      expect(answer.status).toBe(status);
      expect(answer.reason).toBe(STATUS_CODES[status]);
      if (status !== 426) return;
      expect(answer.headers).toMatchObject({ 'sec-websocket-version': '13', upgrade: 'websocket' });
      expect(answer.headers['connection']).toMatch(/\bupgrade\b/i);
    });

    test('with a refusal for any other method', async () => {
      expect((await refusal(path, {}, 'POST')).status).toBe(405);
    });

    test('with a refusal, before the upgrade, for what does not exist', async () => {
      expect((await refusal(path.replace('lobby', 'nowhere'), {})).status).toBe(404);
    });

    test('with the address of a WebSocket for one who asks plainly', async () => {
      const answer = await refusal(path, { Upgrade: undefined, Connection: undefined });
      expect(answer.status).toBe(path === '/ws/lobby' ? 426 : 200);
      if (answer.status === 426) expect(answer.headers).toMatchObject({ upgrade: 'websocket' });
    });

    test('and leaves other upgrades alone', async () => {
      const answer = await refusal('/healthz', {
        Upgrade: 'h2c',
        Connection: 'Upgrade, HTTP2-Settings',
        'HTTP2-Settings': 'AAMAAABkAAQ',
      });
      expect(answer.status).toBe(200);
    });
  });

  test('C-WS-02 closes with 1002 for a frame without a mask (§5.1)', async () => {
    const socket = await connect(path);
    socket.frame(TEXT, '{}', { masked: false });
    expect((await socket.closed()).code).toBe(1002);
  });

  test.each([
    ['reserved bit 1', 0xc1],
    ['reserved bit 2', 0xa1],
    ['reserved bit 3', 0x91],
    ['opcode 3', 0x83],
    ['opcode 7', 0x87],
    ['opcode 11', 0x8b],
    ['opcode 15', 0x8f],
    ['a continuation of nothing', 0x80],
  ])('C-WS-03 closes with 1002 for %s (§5.2)', async (_name, first) => {
    const socket = await connect(path);
    socket.frame(first, 'x');
    expect((await socket.closed()).code).toBe(1002);
  });

  describe('C-WS-04 takes fragments (§5.4)', () => {
    test('with a ping between them, which is answered first', async () => {
      const socket = await connect(path);
      socket.frame(START, '{"id":5,');
      socket.frame(PING, 'between');
      let frame = await socket.next();
      while (frame.first !== PONG) frame = await socket.next();
      expect(frame.payload.toString()).toBe('between');
      socket.frame(MORE, '"type":');
      socket.frame(LAST, '"ping"}');
      if (path === '/ws/lobby') expect(await socket.message('pong')).toMatchObject({ id: 5 });
      socket.frame(CLOSE, closeFrame(1000));
      expect((await socket.closed()).code).toBe(1000);
    });

    test('but not a new message between them', async () => {
      const socket = await connect(path);
      socket.frame(START, 'a');
      socket.frame(TEXT, 'b');
      expect((await socket.closed()).code).toBe(1002);
    });

    test('but not thousands', async () => {
      const socket = await connect(path);
      socket.write(
        Buffer.concat([clientFrame(START, 'x'), ...Array.from({ length: 40 }, () => clientFrame(MORE, 'x'))]),
      );
      expect((await socket.closed()).code).toBe(1008);
    });

    test('byte by byte', async () => {
      const socket = await connect(path);
      for (const byte of clientFrame(PING, 'slow')) {
        socket.write(Uint8Array.of(byte));
        await new Promise((resolve) => setImmediate(resolve));
      }
      let frame = await socket.next();
      while (frame.first !== PONG) frame = await socket.next();
      expect(frame.payload.toString()).toBe('slow');
    });
  });

  describe('C-WS-05 checks control frames (§5.5)', () => {
    test.each([
      ['a ping above 125 bytes', PING, 'x'.repeat(126)],
      ['a ping in fragments', 0x09, 'x'],
      ['a close in fragments', 0x08, ''],
      ['a close of one byte', CLOSE, 'x'],
    ])('and closes with 1002 for %s', async (_name, first, payload) => {
      const socket = await connect(path);
      socket.frame(first, payload);
      expect((await socket.closed()).code).toBe(1002);
    });

    test('and takes a ping of 125 bytes and one of none', async () => {
      const socket = await connect(path);
      for (const payload of ['x'.repeat(125), '']) {
        socket.frame(PING, payload);
        let frame = await socket.next();
        while (frame.first !== PONG) frame = await socket.next();
        expect(frame.payload.toString()).toBe(payload);
      }
    });
  });

  describe('C-WS-06 answers a close (§5.5.1, §7.4)', () => {
    test.each([1000, 1001, 1003, 1007, 1011, 1012, 3000, 4999])('with its code %i', async (code) => {
      const socket = await connect(path);
      socket.frame(CLOSE, closeFrame(code, 'bye'));
      expect((await socket.closed()).code).toBe(code);
      await socket.rest();
      expect(socket.ended).toBe(true);
    });

    test('without a code when it has none', async () => {
      const socket = await connect(path);
      socket.frame(CLOSE);
      expect((await socket.closed()).code).toBe(1005);
    });

    test.each([0, 999, 1004, 1005, 1006, 1015, 1016, 1100, 2000, 2999, 5000, 65_535])(
      'with 1002 for %i, which is no code to send',
      async (code) => {
        const socket = await connect(path);
        socket.frame(CLOSE, closeFrame(code));
        expect((await socket.closed()).code).toBe(1002);
      },
    );
  });

  test('C-WS-07 keeps nothing for one who floods with pings and does not read', async () => {
    const peers: Socket[] = [];
    const meet = (peer: Socket): void => void peers.push(peer);
    server.app.http.server.on('connection', meet);
    const socket = await connect(path);
    server.app.http.server.off('connection', meet);
    socket.socket.pause();
    const flood = Buffer.concat(Array.from({ length: 2000 }, () => clientFrame(PING, 'x'.repeat(125))));
    let most = 0;
    for (let i = 0; i < 80; i++) {
      await new Promise((resolve) => socket.socket.write(flood, resolve));
      most = Math.max(most, ...peers.map((peer) => peer.writableLength));
    }
    expect(most).toBeLessThan(64 * 1024);
    expect(await (await connect('/ws/lobby')).message()).toMatchObject({ type: 'hello' });
  });

  test.each([
    ['a lone continuation byte', [[0x80]]],
    ['an overlong slash', [[0xc0, 0xaf]]],
    ['a surrogate', [[0xed, 0xa0, 0x80]]],
    ['a code point above the last', [[0xf4, 0x90, 0x80, 0x80]]],
    ['a character that never ends', [[0xe2, 0x82]]],
    [
      'a bad sequence across fragments',
      [
        [0x41, 0xe2],
        [0x28, 0xa1],
      ],
    ],
  ])('C-WS-08 closes with 1007 for %s (§8.1)', async (_name, parts) => {
    const socket = await connect(path);
    for (const [index, part] of parts.entries()) {
      const last = index === parts.length - 1;
      socket.frame((last ? 0x80 : 0) | (index === 0 ? 0x01 : 0), Uint8Array.from(part));
    }
    expect((await socket.closed()).code).toBe(1007);
  });

  test('C-WS-08 takes a character that is cut by a fragment', async () => {
    const socket = await connect(path);
    const text = Buffer.from('{"id":1,"type":"…"}');
    const cut = text.indexOf(0x80);
    socket.frame(START, text.subarray(0, cut));
    socket.frame(LAST, text.subarray(cut));
    if (path === '/ws/lobby') expect((await socket.message('error'))['id']).toBe(1);
    socket.frame(CLOSE, closeFrame(1000));
    expect((await socket.closed()).code).toBe(1000);
  });

  describe('C-WS-09 closes with 1009', () => {
    test('for a message above its limit, before the message is there', async () => {
      const socket = await connect(path);
      socket.write(clientFrame(TEXT, 'x'.repeat(limit + 1)).subarray(0, 20));
      expect((await socket.closed()).code).toBe(1009);
    });

    test('for one that says it has 2^63 bytes', async () => {
      const socket = await connect(path);
      socket.write(Uint8Array.of(BINARY, 0xff, 0x7f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 1, 2, 3, 4));
      expect((await socket.closed()).code).toBe(1009);
    });

    test('for fragments that are above it together, and takes one that just fits', async () => {
      const socket = await connect(path);
      socket.frame(TEXT, 'x'.repeat(limit));
      socket.frame(START, 'x'.repeat(limit / 2));
      socket.frame(MORE, 'x'.repeat(limit / 2));
      socket.frame(LAST, 'x');
      expect((await socket.closed()).code).toBe(1009);
    });
  });

  test.each([undefined, 'null', 'https://evil.example', 'http://127.0.0.1:1'])(
    'C-WS-10 takes a guest from any Origin: %s (§10.2)',
    async (origin) => {
      expect((await refusal(path, { Origin: origin })).status).toBe(101);
    },
  );

  describe('C-WS-11 does not compress (RFC 7692)', () => {
    test.each([
      'permessage-deflate',
      'permessage-deflate; client_max_window_bits=8; server_no_context_takeover',
      'x-webkit-deflate-frame',
      ';;,=',
    ])('though %s is offered', async (offer) => {
      const { status, headers } = await refusal(path, { 'Sec-WebSocket-Extensions': offer });
      expect([status, headers['sec-websocket-extensions']]).toEqual([101, undefined]);
    });

    test('and closes with 1002 for a compressed message, which could be a bomb', async () => {
      const socket = await connect(path, { 'Sec-WebSocket-Extensions': 'permessage-deflate' });
      socket.frame(0xc1, Uint8Array.of(0x4a, 0x4c, 0x4a, 0x06, 0x00));
      expect((await socket.closed()).code).toBe(1002);
    });
  });

  test('C-WS-12 lets a socket go whose peer has ended its side', async () => {
    const socket = await connect(path);
    socket.socket.end();
    await socket.rest();
    expect(socket.ended).toBe(true);
  });

  test.each(['chat', 'a, b', 'graphql-ws'])('C-WS-13 picks no subprotocol of %s (§1.9)', async (offer) => {
    const { status, headers } = await refusal(path, { 'Sec-WebSocket-Protocol': offer });
    expect([status, headers['sec-websocket-protocol']]).toEqual([101, undefined]);
  });

  test('goes on for everybody else after all of this', async () => {
    const viewers = await connect('/ws/lobby');
    expect(await viewers.message()).toMatchObject({ type: 'hello', version: 1 });
  });
});

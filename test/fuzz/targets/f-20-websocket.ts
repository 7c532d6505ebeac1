import { isDeepStrictEqual } from 'node:util';
import * as ws from 'ws';
import { BadMessage, readClientMessage } from '../../../src/features/room-socket/client-message.ts';
import { MAX_BUFFERED_CHUNKS, MAX_FRAGMENTS } from '../../../src/io/websocket.ts';
import { clientFrame } from '../../raw-socket.ts';
import type { FuzzTarget } from '../target.ts';

/** As the room's socket takes them; the media socket differs in the number alone. */
const MAX_MESSAGE = 16_384;
const MASK = Uint8Array.of(1, 2, 3, 4);

/** The reading half of a socket, which a server makes for each one. */
interface Receiver {
  on(event: string, listener: (...parameters: never[]) => void): void;
  _write(chunk: Uint8Array, encoding: string, done: (error?: Error & { code?: string }) => void): void;
}

type Heard = [kind: 'text' | 'binary' | 'ping' | 'pong' | 'close', payload: string];

const frame = (first: number, payload: string | Uint8Array = ''): Buffer => clientFrame(first, payload, { mask: MASK });
const utf8 = Buffer.from('é…💬');

/** What browsers and others send on a socket, from the first frame on. */
export const target: FuzzTarget = {
  id: 'F-20',
  title: 'WebSocket frames and messages',
  // A parser of a library that keeps what it reads in objects of its own.
  patience: 2,
  seeds: [
    frame(0x81, '{"id":1,"type":"ping"}'),
    frame(0x81, '{"id":1,"type":"say","text":"é…💬","danmaku":{"mode":"scroll"}}'),
    Buffer.concat([frame(0x01, '{"id":1,'), frame(0x89, 'between'), frame(0x00, '"type":'), frame(0x80, '"ping"}')]),
    Buffer.concat([frame(0x01, utf8.subarray(0, 3)), frame(0x80, utf8.subarray(3))]),
    Buffer.concat([frame(0x01, 'a'), ...Array.from({ length: 20 }, () => frame(0x00, 'b'))]),
    frame(0x82, Uint8Array.of(0, 1, 2, 3)),
    frame(0x8a, 'pong'),
    frame(0x88, Uint8Array.of(0x03, 0xe8)),
    frame(0x88, Uint8Array.of(0x03, 0xed, 0xff)),
    frame(0x88, 'x'),
    frame(0xc1, Uint8Array.of(0x4a, 0x4c, 0x4a, 0x06, 0x00)),
    frame(0x81, Uint8Array.of(0xc0, 0xaf)),
    frame(0x81, 'x'.repeat(125)),
    frame(0x81, 'x'.repeat(126)),
    frame(0x81, 'x'.repeat(MAX_MESSAGE + 1)).subarray(0, 300),
    Buffer.from([0x82, 0xff, 0x7f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 1, 2, 3, 4]),
    Buffer.from([0x81, 0xfe, 0x00, 0x01, 1, 2, 3, 4, 0x60]),
    clientFrame(0x81, 'no mask', { masked: false }),
  ],
  run(bytes) {
    listen([bytes], MAX_BUFFERED_CHUNKS);
  },
  roundTrip(bytes) {
    const { heard } = listen([bytes], Infinity);
    const again = listen(
      heard.map(([kind, payload]) => frame(opcodes[kind], Buffer.from(payload, 'latin1'))),
      Infinity,
    );
    if (!isDeepStrictEqual(again.heard, heard)) throw new Error('What was heard cannot be said again.');
  },
  splits: (chunks) => listen(chunks, Infinity),
};

const opcodes = { text: 0x81, binary: 0x82, ping: 0x89, pong: 0x8a, close: 0x88 } as const;

/** Everything that is heard until the socket would be closed, and why it would. */
function listen(
  chunks: readonly Uint8Array[],
  maxBufferedChunks: number,
): { heard: Heard[]; error: string | undefined } {
  const { Receiver: Make } = ws as unknown as { Receiver: new (options: object) => Receiver };
  const receiver = new Make({
    isServer: true,
    maxPayload: MAX_MESSAGE,
    maxFragments: MAX_FRAGMENTS,
    maxBufferedChunks,
    allowSynchronousEvents: true,
    skipUTF8Validation: false,
  });
  const heard: Heard[] = [];
  let over = false;
  let error: string | undefined;
  const hear = (kind: Heard[0], payload: Uint8Array): void =>
    void heard.push([kind, Buffer.from(payload).toString('latin1')]);
  receiver.on('message', (data: Buffer, binary: boolean) => {
    hear(binary ? 'binary' : 'text', data);
    readMessage(binary ? undefined : data.toString());
  });
  receiver.on('ping', (data: Buffer) => hear('ping', data));
  receiver.on('pong', (data: Buffer) => hear('pong', data));
  receiver.on('conclude', (code: number, reason: Buffer) => {
    over = true;
    hear('close', code === 1005 ? Buffer.alloc(0) : Buffer.concat([Uint8Array.of(code >> 8, code & 0xff), reason]));
  });
  for (const chunk of chunks) {
    if (over || error !== undefined) break;
    // Straight into the parser: the stream around it would only wait for its turn.
    receiver._write(Buffer.from(chunk), 'buffer', (thrown) => {
      if (!thrown) return;
      if (!thrown.code?.startsWith('WS_ERR_')) throw thrown;
      error = thrown.code;
    });
  }
  return { heard, error };
}

function readMessage(text: string | undefined): void {
  try {
    readClientMessage(text);
  } catch (error) {
    if (!(error instanceof BadMessage)) throw error;
  }
}

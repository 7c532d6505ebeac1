/**
 * A program: many sockets in one room, of which some talk. What all of them read is counted; a few look at when each message
 * was said.
 */
import { connect, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { clock } from './stamp.ts';

export interface ChatRoomOptions {
  port: number;
  room: string;
  /** All sockets, those who talk among them. */
  sockets: number;
  talkers: number;
  /** New sockets a second. */
  rate: number;
}

/** `talk`: has so many messages said a second, for some seconds; answers how they arrived. */
export interface ChatRoomTalk {
  messages: number;
  seconds: number;
  /** Comments that fly, beside them, within the first second of each ten. They are not timed: a room may leave some out. */
  burst?: number;
}

export interface ChatRoomHeard {
  said: number;
  refused: number;
  /** ms from writing a message to reading it, for each message and each socket that looks. */
  delays: number[];
  /** Of them, messages that did not come. */
  missed: number;
  /** Pieces that a socket that looks was sent. */
  pieces: number;
  /** Sockets that were closed. */
  lost: number;
  /** Bytes that all sockets read. */
  bytes: number;
}

/** So many look at what they read, evenly among the first and the last that came. */
const WATCHERS = 50;
const READ_BYTES = 256 * 1024;
const BURST = 20;
/** The last pieces arrive within this. */
const AFTER_MS = 1500;
const PATIENCE_MS = 30_000;
const BURST_EVERY_MS = 10_000;
const FLYING = { mode: 'scroll', color: 'white' };

const options = JSON.parse(process.argv[2]!) as ChatRoomOptions;
const shared = Buffer.allocUnsafe(READ_BYTES);
const sockets: Socket[] = [];
let [ready, lost, bytes, refused, pieces] = [0, 0, 0, 0, 0];
let delays: number[] = [];

process.on('disconnect', () => process.exit());
process.on('message', (asked: ChatRoomTalk) => void talk(asked).then((heard) => process.send!(heard)));
void open().then(() => process.send!({ ready: true }));

async function open(): Promise<void> {
  for (let index = 0; index < options.sockets; index++) {
    sockets.push(join(index));
    if (index % BURST === BURST - 1) await sleep((BURST * 1000) / options.rate);
  }
  const until = performance.now() + PATIENCE_MS;
  while (ready + lost < options.sockets && performance.now() < until) await sleep(20);
}

function join(index: number): Socket {
  const watches = index % Math.ceil(options.sockets / WATCHERS) === 0;
  let text = '';
  let isUp = false;
  const read = (chunk: Buffer, length: number): void => {
    bytes += length;
    if (!isUp && chunk.subarray(0, length).includes('"ok"')) {
      isUp = true;
      ready++;
    }
    if (index < options.talkers && chunk.subarray(0, length).includes('"type":"error"')) refused++;
    if (!watches) return;
    const now = clock();
    text += chunk.toString('latin1', 0, length);
    pieces += text.split('{"type":"chat"').length - 1;
    let end = 0;
    for (const match of text.matchAll(/"text":"t(\d+) /g)) {
      if (index >= options.talkers) delays.push((now - Number(match[1])) / 1000);
      end = match.index + match[0].length;
    }
    // What may be the beginning of a message that ends in the next chunk.
    text = text.slice(Math.max(end, text.length - 60));
    if (text.includes('{"type":"chat"')) text = text.slice(text.lastIndexOf('{"type":"chat"') + 1);
  };
  const socket = connect({
    port: options.port,
    host: '127.0.0.1',
    onread: {
      buffer: shared,
      callback: (length, buffer) => {
        read(Buffer.from(buffer.buffer, buffer.byteOffset, length), length);
        return true;
      },
    },
  });
  socket.on('error', () => {});
  socket.on('close', () => lost++);
  const from = `X-Forwarded-For: 10.${index >> 16}.${(index >> 8) & 255}.${index & 255}`;
  socket.write(
    `GET /ws/${options.room} HTTP/1.1\r\nHost: 127.0.0.1\r\n${from}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n` +
      'Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n',
  );
  if (index < options.talkers) say(socket, { type: 'login', guest: `talker-${index}` });
  say(socket, { type: 'subscribe', topics: ['chat'], batch: true });
  return socket;
}

/** A masked text frame (RFC 6455 §5.2); a mask of zeros changes nothing. */
function say(socket: Socket, message: object): void {
  const body = Buffer.from(JSON.stringify(message));
  const head =
    body.length < 126
      ? Buffer.of(0x81, 0x80 | body.length)
      : Buffer.of(0x81, 0xfe, body.length >> 8, body.length & 255);
  socket.write(Buffer.concat([head, Buffer.alloc(4), body]));
}

async function talk({ messages, seconds, burst = 0 }: ChatRoomTalk): Promise<ChatRoomHeard> {
  [bytes, refused, pieces, delays] = [0, 0, 0, []];
  const start = performance.now();
  let said = 0;
  let flown = 0;
  while (performance.now() - start < seconds * 1000) {
    const due = Math.min(((performance.now() - start) * messages) / 1000, messages * seconds);
    for (; said < due; said++)
      say(sockets[said % options.talkers]!, {
        type: 'say',
        text: `t${clock()} what somebody says who has something to say`,
      });
    const elapsed = performance.now() - start;
    const flying = burst * (Math.floor(elapsed / BURST_EVERY_MS) + Math.min(1, (elapsed % BURST_EVERY_MS) / 1000));
    for (; flown < flying; flown++)
      say(sockets[flown % options.talkers]!, { type: 'say', text: `what flies ${flown}`, danmaku: FLYING });
    await sleep(2);
  }
  await sleep(AFTER_MS);
  const watchers = Math.ceil(options.sockets / Math.ceil(options.sockets / WATCHERS));
  const talking = Math.ceil(options.talkers / Math.ceil(options.sockets / WATCHERS));
  const missed = (watchers - talking) * said - delays.length;
  return { said, refused, delays, missed, pieces: pieces / watchers, lost, bytes };
}

import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { WebSocket, WebSocketServer } from 'ws';
import { concatBytes } from '../media/bytes/bytes.ts';
import { madeOnce } from './made-once.ts';

/** A message may come in so many pieces; more only costs memory. */
export const MAX_FRAGMENTS: number = 16;
/** Chunks that the parser may hold. */
export const MAX_BUFFERED_CHUNKS: number = 64;
/** A ping is answered only while less than this waits to be sent: a flood of pings must not fill the memory. */
const MAX_PONG_QUEUE = 16 * 1024;
/** How long a peer may take to answer a close frame: who was kicked is gone within two seconds. ms */
const CLOSE_MS = 1000;
/** A close frame holds at most so many bytes of reason (RFC 6455 §5.5). */
const MAX_REASON = 123;
/** Proxies drop silent connections after about a minute. */
export const PING_EVERY: number = 25_000_000;

/** Close codes (RFC 6455 §7.4.1; 4000 and up are ours). */
export const closeCodes: { normal: 1000; policy: 1008; tooLarge: 1009; restart: 1012; kicked: 4403 } = {
  normal: 1000,
  policy: 1008,
  tooLarge: 1009,
  restart: 1012,
  kicked: 4403,
};

/** What the library closes with by itself, in words. */
const REASONS: ReadonlyMap<number, string> = new Map([
  [1002, 'This is not as WebSocket messages are.'],
  [1007, 'A text is not UTF-8.'],
  [1008, 'The message comes in too many pieces.'],
  [1009, 'The message is too large.'],
]);

/** One that says why, also where the library closes it. */
class ReasonedSocket extends WebSocket {
  override close(code?: number, reason?: string | Buffer): void {
    super.close(code, reason ?? (code === undefined ? undefined : REASONS.get(code)));
  }
}

export interface AcceptorOptions {
  maxMessageBytes: number;
  maxFragments?: number;
  /** Told in words when a peer sends what is no WebSocket message, or one above the limits. */
  malformed?(request: IncomingMessage, words: string): void;
}

/** Makes a WebSocket of a request whose handshake was checked. */
export type Acceptor = (
  request: IncomingMessage,
  socket: Duplex,
  head: Uint8Array,
  accepted: (socket: WebSocket) => void,
) => void;

/** Accepts upgrades with small limits, without compression and without subprotocols. */
export function socketAcceptor({
  maxMessageBytes,
  maxFragments = MAX_FRAGMENTS,
  malformed,
}: AcceptorOptions): Acceptor {
  // Held in a constant because the types of this library lag behind its options.
  const limits = {
    noServer: true,
    clientTracking: false,
    perMessageDeflate: false,
    autoPong: false,
    closeTimeout: CLOSE_MS,
    WebSocket: ReasonedSocket,
    maxPayload: maxMessageBytes,
    maxFragments,
    maxBufferedChunks: MAX_BUFFERED_CHUNKS,
    handleProtocols: (): false => false,
  };
  const server = new WebSocketServer(limits);
  return (request, socket, head, accepted) => {
    server.handleUpgrade(request, socket, Buffer.from(head), (opened) => {
      // A broken frame ends its own socket and nothing else; ws closes with the code that fits.
      opened.on('error', (error) => {
        if ((error as { code?: string }).code?.startsWith('WS_ERR_')) malformed?.(request, error.message);
      });
      opened.on('ping', (data) => {
        if (socket.writableLength < MAX_PONG_QUEUE && opened.readyState === opened.OPEN) opened.pong(data, false);
      });
      accepted(opened);
    });
  };
}

/** Closes with a code and a reason, which is cut to what a close frame holds. */
export function closeSocket(socket: WebSocket, code: number, reason = ''): void {
  let text = reason;
  while (Buffer.byteLength(text) > MAX_REASON) text = text.slice(0, -1);
  socket.close(code, text.toWellFormed());
}

/** First bytes of whole frames (RFC 6455 §5.2). */
const TEXT = 0x81;
const BINARY = 0x82;

/** Binary frames (RFC 6455 §5.2), each made once for a buffer, however many sockets it goes to. */
export function binaryFrames(): (bytes: Uint8Array) => Uint8Array {
  return madeOnce((bytes) => concatBytes([headOf(BINARY, bytes.length), bytes]));
}

/** A text frame, to be written to any number of sockets. */
export function textFrame(text: string): Uint8Array {
  const bytes = Buffer.from(text);
  return concatBytes([headOf(TEXT, bytes.length), bytes]);
}

function headOf(final: number, length: number): Uint8Array {
  if (length < 126) return Uint8Array.of(final, length);
  if (length < 65_536) return Uint8Array.of(final, 126, length >> 8, length & 0xff);
  const head = new Uint8Array(10);
  head[0] = final;
  head[1] = 127;
  new DataView(head.buffer).setBigUint64(2, BigInt(length));
  return head;
}

import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { Muxer } from '../../containers/muxer.ts';
import { Busy, type RoomcastError, toRoomcastError } from '../../errors.ts';
import { errorBody } from '../../io/http.ts';
import { Pump } from '../../io/pump.ts';
import type { Access } from '../../live/access.ts';
import type { Subscription } from '../../live/subscription.ts';
import type { App } from '../../plugin.ts';

/** Media of public rooms may be read by any page; players need nothing else. */
const CORS: Record<string, string> = {
  'Access-Control-Allow-Origin': '*',
  'Cross-Origin-Resource-Policy': 'cross-origin',
};
const HEADERS: Record<string, string> = {
  ...CORS,
  'Content-Type': 'video/x-flv',
  'Cache-Control': 'no-store',
  'X-Content-Type-Options': 'nosniff',
  Connection: 'close',
};

/** Players made of ffmpeg take the end of a body without chunks for a fault and lose the last frames. */
const NEEDS_CHUNKS = /^(?:Lavf|libmpv|mpv)\b/;

/**
 * `GET /PATH.flv`: answers at once, then bytes as they come. Not chunked, because framing each write costs a third more, except where
 * the player needs it.
 */
export function flvOverHttp(
  app: App,
  muxer: () => Muxer,
): (request: IncomingMessage, response: ServerResponse, path: string) => void {
  return (request, response, path) => {
    if (request.method === 'OPTIONS') {
      response.writeHead(204, {
        ...CORS,
        'Access-Control-Allow-Methods': 'GET',
        'Access-Control-Allow-Headers': 'Authorization, Range',
      });
      response.end();
      return;
    }
    if (request.method !== 'GET' && request.method !== 'HEAD') {
      response.writeHead(405, { ...CORS, Allow: 'GET, HEAD, OPTIONS' }).end();
      return;
    }
    void answer(app, { request, response, path, muxer });
  };
}

interface Exchange {
  request: IncomingMessage;
  response: ServerResponse;
  path: string;
  muxer: () => Muxer;
}

async function answer(app: App, { request, response, path, muxer }: Exchange): Promise<void> {
  const { socket } = request;
  let pump: Pump | undefined;
  const before = { in: socket.bytesRead, out: socket.bytesWritten };
  const access: Access = {
    action: 'play',
    protocol: 'http-flv',
    path,
    credentials: app.http.credentialsOf(request, { strict: true }),
    remote: app.http.remoteOf(request),
    close() {
      pump?.stop();
      end(socket);
    },
    traffic: () => ({ in: socket.bytesRead - before.in, out: socket.bytesWritten - before.out }),
  };
  let subscription: Subscription;
  try {
    subscription = await app.hub.play(access);
  } catch (error) {
    refuse(response, toRoomcastError(error));
    return;
  }
  socket.once('close', () => {
    pump?.stop();
    subscription.leave('lost');
  });
  if (socket.destroyed || request.method === 'HEAD') {
    subscription.leave();
    if (!socket.destroyed) response.writeHead(200, HEADERS).end();
    return;
  }
  const chunks = NEEDS_CHUNKS.test(request.headers['user-agent'] ?? '') ? new Chunks() : undefined;
  // What follows the head is written past the response, so this only keeps it from framing on its own.
  response.useChunkedEncodingByDefault = false;
  response.writeHead(200, { ...HEADERS, ...(chunks && { 'Transfer-Encoding': 'chunked' }) });
  response.flushHeaders();
  // Without a listener the HTTP server closes a socket that waits; the pump decides what a time-out means.
  response.on('timeout', () => {});
  pump = new Pump({
    socket,
    join: (ready) => subscription.join('flv', muxer, ready),
    ...(chunks && { head: (bytes) => chunks.head(bytes) }),
    finish(reason) {
      subscription.leave(reason);
      if (chunks) socket.write(chunks.end());
      end(socket);
    },
    stalled() {
      subscription.leave('error');
      socket.destroy();
    },
    stallMs: app.settings.limits.viewerStall * 1000,
  });
}

/** Chunks of RFC 9112 section 7.1, where the line that ends one stands before the next. */
class Chunks {
  #first = true;

  head(bytes: Uint8Array): Uint8Array {
    const head = `${this.#first ? '' : '\r\n'}${bytes.length.toString(16)}\r\n`;
    this.#first = false;
    return Buffer.from(head, 'latin1');
  }

  end(): Uint8Array {
    return Buffer.from(`${this.#first ? '' : '\r\n'}0\r\n\r\n`, 'latin1');
  }
}

function end(socket: Socket): void {
  socket.end();
  // A viewer that does not read to the end must not keep the connection.
  socket.setTimeout(5000, () => socket.destroy());
}

function refuse(response: ServerResponse, error: RoomcastError): void {
  const retry: Record<string, string> = error instanceof Busy ? { 'Retry-After': String(error.retryAfter) } : {};
  response.writeHead(error.status, { ...CORS, ...retry, 'Content-Type': 'application/json', Connection: 'close' });
  response.end(JSON.stringify(errorBody(error)));
}

import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Muxer } from '../../containers/muxer.ts';
import { Busy, type RoomcastError, toRoomcastError } from '../../errors.ts';
import { errorBody } from '../../io/http.ts';
import type { App } from '../../plugin.ts';
import { HttpPlayer } from './player.ts';

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
const PREFLIGHT: Record<string, string> = {
  ...CORS,
  'Access-Control-Allow-Methods': 'GET',
  'Access-Control-Allow-Headers': 'Authorization, Range',
};

/** `GET /PATH.flv`: answers at once, then bytes as they come. */
export function flvOverHttp(
  app: App,
  muxer: () => Muxer,
): (request: IncomingMessage, response: ServerResponse, path: string) => void {
  return (request, response, path) => {
    if (request.method === 'OPTIONS') response.writeHead(204, PREFLIGHT).end();
    else if (request.method === 'GET' || request.method === 'HEAD') void play(app, { request, response, path, muxer });
    else response.writeHead(405, { ...CORS, Allow: 'GET, HEAD, OPTIONS' }).end();
  };
}

interface Exchange {
  request: IncomingMessage;
  response: ServerResponse;
  path: string;
  muxer: () => Muxer;
}

async function play(app: App, { request, response, path, muxer }: Exchange): Promise<void> {
  const player = new HttpPlayer({ app, request, path });
  try {
    await player.enter();
  } catch (error) {
    refuse(response, toRoomcastError(error));
    return;
  }
  if (request.method === 'HEAD') {
    player.leave('ended');
    response.writeHead(200, HEADERS).end();
    return;
  }
  // What follows the head is written past the response, so this only keeps it from framing on its own.
  response.useChunkedEncodingByDefault = false;
  response.writeHead(200, { ...HEADERS, ...(player.chunked && { 'Transfer-Encoding': 'chunked' }) });
  response.flushHeaders();
  // Without a listener the HTTP server closes a socket that waits; the pump decides what a time-out means.
  response.on('timeout', () => {});
  player.start(muxer);
}

function refuse(response: ServerResponse, error: RoomcastError): void {
  const retry: Record<string, string> = error instanceof Busy ? { 'Retry-After': String(error.retryAfter) } : {};
  response.writeHead(error.status, { ...CORS, ...retry, 'Content-Type': 'application/json', Connection: 'close' });
  response.end(JSON.stringify(errorBody(error)));
}

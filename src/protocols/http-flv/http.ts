import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Muxer } from '../../containers/muxer.ts';
import { RoomcastError, toRoomcastError } from '../../errors.ts';
import { madeOnce } from '../../io/made-once.ts';
import { ANY_ORIGIN, refuse } from '../../io/refusal.ts';
import type { App } from '../../plugin.ts';
import { chunkOf } from './chunks.ts';
import { HttpPlayer } from './player.ts';

const HEADERS: Record<string, string> = {
  ...ANY_ORIGIN,
  'Content-Type': 'video/x-flv',
  'Cache-Control': 'no-store',
  'X-Content-Type-Options': 'nosniff',
  Connection: 'close',
};
const PREFLIGHT: Record<string, string> = {
  ...ANY_ORIGIN,
  'Access-Control-Allow-Methods': 'GET',
  'Access-Control-Allow-Headers': 'Authorization, Range',
};

const NOT_ALLOWED = { status: 405, headers: { ...ANY_ORIGIN, Allow: 'GET, HEAD, OPTIONS' } };

/** `GET /PATH.flv`: answers at once, then bytes as they come. */
export function flvOverHttp(
  app: App,
  muxer: () => Muxer,
): (request: IncomingMessage, response: ServerResponse, path: string) => void {
  // However many viewers a buffer goes to.
  const chunk = madeOnce(chunkOf);
  return (request, response, path) => {
    if (request.method === 'OPTIONS') response.writeHead(204, PREFLIGHT).end();
    else if (request.method === 'GET' || request.method === 'HEAD')
      void play(app, { request, response, path, muxer, chunk });
    else refuse(response, new RoomcastError('bad-request', 'Media is read with GET.'), NOT_ALLOWED);
  };
}

interface Exchange {
  request: IncomingMessage;
  response: ServerResponse;
  path: string;
  muxer: () => Muxer;
  chunk: (bytes: Uint8Array) => Uint8Array;
}

async function play(app: App, { request, response, path, muxer, chunk }: Exchange): Promise<void> {
  const player = new HttpPlayer({ app, request, path, chunk });
  try {
    await player.enter();
  } catch (error) {
    refuse(response, toRoomcastError(error), { headers: ANY_ORIGIN });
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

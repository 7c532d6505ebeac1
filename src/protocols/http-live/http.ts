import { RoomcastError, toRoomcastError } from '../../errors.ts';
import { type HttpRequest, type HttpResponse, writeHead, writeLastHead } from '../../io/exchange.ts';
import { madeOnce } from '../../io/made-once.ts';
import { ANY_ORIGIN, refuse } from '../../io/refusal.ts';
import type { App } from '../../plugin.ts';
import { chunkOf } from './chunks.ts';
import type { Format } from './formats.ts';
import { HttpPlayer, type HttpPlayerOptions } from './player.ts';

const HEADERS: Readonly<Record<string, string>> = {
  ...ANY_ORIGIN,
  'Cache-Control': 'no-store',
  'X-Content-Type-Options': 'nosniff',
};
const PREFLIGHT: Readonly<Record<string, string>> = {
  ...ANY_ORIGIN,
  'Access-Control-Allow-Methods': 'GET',
  'Access-Control-Allow-Headers': 'Authorization, Range',
};

const NOT_ALLOWED = { status: 405, headers: { ...ANY_ORIGIN, Allow: 'GET, HEAD, OPTIONS' } };

/**
 * `GET /PATH.flv` and its like: answers at once, then bytes as they come. A stream without an end has no ranges: one
 * that is asked for is answered with all there is, as a server may (RFC 9110 §14.2), and no range is offered.
 */
export function playOverHttp(
  app: App,
  format: Format,
): (request: HttpRequest, response: HttpResponse, path: string) => void {
  // However many viewers a buffer goes to.
  const chunk = madeOnce(chunkOf);
  return (request, response, path) => {
    if (request.method === 'OPTIONS') {
      writeHead(response, 204, PREFLIGHT);
      response.end();
    } else if (request.method === 'GET' || request.method === 'HEAD') {
      void play({ app, request, response, path, format, chunk });
    } else refuse(response, new RoomcastError('bad-request', 'Media is read with GET.'), NOT_ALLOWED);
  };
}

async function play(exchange: HttpPlayerOptions): Promise<void> {
  const { request, response, format } = exchange;
  const player = new HttpPlayer(exchange);
  try {
    await player.enter();
  } catch (error) {
    refuse(response, toRoomcastError(error), { headers: ANY_ORIGIN });
    return;
  }
  const headers = { ...HEADERS, 'Content-Type': format.contentType };
  if (request.method === 'HEAD') {
    player.leave('ended');
    writeLastHead(response, 200, headers);
    response.end();
    return;
  }
  // What follows the head is written past the response, so this only keeps it from framing on its own.
  if (!('stream' in response)) response.useChunkedEncodingByDefault = false;
  writeLastHead(response, 200, { ...headers, ...(player.chunked && { 'Transfer-Encoding': 'chunked' }) });
  if (!('stream' in response)) response.flushHeaders();
  // Without a listener the HTTP server closes a socket that waits; the pump decides what a time-out means.
  response.on('timeout', () => {});
  player.start();
}

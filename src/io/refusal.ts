import type { Duplex } from 'node:stream';
import { Busy, type ErrorDetail, RoomcastError, toRoomcastError } from '../errors.ts';
import { type HttpResponse, writeLastHead } from './exchange.ts';

// As an import it would load the built-in fetch, too, a tenth of the time of a start.
const { STATUS_CODES } = process.getBuiltinModule('node:http');

/** Media of public rooms may be read by any page, and so may the reason why it cannot. */
export const ANY_ORIGIN: Readonly<Record<string, string>> = {
  'Access-Control-Allow-Origin': '*',
  'Cross-Origin-Resource-Policy': 'cross-origin',
};

/** What an error looks like in every JSON answer. */
export function errorBody(error: RoomcastError): {
  error: { code: string; message: string; detail?: ErrorDetail };
} {
  const { code, message, detail } = error;
  return { error: { code, message, ...(detail && { detail }) } };
}

/** Headers that go with some errors. */
export function errorHeaders(error: RoomcastError): Record<string, string> {
  return error instanceof Busy ? { 'Retry-After': String(error.retryAfter) } : {};
}

/** Answers on the bare socket, for requests that no framework sees: upgrades, and bytes that are no request. */
export function refuseOnSocket(
  socket: Duplex,
  error: RoomcastError,
  { status = error.status, headers = {} }: { status?: number; headers?: Record<string, string> } = {},
): void {
  if (!socket.writable) {
    socket.destroy();
    return;
  }
  const body = JSON.stringify(errorBody(error));
  const all = {
    'Content-Type': 'application/json',
    'Content-Length': String(Buffer.byteLength(body)),
    Connection: 'close',
    'Access-Control-Allow-Origin': '*',
    'Cache-Control': 'no-store',
    'X-Content-Type-Options': 'nosniff',
    ...errorHeaders(error),
    ...headers,
  };
  const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}\r\n`);
  // What the peer still sends is read and dropped, so that the answer is not lost in a reset.
  socket.resume();
  socket.once('finish', () => socket.destroy());
  socket.end(`HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\n${lines.join('')}\r\n${body}`);
}

/** Answers a request that no framework sees; over HTTP/1 the connection ends with the answer. */
export function refuse(
  response: HttpResponse,
  error: RoomcastError,
  { status = error.status, headers = {} }: { status?: number; headers?: Readonly<Record<string, string>> } = {},
): void {
  const body = JSON.stringify(errorBody(error));
  const own = { 'Content-Type': 'application/json', 'Content-Length': Buffer.byteLength(body) };
  writeLastHead(response, status, { ...own, ...errorHeaders(error), ...headers });
  response.end(body);
}

/** Answers a request for an upgrade with an error instead. */
export function refuseUpgrade(socket: Duplex, error: RoomcastError, headers: Record<string, string> = {}): void {
  refuseOnSocket(socket, error, { headers });
}

/** Turns what the framework throws into an error of the list. */
export function fromFramework(error: unknown): RoomcastError {
  const { statusCode: status } = error as { statusCode?: number };
  if (error instanceof RoomcastError || status === undefined || status >= 500) return toRoomcastError(error);
  if (status === 404 || status === 414) return new RoomcastError('not-found');
  if (status === 413) return new RoomcastError('too-large');
  if (status === 415)
    return new RoomcastError('bad-request', 'The body must be JSON, with Content-Type: application/json.');
  return new RoomcastError('bad-request');
}

/** Status and error for bytes that are no HTTP request, by the parser's code. */
export function fromParser(error: unknown): { error: RoomcastError; status: number } {
  const { code } = error as { code?: string };
  if (code === 'HPE_HEADER_OVERFLOW')
    return { error: new RoomcastError('too-large', 'The headers are too large.'), status: 431 };
  if (code === 'ERR_HTTP_REQUEST_TIMEOUT') return { error: new RoomcastError('time-out'), status: 408 };
  return { error: new RoomcastError('bad-request'), status: 400 };
}

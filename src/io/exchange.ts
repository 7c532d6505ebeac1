import type { IncomingMessage, OutgoingHttpHeaders, ServerResponse } from 'node:http';
import type { Http2ServerRequest, Http2ServerResponse } from 'node:http2';

/** A request of either version of HTTP. */
export type HttpRequest = IncomingMessage | Http2ServerRequest;

/** The answer to it. */
export type HttpResponse = ServerResponse | Http2ServerResponse;

/** What is said of a connection, which HTTP/2 keeps out of its messages (RFC 9113 §8.2.2). */
const OF_CONNECTION: ReadonlySet<string> = new Set(['connection', 'upgrade', 'transfer-encoding']);

/** Writes the head of an answer. Over HTTP/1 the connection ends with it. */
export function writeLastHead(
  response: HttpResponse,
  status: number,
  headers: Readonly<Record<string, string | number>>,
): void {
  if ('stream' in response) writeHead(response, status, withoutConnection(headers));
  else writeHead(response, status, { Connection: 'close', ...headers });
}

/** Writes the head of an answer. */
export function writeHead(
  response: { writeHead(status: number, headers: OutgoingHttpHeaders): unknown },
  status: number,
  headers: Readonly<Record<string, string | number>>,
): void {
  response.writeHead(status, headers);
}

function withoutConnection(headers: Readonly<Record<string, string | number>>): Record<string, string | number> {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !OF_CONNECTION.has(name.toLowerCase())));
}

import type { IncomingMessage } from 'node:http';
import { RoomcastError } from '../../errors.ts';

/** The only version of the protocol (RFC 6455 §4.1). */
const VERSION = '13';
/** 16 bytes in base64 (RFC 6455 §4.1). */
const KEY = /^[+/0-9A-Za-z]{22}==$/;

/** Go with 426, for a connection that ends with the answer (RFC 9110 §7.8, §15.5.22). */
export const UPGRADE: Readonly<Record<string, string>> = { Upgrade: 'websocket', Connection: 'close, Upgrade' };

/** A refusal of a request for an upgrade, with the status that the RFC names. */
export interface HandshakeRefusal {
  error: RoomcastError;
  status: number;
  headers: Record<string, string>;
}

/** Whether a request asks for a WebSocket at all; other upgrades are ignored, as HTTP allows. */
export function asksForSocket(request: IncomingMessage): boolean {
  return request.headers.upgrade?.toLowerCase() === 'websocket';
}

/** Checks the client's opening handshake (RFC 6455 §4.2.1) before anybody is asked whether it may come in. */
export function checkHandshake(request: IncomingMessage): HandshakeRefusal | undefined {
  const { method, headers } = request;
  if (method !== 'GET') return refusal('A WebSocket is opened with GET.', 405, { Allow: 'GET' });
  if (headers['sec-websocket-version'] !== VERSION) {
    return refusal(`Only version ${VERSION} of WebSocket is spoken here.`, 426, {
      ...UPGRADE,
      'Sec-WebSocket-Version': VERSION,
    });
  }
  if (!KEY.test(headers['sec-websocket-key'] ?? '')) return refusal('Sec-WebSocket-Key is missing or malformed.', 400);
  return undefined;
}

function refusal(message: string, status: number, headers: Record<string, string> = {}): HandshakeRefusal {
  return { error: new RoomcastError('bad-request', message), status, headers };
}

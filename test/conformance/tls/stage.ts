import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { type ClientHttp2Session, connect as connectHttp2, type IncomingHttpHeaders } from 'node:http2';
import { request as requestHttps } from 'node:https';
import { connect, type ConnectionOptions, type TLSSocket } from 'node:tls';
import { onTestFinished } from 'vitest';
import type { Options } from '../../../src/config/settings.ts';
import type { TlsIdentity } from '../../../src/io/tls/tls.ts';
import { startServer, type TestServer } from '../../servers.ts';
import { Authority, type Files, filesOf } from '../../tls.ts';

/** A server with TLS on loopback, whose certificate comes from an authority of ours. */
export interface SecureServer extends TestServer {
  authority: Authority;
  identity: TlsIdentity;
  files: Files;
  /** `https://127.0.0.1:PORT` */
  https: string;
  httpsPort: number;
  /** `rtmps://127.0.0.1:PORT` */
  rtmps: string;
  rtmpsPort: number;
}

export async function startSecureServer(options: Options = {}): Promise<SecureServer> {
  const authority = await Authority.create();
  const identity = await authority.issue();
  const files = filesOf(identity);
  const tls = { ...files, ...(typeof options.tls === 'object' ? options.tls : {}) };
  const started = await startServer({ https: '127.0.0.1:0', rtmps: '127.0.0.1:0', ...options, tls });
  const { port: httpsPort } = started.server.https!;
  const { port: rtmpsPort } = started.server.rtmps!;
  const https = `https://127.0.0.1:${httpsPort}`;
  return {
    ...started,
    authority,
    identity,
    files,
    https,
    httpsPort,
    rtmps: `rtmps://127.0.0.1:${rtmpsPort}`,
    rtmpsPort,
  };
}

/** A connection whose handshake is done; rejects with why it could not be. */
export async function shake(port: number, options: ConnectionOptions = {}): Promise<TLSSocket> {
  const socket = connect({ port, host: '127.0.0.1', rejectUnauthorized: false, ...options });
  onTestFinished(() => void socket.destroy());
  await once(socket, 'secureConnect');
  socket.on('error', () => {});
  return socket;
}

/** A session of HTTP/2; ends with the test. */
export async function openHttp2(server: SecureServer): Promise<ClientHttp2Session> {
  const session = connectHttp2(server.https, { ca: server.authority.cert });
  session.on('error', () => {});
  onTestFinished(() => session.destroy());
  await once(session, 'connect');
  return session;
}

export interface Answer {
  status: number;
  headers: IncomingHttpHeaders;
  text: string;
}

export interface Asked {
  method?: string;
  headers?: Record<string, string>;
  body?: string;
}

export async function askHttp2(
  session: ClientHttp2Session,
  path: string,
  { method = 'GET', headers = {}, body }: Asked = {},
): Promise<Answer> {
  const stream = session.request({ ':path': path, ':method': method, ...headers }, { endStream: body === undefined });
  if (body !== undefined) stream.end(body);
  const [answer] = (await once(stream, 'response')) as [IncomingHttpHeaders & { ':status': number }];
  const parts: Buffer[] = [];
  for await (const part of stream) parts.push(part as Buffer);
  return { status: answer[':status'], headers: answer, text: Buffer.concat(parts).toString() };
}

/** The same over HTTP/1.1. */
export async function askHttps(
  server: SecureServer,
  path: string,
  { method = 'GET', headers = {}, body }: Asked = {},
): Promise<Answer> {
  const request = requestHttps(server.https + path, { method, headers, ca: server.authority.cert, agent: false });
  request.end(body);
  const [response] = (await once(request, 'response')) as [IncomingMessage];
  const parts: Buffer[] = [];
  for await (const part of response) parts.push(part as Buffer);
  return { status: response.statusCode!, headers: response.headers, text: Buffer.concat(parts).toString() };
}

import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { connect, createServer as createTlsServer } from 'node:tls';
import { beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { Authority, type IssueOptions } from '../../../test/tls.ts';
import { selfSigned } from './self-signed.ts';
import { distrustInWords } from './trust.ts';
import type { TlsIdentity } from './tls.ts';

let authority: Authority;
beforeAll(async () => void (authority = await Authority.create()));

/** What a client of Node meets there. */
async function meet(port: number, ca?: string): Promise<Error> {
  const socket = connect({ port, host: '127.0.0.1', servername: 'localhost', ...(ca && { ca }) });
  const [error] = (await once(socket, 'error')) as [Error];
  return error;
}

async function shown(identity: TlsIdentity, options: { maxVersion?: 'TLSv1.1' } = {}): Promise<number> {
  const server = createTlsServer({ ...identity, ...options }).listen(0, '127.0.0.1');
  server.on('tlsClientError', () => {});
  onTestFinished(() => void server.close());
  await once(server, 'listening');
  return (server.address() as AddressInfo).port;
}

describe('a certificate is not trusted, in words, because', () => {
  test('it is self-signed, and how it can be', async () => {
    const port = await shown(await selfSigned({ names: ['localhost'], now: Date.now() }));
    const words = distrustInWords(await meet(port), 'host:1936');
    expect(words).toMatch(/^The certificate of host:1936 is self-signed, .*NODE_EXTRA_CA_CERTS=FILE\.$/);
  });

  test('nobody here knows its authority', async () => {
    const { cert, key } = await authority.issue();
    const port = await shown({ cert: cert.slice(0, cert.indexOf('-----END') + 25), key });
    expect(distrustInWords(await meet(port), 'host')).toMatch(
      /comes from an authority that this machine does not know/,
    );
  });

  test.each([
    ['its time is over', { from: -10, until: -1 }, /^The certificate of host has expired\.$/],
    ['its time has not come', { from: 1, until: 10 }, /^The certificate of host is not valid yet/],
    ['it is for others', { names: ['other.example'] }, /^The certificate of host is for other names\.$/],
  ])('%s', async (_why, options: IssueOptions, words) => {
    const port = await shown(await authority.issue(options));
    expect(distrustInWords(await meet(port, authority.cert), 'host')).toMatch(words);
  });
});

test('a server without TLS is told from one that cannot be trusted', async () => {
  const server = createServer((socket) => void socket.end('HTTP/1.1 400 Bad Request\r\n\r\n')).listen(0, '127.0.0.1');
  onTestFinished(() => void server.close());
  await once(server, 'listening');
  const error = await meet((server.address() as AddressInfo).port);
  expect(distrustInWords(error, 'host')).toBe('What listens at host does not speak TLS.');
});

test('what is not about TLS is left to others', () => {
  for (const error of [new Error('x'), Object.assign(new Error('x'), { code: 'ECONNREFUSED' }), undefined, 'x'])
    expect(distrustInWords(error, 'host')).toBeUndefined();
});

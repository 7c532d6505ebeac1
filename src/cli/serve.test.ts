import { expect, test } from 'vitest';
import { listenFailure } from './serve.ts';

const settings = { http: { port: 8080 }, rtmp: { host: '10.0.0.1', port: 1935 } };

test.each([
  [
    { code: 'EADDRINUSE', port: 8080 },
    'port-taken',
    'Port 8080 is used by another program. Stop that one, or choose another with --http ADDR:PORT.',
  ],
  [
    { code: 'EADDRINUSE', port: 1935 },
    'port-taken',
    'Port 1935 is used by another program. Stop that one, or choose another with --rtmp ADDR:PORT.',
  ],
  [{ code: 'EACCES', port: 8080 }, 'bad-config', 'This user may not listen on port 8080'],
  [
    { code: 'EADDRNOTAVAIL', port: 1935, address: '10.0.0.1' },
    'bad-config',
    '10.0.0.1 is not an address of this machine. Please choose another with --rtmp',
  ],
  [
    { code: 'ENOTFOUND', syscall: 'getaddrinfo' },
    'bad-config',
    'The host is not an address of this machine. Please choose another with --rtmp',
  ],
])('a failure to listen, %j, names the flag', (fields, code, message) => {
  const failure = listenFailure(Object.assign(new Error('listen'), { syscall: 'listen' }, fields), settings);
  expect(failure?.code).toBe(code);
  expect(failure?.message).toContain(message);
});

test('other failures are left to speak for themselves', () => {
  expect(
    listenFailure(Object.assign(new Error('open'), { syscall: 'open', code: 'EACCES' }), settings),
  ).toBeUndefined();
  expect(listenFailure(new Error('x'), settings)).toBeUndefined();
});

import { expect, test } from 'vitest';
import { ListenError } from '../io/listen.ts';
import { withFlag } from './serve.ts';

const settings = {
  http: { port: 8080 },
  rtmp: { host: '10.0.0.1', port: 1935 },
  https: { port: 443 },
  rtmps: { port: 1936 },
};

test.each([
  [8080, '--http'],
  [1935, '--rtmp'],
  [443, '--https'],
  [1936, '--rtmps'],
])('a failure to listen on port %i names %s', (port, flag) => {
  const error = withFlag(new ListenError('port-taken', 'Taken.', { port, cause: undefined }), settings);
  expect(error).toMatchObject({ code: 'port-taken', message: `Taken. Choose another with ${flag} ADDR:PORT.` });
});

test('whoever may not listen on a low port is told how one may', () => {
  const refused = new ListenError('bad-config', 'You may not.', { port: 443, cause: undefined });
  const { message } = withFlag(refused, settings) as Error;
  expect(message).toMatch(/^You may not\. .*CAP_NET_BIND_SERVICE.* Choose another with --https ADDR:PORT\.$/s);
  const elsewhere = new ListenError('bad-config', 'No address of this machine.', { port: 8080, cause: undefined });
  expect((withFlag(elsewhere, settings) as Error).message).not.toContain('CAP_NET');
});

test('other failures are left to speak for themselves', () => {
  const error = new Error('x');
  expect(withFlag(error, settings)).toBe(error);
});

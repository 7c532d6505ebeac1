import { expect, test } from 'vitest';
import { ListenError } from '../io/listen.ts';
import { withFlag } from './serve.ts';

const settings = { http: { port: 8080 }, rtmp: { host: '10.0.0.1', port: 1935 } };

test.each([
  [8080, '--http'],
  [1935, '--rtmp'],
])('a failure to listen on port %i names %s', (port, flag) => {
  const error = withFlag(new ListenError('port-taken', 'Taken.', { port, cause: undefined }), settings);
  expect(error).toMatchObject({ code: 'port-taken', message: `Taken. Choose another with ${flag} ADDR:PORT.` });
});

test('other failures are left to speak for themselves', () => {
  const error = new Error('x');
  expect(withFlag(error, settings)).toBe(error);
});

import { expect, test } from 'vitest';
import { publishServer, publishUrl } from './publish-address.ts';

test.each([
  ['the host of the page', { host: 'live.example.org:8080', port: 1935 }, 'rtmp://live.example.org/live'],
  ['a port that is not the usual one', { host: '192.0.2.7:8080', port: 2935 }, 'rtmp://192.0.2.7:2935/live'],
  ['IPv6 in brackets', { host: '[2001:db8::1]:8080', port: 1935 }, 'rtmp://[2001:db8::1]/live'],
  ['no host at all', { host: undefined, port: 1935 }, 'rtmp://127.0.0.1/live'],
  ['a host that is none', { host: 'a b/c', port: 1935 }, 'rtmp://127.0.0.1/live'],
  [
    'what the operator set',
    { publicRtmp: 'rtmp://in.example.org/live/', host: 'x', port: 1 },
    'rtmp://in.example.org/live',
  ],
])('the server for OBS: %s', (_name, options, expected) => {
  expect(publishServer({ publicRtmp: undefined, ...options })).toBe(expected);
});

test('address and key in one', () => {
  expect(publishUrl('rtmp://h/live', 'lobby', 'rk_x')).toBe('rtmp://h/live/lobby?key=rk_x');
});

import type { HttpRequest } from '../exchange.ts';
import { expect, describe, test } from 'vitest';
import { opensPage, secureLocation } from './https-redirect.ts';

function request(headers: Record<string, string>, method = 'GET'): HttpRequest {
  return { method, headers } as unknown as HttpRequest;
}

const PAGE = { accept: 'text/html,application/xhtml+xml,*/*;q=0.8' };

describe('a browser opens a page', () => {
  test.each([
    ['when it would like one', request(PAGE), '/lobby', true],
    ['also by HEAD', request(PAGE, 'HEAD'), '/', true],
    ['when it says so', request({ ...PAGE, 'sec-fetch-mode': 'navigate' }), '/lobby', true],
    ['but not when it fetches', request({ ...PAGE, 'sec-fetch-mode': 'cors' }), '/lobby', false],
    ['but not when a program asks', request({ accept: '*/*' }), '/lobby', false],
    ['but not when nothing is said', request({}), '/lobby', false],
    ['but not by POST', request(PAGE, 'POST'), '/lobby', false],
    ['but not at the API', request(PAGE), '/api/v1/rooms', false],
    ['but not where an authority asks', request(PAGE), '/.well-known/acme-challenge/x', false],
    ['but not where monitors ask', request(PAGE), '/healthz', false],
    ['and a room may begin like the API', request(PAGE), '/apiary', true],
  ])('%s', (_when, asked, pathname, opens) => {
    expect(opensPage(asked, pathname)).toBe(opens);
  });
});

describe('the same page over https', () => {
  test.each([
    ['live.example.org:8080', '/lobby?play=flv', { port: 8443 }, 'https://live.example.org:8443/lobby?play=flv'],
    ['live.example.org', '/', { port: 443 }, 'https://live.example.org/'],
    ['[2001:db8::1]:8080', '/', { port: 8443 }, 'https://[2001:db8::1]:8443/'],
    ['live.example.org:8080', '/', { port: 8443, publicUrl: 'https://live.example.org' }, 'https://live.example.org/'],
    ['192.0.2.1:8080', '/', { port: 8443, publicUrl: 'https://live.example.org' }, 'https://192.0.2.1:8443/'],
    ['live.example.org', '/', { port: 8443, publicUrl: 'http://live.example.org' }, 'https://live.example.org:8443/'],
    ['a', '//evil.example/x', { port: 443 }, 'https://a//evil.example/x'],
  ])('%s%s with %o is %s', (host, target, place, location) => {
    expect(secureLocation(host, target, place)).toBe(location);
  });

  test.each([
    [undefined, '/'],
    ['', '/'],
    ['a b', '/'],
    ['a', 'http://b/'],
    ['a', '/\u00e9'],
    ['a', '/\r\nX: y'],
    ['a', '*'],
  ])('is nowhere for %o and %o', (host, target) => {
    expect(secureLocation(host, target, { port: 443 })).toBeUndefined();
  });
});

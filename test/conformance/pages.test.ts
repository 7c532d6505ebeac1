import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startTestServer, type TestServer } from '../test-server.ts';

let server: TestServer;

beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server.close());

/** The directives of a policy by name. */
function policyOf(headers: Headers): Record<string, string> {
  const text = headers.get('content-security-policy') ?? '';
  return Object.fromEntries(
    text.split('; ').map((directive) => [directive.split(' ')[0]!, directive.slice(directive.indexOf(' ') + 1)]),
  );
}

describe.each([
  ['/', 200],
  ['/lobby', 200],
  ['/nowhere', 404],
  ['/Lobby', 404],
  ['/admin', 200],
  ['/account', 404],
  ['/%F0%9F%8E%A5', 404],
  ['/embed/lobby', 200],
  ['/embed/nowhere', 404],
])('the page %s (S-21)', (path, status) => {
  const embedded = path.startsWith('/embed/');

  test(`is a page with status ${status}, checked again each time`, async () => {
    const answer = await server.call('GET', path);
    expect([answer.status, answer.headers.get('content-type')]).toEqual([status, 'text/html; charset=utf-8']);
    expect(answer.headers.get('cache-control')).toBe('no-cache');
    expect(answer.text).toMatch(/^<!doctype html>/i);
  });

  test('runs nothing but what comes from here, and nothing inline', async () => {
    const { headers, text } = await server.call('GET', path);
    const policy = policyOf(headers);
    expect(policy).toMatchObject({
      'default-src': "'self'",
      'script-src': "'self'",
      'style-src': "'self'",
      'connect-src': "'self'",
      'media-src': "'self' blob:",
      'object-src': "'none'",
      'base-uri': "'none'",
    });
    expect(headers.get('content-security-policy')).not.toContain('unsafe');
    expect(text).not.toMatch(/<script(?![^>]*\ssrc=)[^>]*>|<style|\son\w+=|\sstyle=|javascript:/i);
  });

  test(`is framed by ${embedded ? 'anybody' : 'nobody but ourselves'}`, async () => {
    const { headers } = await server.call('GET', path);
    expect(policyOf(headers)['frame-ancestors']).toBe(embedded ? '*' : "'self'");
    expect(headers.get('cross-origin-resource-policy')).toBe(embedded ? 'cross-origin' : 'same-origin');
  });

  test('is not sniffed, tells nobody where it was left from, and may use no camera', async () => {
    const { headers } = await server.call('GET', path);
    expect(headers.get('x-content-type-options')).toBe('nosniff');
    expect(headers.get('referrer-policy')).toBe('same-origin');
    expect(headers.get('cross-origin-opener-policy')).toBe('same-origin');
    expect(headers.get('permissions-policy')).toContain('camera=()');
    expect(headers.get('access-control-allow-origin')).toBeNull();
  });
});

test('the sites that may frame the player are an option', async () => {
  const limited = await startTestServer({ frameAncestors: ['https://a.example', 'https://b.example'] });
  const closed = await startTestServer({ frameAncestors: [] });
  const ancestors = async (at: TestServer, path: string): Promise<string | undefined> =>
    policyOf((await at.call('GET', path)).headers)['frame-ancestors'];
  expect(await ancestors(limited, '/embed/lobby')).toBe('https://a.example https://b.example');
  expect(await ancestors(limited, '/lobby')).toBe("'self'");
  expect(await ancestors(closed, '/embed/lobby')).toBe("'none'");
  await limited.close();
  await closed.close();
});

describe('what a page loads', () => {
  test('is compressed, kept for ever, and not sent again', async () => {
    const names = [...(await server.call('GET', '/')).text.matchAll(/(?:src|href)="(\/assets\/[^"]+)"/g)].map(
      ([, name]) => name!,
    );
    expect(names.length).toBeGreaterThan(1);
    for (const name of names) {
      const { status, headers } = await server.call('GET', name, { headers: { 'Accept-Encoding': 'br' } });
      expect([status, headers.get('cache-control')]).toEqual([200, 'public, max-age=31536000, immutable']);
      expect(headers.get('vary')).toBe('Accept-Encoding');
      const again = await server.call('GET', name, { headers: { 'If-None-Match': headers.get('etag')! } });
      expect([again.status, again.text]).toEqual([304, '']);
    }
    const script = names.find((name) => name.endsWith('.js'))!;
    const { headers } = await server.call('GET', script, { headers: { 'Accept-Encoding': 'gzip' } });
    expect(headers.get('content-type')).toBe('text/javascript; charset=utf-8');
  });

  test.each([
    '/assets/',
    '/assets/none.js',
    '/assets/index.html',
    '/index.html',
    '/embed.html',
    '/assets/../index.html',
  ])('does not include %s as it is', async (path) => {
    expect((await server.call('GET', path)).status).toBe(404);
  });
});

describe('another site (S-22, S-24)', () => {
  const origins = [
    'null',
    'https://evil.example',
    'http://127.0.0.1',
    'http://127.0.0.1:1',
    'http://127.0.0.1.evil.example',
    'http://localhost',
    'https://localhost:8443',
    'file://',
    'http://[::1]:8080',
    'chrome-extension://abc',
    'http://evil.example:8080',
    'http://127.0.0.1:99999',
    '',
    '*',
  ];

  test.each(origins)('of origin “%s” reads nothing of the API with somebody’s cookie', async (origin) => {
    for (const path of ['/api/v1/rooms', '/api/v1/rooms/lobby', '/api/v1/rooms/lobby/key', '/api/v1/sessions']) {
      const { headers, text } = await server.call('GET', path, { headers: { Origin: origin, Cookie: server.cookie } });
      expect(headers.get('access-control-allow-origin')).toBeNull();
      expect(headers.get('access-control-allow-credentials')).toBeNull();
      expect(text).not.toContain(server.key);
      expect(text).not.toContain('"role":"owner"');
    }
  });

  test('gets no answer to a preflight', async () => {
    const { headers } = await server.call('OPTIONS', '/api/v1/rooms/lobby/key', {
      headers: {
        Origin: 'https://evil.example',
        'Access-Control-Request-Method': 'POST',
        'Access-Control-Request-Headers': 'authorization',
      },
    });
    expect([...headers.keys()].filter((name) => name.startsWith('access-control-'))).toEqual([]);
  });

  test('may read the media of a public room, without credentials', async () => {
    const answer = await fetch(`${server.base}/live/lobby.flv`, {
      method: 'HEAD',
      headers: { Origin: 'https://evil.example' },
    });
    expect([
      answer.headers.get('access-control-allow-origin'),
      answer.headers.get('access-control-allow-credentials'),
    ]).toEqual(['*', null]);
  });

  const forms: [string, Record<string, string>, string][] = [
    ['a form', { 'Content-Type': 'application/x-www-form-urlencoded' }, 'token=x'],
    ['a form with files', { 'Content-Type': 'multipart/form-data; boundary=x' }, '--x--'],
    ['JSON as text', { 'Content-Type': 'text/plain' }, '{"token":"x"}'],
    ['JSON as JSON', { 'Content-Type': 'application/json' }, '{}'],
    ['nothing', {}, ''],
  ];
  const sites: [string, Record<string, string>][] = [
    ['says where it is', { Origin: 'https://evil.example' }],
    ['hides where it is', { Origin: 'null' }],
    ['is known to the browser', { 'Sec-Fetch-Site': 'cross-site' }],
    ['is a neighbour', { 'Sec-Fetch-Site': 'same-site' }],
    ['is an address typed by the user', { 'Sec-Fetch-Site': 'none' }],
    ['is an old browser', {}],
  ];
  const changes: [string, string][] = [
    ['POST', '/api/v1/rooms/lobby/key'],
    ['POST', '/api/v1/rooms/lobby/end'],
    ['POST', '/api/v1/claim'],
    ['POST', '/api/v1/link'],
    ['POST', '/api/v1/tokens'],
    ['DELETE', '/api/v1/sessions/SESSION'],
  ];

  test.each(sites)('that %s changes nothing with the owner’s cookie', async (_name, site) => {
    const publisher = await server.publish();
    for (const [method, path] of changes) {
      for (const [what, type, body] of forms) {
        const answer = await server.call(method, path.replace('SESSION', publisher.session.id), {
          headers: { ...site, ...type, Cookie: server.cookie },
          ...(body ? { body } : {}),
        });
        expect([answer.status, answer.code], `${method} ${path} ${what}`).toEqual([403, 'bad-origin']);
      }
      const read = await server.call('GET', path, { headers: { ...site, Cookie: server.cookie } });
      expect([200, 401, 404, 405]).toContain(read.status);
    }
    expect(server.app.hub.sessions.has(publisher.session.id)).toBe(true);
    expect(await keyNow()).toBe(server.key);
    publisher.end('ended');
  });

  test('of our own sends JSON, and only JSON', async () => {
    for (const [what, type, body] of forms.slice(0, 3)) {
      const answer = await server.call('POST', '/api/v1/claim', { headers: { Origin: server.base, ...type }, body });
      expect([answer.status, answer.code], what).toEqual([400, 'bad-request']);
    }
  });

  async function keyNow(): Promise<string> {
    const { text } = await server.call('GET', '/api/v1/rooms/lobby/key', { headers: { Cookie: server.cookie } });
    return (JSON.parse(text) as { key: string }).key;
  }
});

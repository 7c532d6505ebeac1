import { expect, test } from 'vitest';
import { ApiError, createClient } from './api.ts';
import { Backoff } from './backoff.ts';
import { parseMessage } from './messages.ts';

test('waiting times double up to a limit, each in its upper half', () => {
  const lowest = new Backoff({ first: 500, most: 3000, random: () => 0 });
  const highest = new Backoff({ first: 500, most: 3000, random: () => 1 });
  expect([1, 2, 3, 4, 5].map(() => lowest.next())).toEqual([250, 500, 1000, 1500, 1500]);
  expect([1, 2, 3, 4, 5].map(() => highest.next())).toEqual([500, 1000, 2000, 3000, 3000]);
  highest.reset();
  expect(highest.next()).toBe(500);
});

test('a message of a known type is read, anything else is passed over', () => {
  expect(parseMessage('{"type":"presence","viewers":3}')).toEqual({ type: 'presence', viewers: 3 });
  expect(parseMessage('{"type":"doctor","findings":[]}')).toEqual({ type: 'doctor', findings: [] });
  for (const text of ['', 'null', '[]', '3', '{"type":3}', '{"type":"danmaku"}', '{"type":"__proto__"}', '{']) {
    expect(parseMessage(text)).toBeUndefined();
  }
});

function answering(
  status: number,
  body: unknown,
  headers: Record<string, string> = {},
): { calls: Request[]; fetch: typeof fetch } {
  const calls: Request[] = [];
  return {
    calls,
    fetch: async (input, init) => {
      calls.push(new Request(input as string, init));
      return new Response(body === undefined ? null : JSON.stringify(body), { status, headers });
    },
  };
}

test('the client calls the API with the token and gives what it answers', async () => {
  const { calls, fetch } = answering(200, { rooms: [{ slug: 'lobby' }] });
  const client = createClient({ base: 'http://host:8080', token: 'secret', fetch });
  expect(await client.rooms()).toEqual([{ slug: 'lobby' }]);
  expect(calls[0]!.url).toBe('http://host:8080/api/v1/rooms');
  expect(calls[0]!.headers.get('authorization')).toBe('Bearer secret');
});

test('names in addresses are escaped, and bodies are JSON', async () => {
  const { calls, fetch } = answering(204, undefined);
  const client = createClient({ base: 'http://host', fetch });
  await client.kick('a/b');
  await client.claim('token');
  await client.stream('live/a?b');
  expect(calls[0]!.method + calls[0]!.url).toBe('DELETEhttp://host/api/v1/sessions/a%2Fb');
  expect(calls[1]!.headers.get('content-type')).toBe('application/json');
  expect(await calls[1]!.json()).toEqual({ token: 'token' });
  expect(calls[2]!.url).toBe('http://host/api/v1/streams/live/a%3Fb');
});

test('an error of the server keeps its code, status and Retry-After', async () => {
  const { fetch } = answering(503, { error: { code: 'busy', message: 'Full.' } }, { 'retry-after': '7' });
  const error = await createClient({ base: 'http://host', fetch })
    .room('lobby')
    .catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(ApiError);
  expect(error).toMatchObject({ code: 'busy', status: 503, retryAfter: 7, message: 'Full.' });
});

test('an answer that is not ours becomes an internal error, no answer is unreachable', async () => {
  const { fetch } = answering(502, 'Bad gateway');
  await expect(createClient({ base: 'http://host', fetch }).rooms()).rejects.toMatchObject({
    code: 'internal',
    status: 502,
  });
  const down = createClient({ base: 'http://host', fetch: () => Promise.reject(new TypeError('refused')) });
  await expect(down.rooms()).rejects.toMatchObject({ code: 'unreachable', status: 0 });
});

import { afterAll, beforeAll, expect, test } from 'vitest';
import { startTestServer, type TestServer } from '../test-server.ts';

let server: TestServer;

beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server.close());

test.each<[method: string, path: string, body: object | string, sentence: RegExp]>([
  ['PATCH', 'rooms/lobby', { title: '' }, /^“title” must not be empty\.$/],
  ['PATCH', 'rooms/lobby', { title: 'a'.repeat(200) }, /^“title” must have at most 120 characters\.$/],
  ['PATCH', 'rooms/lobby', { language: '!' }, /^“language” must be a language tag, such as en or pt-BR\.$/],
  ['PATCH', 'rooms/lobby', { tags: ['a b'] }, /^Item 1 of “tags” must be a word of letters, digits, “-” and “_”\.$/],
  [
    'POST',
    'rooms/lobby/members',
    { name: 'ada', role: 'owner' },
    /^“role” must be one of: moderator, speaker, viewer\.$/,
  ],
  [
    'POST',
    'hooks',
    { url: 'https://a.example', events: ['nope'] },
    /^Item 1 of “events” must be one of: .*stream\.live/,
  ],
  ['POST', 'rooms', { title: 'a' }, /^“slug” is missing\.$/],
  ['PATCH', 'rooms/lobby', '{"title":', /^The body is not valid JSON: unexpected end of JSON input\.$/],
  ['PATCH', 'rooms/lobby', '{"title":secret}', /^The body is not valid JSON: unexpected token 's'\.$/],
  ['PATCH', 'rooms/lobby', '{"__proto__":{}}', /^The body has a field that no body may have\.$/],
])('%s %s with %j is refused by the field and what it may be', async (method, path, body, sentence) => {
  const headers = { Authorization: `Bearer ${server.bearer}`, 'Content-Type': 'application/json' };
  const { status, text } = await server.call(method, `/api/v1/${path}`, { headers, body });
  const { error } = JSON.parse(text) as { error: { code: string; message: string } };
  expect([status, error.code]).toEqual([400, 'bad-request']);
  expect(error.message).toMatch(sentence);
});

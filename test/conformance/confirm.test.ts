import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { type Answer, startTestServer, type TestServer } from '../test-server.ts';

const HOUR = 3_600_000_000;
const PASSWORD = 'a good password';

let server: TestServer;
let user: string;

const asOwner = (method: string, path: string, body?: object): Promise<Answer> =>
  server.call(method, `/api/v1/${path}`, {
    headers: { Cookie: server.cookie, Origin: server.base },
    ...(body ? { body } : {}),
  });
const asProgram = (method: string, path: string): Promise<Answer> =>
  server.call(method, `/api/v1/${path}`, { headers: { Authorization: `Bearer ${server.bearer}` } });
const confirm = (password: string): Promise<Answer> => asOwner('POST', 'confirm', { password });
const freshLink = async (): Promise<string> => server.server.link().split('#owner=')[1]!;

beforeAll(async () => {
  server = await startTestServer();
  await asOwner('PATCH', 'me', { name: 'Olga', password: PASSWORD });
  const made = await asOwner('POST', 'users', { name: 'Ben', password: PASSWORD });
  ({ id: user } = (JSON.parse(made.text) as { user: { id: string } }).user);
});
afterAll(() => server.close());
// Each comes later than what the one before has proven.
beforeEach(() => void (server.clock.ahead += 3 * HOUR));

test('who signed in hours ago proves once more who they are before keys are shown and accounts are changed (S-36)', async () => {
  const guarded: [string, string, object?][] = [
    ['GET', 'rooms/lobby/key'],
    ['POST', 'rooms/lobby/key'],
    ['POST', 'rooms/lobby/keys', { name: 'phone' }],
    ['GET', 'rooms/lobby/keys/none'],
    ['PATCH', 'rooms/lobby/keys/none', { name: 'x' }],
    ['POST', 'rooms/lobby/keys/none/replace'],
    ['DELETE', 'rooms/lobby/keys/none'],
    ['PATCH', `users/${user}`, { disabled: true }],
    ['DELETE', `users/${user}`],
    ['POST', `users/${user}/reset`],
    ['POST', 'users', { name: 'Eve', password: PASSWORD }],
    ['POST', 'tokens', { scope: 'read' }],
    ['POST', 'link'],
  ];
  for (const [method, path, body] of guarded) expect((await asOwner(method, path, body)).code, path).toBe('confirm');
  expect((await asOwner('GET', 'rooms/lobby/keys')).status).toBe(200);
  expect((await asOwner('GET', 'users')).status).toBe(200);
  expect((await confirm('not this one')).code).toBe('wrong-password');
  expect((await asOwner('GET', 'rooms/lobby/key')).code).toBe('confirm');
  expect((await confirm(PASSWORD)).status).toBe(204);
  expect((await asOwner('GET', 'rooms/lobby/key')).status).toBe(200);
  expect((await asOwner('PATCH', `users/${user}`, { email: 'ben@example.org' })).status).toBe(200);
});

test('a program with a token is not asked: its token is for what it is for', async () => {
  expect((await asProgram('GET', 'rooms/lobby/key')).status).toBe(200);
});

test('a fresh link of the owner proves it, a used one does not', async () => {
  const token = await freshLink();
  expect((await asOwner('POST', 'claim', { token })).status).toBe(204);
  expect((await asOwner('GET', 'rooms/lobby/key')).status).toBe(200);
  server.clock.ahead += 3 * HOUR;
  expect((await asOwner('POST', 'claim', { token })).status).toBe(204);
  expect((await asOwner('GET', 'rooms/lobby/key')).code).toBe('confirm');
});

test('the owner reads every option with where it comes from, and no secret', async () => {
  const answer = await asOwner('GET', 'server/config');
  const { options } = JSON.parse(answer.text) as { options: { name: string; value: unknown; origin: string }[] };
  expect(options).toContainEqual({ name: 'http', value: '127.0.0.1:0', origin: 'program' });
  expect(options).toContainEqual({ name: 'grace', value: 15, origin: 'default' });
});

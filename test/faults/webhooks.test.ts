import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { createClient } from '../../src/client/index.ts';
import { HookReceiver, isGenuine } from '../hook-receiver.ts';
import { type ServerProcess, startProcess, until } from '../servers.ts';

const env = { ROOMCAST_OUTGOING_ALLOW: '127.0.0.0/8' };

async function call<Answer>(server: ServerProcess, method: string, path: string, body?: object): Promise<Answer> {
  const { token } = JSON.parse(await readFile(join(server.data, 'admin.json'), 'utf8')) as { token: string };
  const response = await fetch(`${server.http}/api/v1/${path}`, {
    method,
    headers: { Authorization: `Bearer ${token}`, ...(body ? { 'Content-Type': 'application/json' } : {}) },
    ...(body ? { body: JSON.stringify(body) } : {}),
  });
  expect(response.status, await response.clone().text()).toBeLessThan(300);
  return (response.status === 204 ? undefined : await response.json()) as Answer;
}

test('a server that is killed sends, when it is back, everything that waited, in order and signed', async () => {
  const receiver = await HookReceiver.open();
  onTestFinished(() => receiver.close());
  let down = true;
  receiver.answer('/hook', (_received, response) => void response.writeHead(down ? 503 : 204).end());
  const first = await startProcess([], { env });
  const { id, secret } = await call<{ id: string; secret: string }>(first, 'POST', 'rooms/lobby/hooks', {
    url: receiver.url('/hook'),
    events: ['key.made', 'stream.live'],
  });
  const names = Array.from({ length: 8 }, (_, index) => `phone ${index}`);
  for (const name of names) await call(first, 'POST', 'rooms/lobby/keys', { name });
  await receiver.of('/hook');
  const waiting = async (server: ServerProcess): Promise<number> =>
    (await call<{ hooks: { waiting: number }[] }>(server, 'GET', 'rooms/lobby/hooks')).hooks[0]!.waiting;
  await until('all events wait', async () => (await waiting(first)) === names.length);
  process.kill(first.pid, 'SIGKILL');
  await first.program.done;
  const before = receiver.received.length;
  down = false;
  const second = await startProcess([], { env, data: first.data });
  await until('all events were sent', async () => (await waiting(second)) === 0);
  const received = receiver.received.slice(before);
  expect(received.map(({ event }) => (event.data['key'] as { name: string }).name)).toEqual(names);
  expect(new Set(received.map(({ event }) => event.id)).size).toBe(names.length);
  expect(received.every(({ headers, body }) => isGenuine(secret, headers, body))).toBe(true);
  const { token } = JSON.parse(await readFile(join(second.data, 'admin.json'), 'utf8')) as { token: string };
  const client = createClient({ base: second.http, token });
  const sent = await client.deliveries('lobby', id, { state: 'sent' });
  expect(sent.map(({ state, status }) => [state, status])).toEqual(names.map(() => ['sent', 204]));
});

test('R-16 other servers that hang, fail or talk without end hold up no picture, no chat and no stop', async () => {
  const receiver = await HookReceiver.open();
  onTestFinished(() => receiver.close());
  const server = await startProcess([], { env: { ...env, ROOMCAST_WEBHOOKS_DECISION_TIME: '0.3' } });
  const events = ['stream.live', 'key.made', 'chat.message'];
  receiver.answer('/endless', (_received, response) => {
    response.writeHead(200);
    const more = (): void => {
      while (response.write(Buffer.alloc(65_536)));
      response.once('drain', more);
    };
    more();
  });
  receiver.answer('/hang', () => {});
  receiver.answer('/self', (_received, response) => void response.writeHead(307, { Location: '/self' }).end());
  for (const path of ['/endless', '/hang', '/self'])
    for (let more = 0; more < 3; more++)
      await call(server, 'POST', 'hooks', { url: receiver.url(path), events, decides: ['play'], fail: 'open' });
  await call(server, 'POST', 'hooks', { url: receiver.url('/good'), events });
  const begin = performance.now();
  for (const name of ['one', 'two', 'three']) await call(server, 'POST', 'rooms/lobby/keys', { name });
  const good = await receiver.of('/good', 3);
  expect(good.map(({ event }) => (event.data['key'] as { name: string }).name)).toEqual(['one', 'two', 'three']);
  // Sooner than the first that hangs is left.
  expect(performance.now() - begin).toBeLessThan(5000);
  for (let viewer = 0; viewer < 5; viewer++) {
    const started = performance.now();
    const viewing = await fetch(`${server.http}/live/lobby.flv`, { headers: { 'User-Agent': `viewer ${viewer}` } });
    expect([viewing.status, performance.now() - started < 3000]).toEqual([200, true]);
    await viewing.body!.cancel();
  }
  const stopping = performance.now();
  server.program.child.kill('SIGTERM');
  await server.program.done;
  expect(performance.now() - stopping).toBeLessThan(8000);
});

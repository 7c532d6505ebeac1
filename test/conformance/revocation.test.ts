import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { EndReason } from '../../src/media/frame.ts';
import { RawSocket } from '../raw-socket.ts';
import { type Answer, startTestServer, type TestServer } from '../test-server.ts';

/** What the owner decides takes effect within this. ms */
const AT_ONCE = 2000;

let server: TestServer;
const open: RawSocket[] = [];

beforeAll(async () => {
  server = await startTestServer({ kickTime: 1 });
});
afterAll(() => server.close());
afterEach(() => {
  for (const socket of open.splice(0)) socket.destroy();
});

function byOwner(method: string, path: string): Promise<Answer> {
  return server.call(method, path, { headers: { Cookie: server.cookie, Origin: server.base } });
}

async function watch(over: 'http' | 'ws', agent: string = over): Promise<RawSocket> {
  const plain = { Connection: undefined, Upgrade: undefined };
  const socket = await RawSocket.upgrade(server.port, '/live/lobby.flv', {
    'User-Agent': agent,
    ...(over === 'http' ? plain : {}),
  });
  open.push(socket);
  expect((await socket.head()).status).toBe(over === 'http' ? 200 : 101);
  return socket;
}

async function keyNow(): Promise<string> {
  return (JSON.parse((await byOwner('GET', '/api/v1/rooms/lobby/key')).text) as { key: string }).key;
}

/** A publisher, and how it was told to go. */
async function publish(): Promise<{ closed: Promise<{ reason: EndReason; code: string | undefined }>; id: string }> {
  const { promise: closed, resolve } = Promise.withResolvers<{ reason: EndReason; code: string | undefined }>();
  const publisher = await server.publish({
    credentials: { key: await keyNow() },
    close: (reason, error) => resolve({ reason, code: error?.code }),
  });
  return { closed, id: publisher.session.id };
}

/** Runs and gives how long it took, in ms. */
async function time(run: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await run();
  return performance.now() - start;
}

describe('within two seconds (S-16)', () => {
  test('a new key cuts the publisher, ends the broadcast for everyone, and makes the old key worthless', async () => {
    const old = await keyNow();
    const { closed } = await publish();
    const [http, ws] = [await watch('http'), await watch('ws')];
    const room = await RawSocket.webSocket(server.port, '/ws/lobby');
    open.push(room);
    const took = await time(async () => {
      expect((await byOwner('POST', '/api/v1/rooms/lobby/key')).status).toBe(200);
      expect(await closed).toEqual({ reason: 'revoked', code: 'wrong-key' });
      expect((await ws.closed()).code).toBe(1000);
      await http.rest();
      let state: unknown;
      while (state !== 'ended') {
        const message = await room.message('stream');
        state = message['state'];
        if (state === 'ended') expect(message['reason']).toBe('revoked');
      }
    });
    expect(took).toBeLessThan(AT_ONCE);
    await expect(server.publish({ credentials: { key: old } })).rejects.toMatchObject({ code: 'wrong-key' });
    await expect(server.publish({ path: `live/${old}`, credentials: {} })).rejects.toMatchObject({ code: 'wrong-key' });
    const next = await publish();
    await byOwner('POST', '/api/v1/rooms/lobby/end');
    await next.closed;
  });

  test('End stream ends the broadcast for everyone, and the encoder does not start it again by itself', async () => {
    await byOwner('POST', '/api/v1/rooms/lobby/key');
    const { closed } = await publish();
    const ws = await watch('ws');
    const took = await time(async () => {
      expect((await byOwner('POST', '/api/v1/rooms/lobby/end')).status).toBe(204);
      expect((await closed).reason).toBe('ended');
      expect((await ws.closed()).code).toBe(1000);
    });
    expect(took).toBeLessThan(AT_ONCE);
    await expect(publish()).rejects.toMatchObject({ code: 'kicked' });
    expect((await byOwner('POST', '/api/v1/rooms/lobby/end')).status).toBe(204);
  });

  test('a kick closes a publisher and refuses its key for a while', async () => {
    await byOwner('POST', '/api/v1/rooms/lobby/key');
    const { closed, id } = await publish();
    expect(
      await time(async () => void (await Promise.all([byOwner('DELETE', `/api/v1/sessions/${id}`), closed]))),
    ).toBeLessThan(AT_ONCE);
    expect(await closed).toEqual({ reason: 'kicked', code: 'kicked' });
    await expect(publish()).rejects.toMatchObject({ code: 'kicked' });
    expect((await byOwner('DELETE', `/api/v1/sessions/${id}`)).status).toBe(404);
  });

  test.each(['http', 'ws'] as const)(
    'a kick closes a viewer over %s and refuses it for a while, and nobody else',
    async (over) => {
      const agent = `a player to be kicked over ${over}`;
      const socket = await watch(over, agent);
      const other = await watch(over === 'http' ? 'ws' : 'http');
      const { sessions } = JSON.parse((await byOwner('GET', '/api/v1/sessions')).text) as {
        sessions: { id: string; protocol: string }[];
      };
      const { id } = sessions.find(({ protocol }) => protocol === `${over}-flv`)!;
      const took = await time(async () => {
        expect((await byOwner('DELETE', `/api/v1/sessions/${id}`)).status).toBe(204);
        if (over === 'ws') {
          expect(await socket.closed()).toEqual({ code: 4403, reason: expect.stringMatching(/closed this session/) });
        }
        const again = await RawSocket.upgrade(server.port, '/live/lobby.flv', { 'User-Agent': agent });
        open.push(again);
        expect((await again.head()).status).toBe(403);
        await socket.rest();
      });
      expect(took).toBeLessThan(AT_ONCE);
      expect(other.ended).toBe(false);
    },
  );
});

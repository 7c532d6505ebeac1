import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { toRoomcastError } from '../../src/errors.ts';
import { createServer } from '../../src/server.ts';
import { roomcast } from '../command.ts';
import { temporaryFolder } from '../output.ts';
import { RawSocket } from '../raw-socket.ts';
import { startTestServer, type TestServer } from '../test-server.ts';

let server: TestServer;

beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server.close());

/** `roomcast token FLAGS` on a data folder: what it says, line by line, or the code of the error that it ends with. */
async function roomcastToken(data: string, ...flags: string[]): Promise<string[]> {
  try {
    return (await roomcast(data, 'token', ...flags)).stdout.split('\n').slice(0, -1);
  } catch (error) {
    return [toRoomcastError(error).code];
  }
}

/** A data folder on which a server ran. */
async function leftFolder(): Promise<string> {
  const data = temporaryFolder();
  await (await createServer({ data, http: '127.0.0.1:0', rtmp: '127.0.0.1:0', drain: 0 })).close();
  return data;
}

const asks = async (bearer: string): Promise<number> =>
  (await server.call('GET', '/api/v1/sessions', { headers: { Authorization: `Bearer ${bearer}` } })).status;

describe('bearer tokens', () => {
  test.each(['beside the server', 'without one'])(
    'are made, listed by an id and revoked by the command line, %s',
    async (way) => {
      const data = way === 'without one' ? await leftFolder() : server.folder;
      const [one] = await roomcastToken(data);
      expect(one).toMatch(/^rt_/);
      const rows = (await roomcastToken(data, '--list')).map((line) => line.split('\t'));
      expect(rows).toEqual([
        [expect.stringMatching(/^[\da-f]{12}$/), 'admin', expect.stringMatching(/Z$/), '-', '-', '-'],
      ]);
      const [[id = ''] = []] = rows;
      expect(await roomcastToken(data, '--revoke', id)).toEqual([]);
      expect(await roomcastToken(data, '--revoke', id)).toEqual(['not-found']);
      expect(await roomcastToken(data, '--list')).toEqual([]);
    },
  );

  test('are never told again, and worth nothing once they are revoked, also where they were shown before', async () => {
    const [one] = await roomcastToken(server.folder);
    const headers = { Authorization: `Bearer ${one}` };
    expect(await asks(one!)).toBe(200);
    const { text } = await server.call('GET', '/api/v1/tokens', { headers });
    expect(text).not.toContain(one!.slice(3));
    const { tokens } = JSON.parse(text) as { tokens: { id: string; lastUsed: string }[] };
    expect(tokens).toEqual([
      {
        id: expect.any(String),
        scope: 'admin',
        created: expect.stringMatching(/Z$/),
        lastUsed: expect.stringMatching(/Z$/),
      },
    ]);
    const [room, owner] = [
      await RawSocket.webSocket(server.port, '/ws/lobby', headers),
      await RawSocket.webSocket(server.port, '/ws/lobby', { Cookie: server.cookie, Origin: server.base }),
    ];
    for (const socket of [room, owner]) await socket.message('doctor');
    const answer = await server.call('DELETE', `/api/v1/tokens/${tokens[0]!.id}`, { headers });
    expect([answer.status, await asks(one!)]).toEqual([204, 401]);
    expect(await room.closed()).toEqual({ code: 1008, reason: expect.stringMatching(/has changed/) });
    expect(owner.ended).toBe(false);
    owner.destroy();
  });
});

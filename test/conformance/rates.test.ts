import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { MILLISECOND, SECOND } from '../../src/media/time.ts';
import { IrcClient } from '../irc-client.ts';
import { type Message, RoomViewer } from '../room-viewer.ts';
import { HttpStage } from './http-live/stage.ts';

/** Everybody comes through a proxy on this machine, so that they come from where they like. */
const PROXIED = { trustedProxies: ['127.0.0.1'] };

async function statusOf(stage: HttpStage, path: string, address: string, body?: object): Promise<number> {
  const base = `http://127.0.0.1:${stage.port}`;
  const answer = await fetch(`${base}/api/v1/${path}`, {
    method: body ? 'POST' : 'GET',
    headers: { 'X-Forwarded-For': address, Origin: base, 'Content-Type': 'application/json' },
    ...(body && { body: JSON.stringify(body) }),
  });
  await answer.arrayBuffer();
  return answer.status;
}

/** How many of so many attempts were not refused for their number. */
async function taken(attempts: number, ask: (index: number) => Promise<number>): Promise<number> {
  let count = 0;
  for (let i = 0; i < attempts; i++) if ((await ask(i)) !== 429) count++;
  return count;
}

describe('S-27 the documented figures hold in virtual time:', () => {
  test('a hundred API calls of one address in ten seconds, and then ten a second', async () => {
    const stage = await HttpStage.start(PROXIED);
    const call = (): Promise<number> => statusOf(stage, 'rooms', '192.0.2.1');
    expect(await taken(130, call)).toBe(100);
    await stage.pass(SECOND);
    expect(await taken(30, call)).toBe(10);
    await stage.pass(10 * SECOND);
    expect(await taken(130, call)).toBe(100);
    expect(await statusOf(stage, 'rooms', '192.0.2.2')).toBe(200);
  });

  // Each password takes its time to be looked at.
  test(
    'five passwords for an account from one place in a quarter of an hour, twenty in all',
    { timeout: 60_000 },
    async () => {
      const stage = await HttpStage.start(PROXIED);
      const guess = (name: string): Promise<number> =>
        statusOf(stage, 'sign-in', '192.0.2.3', { name, password: 'not this one' });
      expect(await taken(8, () => guess('ann'))).toBe(5);
      expect(await taken(20, (index) => guess(`name-${index}`))).toBe(15);
      const base = `http://127.0.0.1:${stage.port}`;
      const refused = await fetch(`${base}/api/v1/sign-in`, {
        method: 'POST',
        headers: { 'X-Forwarded-For': '192.0.2.3', Origin: base, 'Content-Type': 'application/json' },
        body: JSON.stringify({ name: 'somebody', password: 'not this one' }),
      });
      expect([refused.status, refused.headers.get('retry-after')]).toEqual([429, '900']);
      expect(await statusOf(stage, 'sign-in', '192.0.2.4', { name: 'ann', password: 'not this one' })).toBe(401);
      await stage.pass(899 * SECOND);
      expect(await guess('ann')).toBe(429);
      await stage.pass(SECOND);
      expect(await guess('ann')).toBe(401);
    },
  );

  test('S-29 fifteen minutes of a link for another password', async () => {
    const stage = await HttpStage.start(PROXIED);
    const { token } = JSON.parse(await readFile(join(stage.app.store.folder, 'admin.json'), 'utf8')) as {
      token: string;
    };
    const base = `http://127.0.0.1:${stage.port}/api/v1`;
    const asAdmin = async <Body>(path: string, body: object): Promise<Body> => {
      const headers = { Authorization: `Bearer ${token}`, 'Content-Type': 'application/json' };
      return (await (
        await fetch(`${base}/${path}`, { method: 'POST', headers, body: JSON.stringify(body) })
      ).json()) as Body;
    };
    const links: string[] = [];
    for (const name of ['ann', 'ben']) {
      const { user } = await asAdmin<{ user: { id: string } }>('users', { name, password: 'a good password' });
      const { url } = await asAdmin<{ url: string }>(`users/${user.id}/reset`, {});
      links.push(url.split('#reset=')[1]!);
    }
    const use = (link: string): Promise<number> =>
      statusOf(stage, 'reset', '192.0.2.5', { token: link, password: 'a better password' });
    await stage.pass(899 * SECOND);
    expect(await use(links[0]!)).toBe(200);
    await stage.pass(SECOND);
    expect(await use(links[1]!)).toBe(409);
  });

  test('six messages of one person at once, and then one a second', async () => {
    const stage = await HttpStage.start({ limits: { socketMessages: 0, socketMessagesPerUser: 0, socketIdle: 0 } });
    const ann = await RoomViewer.enter(stage.port);
    await ann.ask('login', { guest: 'Ann' });
    let said = 0;
    const say = async (): Promise<number> => {
      const id = ann.say('say', { text: `message ${++said}` });
      const answer = (): Message | undefined => ann.messages.find((message) => message['id'] === id);
      // What is said waits a few milliseconds for what is said beside it, and is then written.
      while (!answer()) await stage.pass(2 * MILLISECOND);
      return answer()!['code'] === 'too-many-requests' ? 429 : 200;
    };
    expect(await taken(10, say)).toBe(6);
    await stage.pass(5 * SECOND);
    expect(await taken(10, say)).toBe(5);
    await stage.pass(20 * SECOND);
    expect(await taken(10, say)).toBe(6);
  });

  test('forty lines of one client of IRC in ten seconds; what is above waits its turn', async () => {
    const stage = await HttpStage.start({ irc: '127.0.0.1:0' });
    const client = await IrcClient.open(stage.server.irc!.port);
    const lines = ['NICK ann', 'USER ann 0 * :Ann', ...Array.from({ length: 98 }, (_, i) => `PING ${i}`)];
    client.say(...lines);
    const answered = (): number => client.seen.filter((line) => / PONG /.test(line)).length;
    const after = async (seconds: number): Promise<number> => {
      if (seconds > 0) await stage.pass(seconds * SECOND);
      for (let turn = 0, before = -1; turn < 50 || answered() !== before; turn++) {
        before = answered();
        await stage.round();
      }
      return answered() + 2;
    };
    const [first, second, third] = [await after(0), await after(5), await after(5)];
    for (const [found, wanted] of [
      [first, 40],
      [second! - first!, 20],
      [third! - second!, 20],
    ] as [number, number][])
      expect(Math.abs(found - wanted)).toBeLessThanOrEqual(wanted / 10);
    client.destroy();
  });
});

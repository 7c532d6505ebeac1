import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { RawSocket } from '../raw-socket.ts';
import { type Answer, startTestServer, type TestServer } from '../test-server.ts';

/** What somebody decides about their account takes effect within this. ms */
const AT_ONCE = 2000;
const MINUTE = 60_000_000;
const PASSWORD = 'a good password';

let server: TestServer;
const open: RawSocket[] = [];

beforeAll(async () => {
  // Behind a proxy, so that people of these tests can come from where they like.
  server = await startTestServer({ trustedProxies: ['127.0.0.1'] });
});
afterAll(() => server.close());
afterEach(() => {
  for (const socket of open.splice(0)) socket.destroy();
});

/** Somebody's browser: it comes from an address, keeps its cookies, and says that it is on a page of ours. */
class Browser {
  readonly address: string;
  readonly cookies = new Map<string, string>();

  constructor(address: string) {
    this.address = address;
  }

  get headers(): Record<string, string> {
    const cookie = [...this.cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    return {
      Origin: server.base,
      'X-Forwarded-For': this.address,
      'User-Agent': `a browser at ${this.address}`,
      ...(cookie === '' ? {} : { Cookie: cookie }),
    };
  }

  async call(method: string, path: string, body?: object): Promise<Answer> {
    const answer = await server.call(method, `/api/v1/${path}`, { headers: this.headers, ...(body ? { body } : {}) });
    for (const line of answer.headers.getSetCookie()) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
      if (value === '') this.cookies.delete(name);
      else this.cookies.set(name, value);
    }
    return answer;
  }

  async me(): Promise<Record<string, unknown> | null> {
    return (JSON.parse((await this.call('GET', 'me')).text) as { user: Record<string, unknown> | null }).user;
  }

  signIn(name: string, password = PASSWORD): Promise<Answer> {
    return this.call('POST', 'sign-in', { name, password });
  }

  async watch(): Promise<RawSocket> {
    const socket = await RawSocket.upgrade(server.port, '/live/lobby.flv', this.headers);
    open.push(socket);
    await socket.head();
    return socket;
  }

  async enter(): Promise<RawSocket> {
    const socket = await RawSocket.webSocket(server.port, '/ws/lobby', this.headers);
    open.push(socket);
    return socket;
  }
}

let people = 0;

/** Somebody new with an account, in a browser of their own. */
async function join(name: string): Promise<Browser> {
  const browser = new Browser(`192.0.2.${++people}`);
  expect((await browser.call('POST', 'users', { name, password: PASSWORD })).status).toBe(200);
  return browser;
}

const owner = (method: string, path: string, body?: object): Promise<Answer> =>
  server.call(method, `/api/v1/${path}`, {
    headers: { Authorization: `Bearer ${server.bearer}` },
    ...(body ? { body } : {}),
  });

describe('somebody', () => {
  test('makes an account and is signed in with it; another browser signs in by name and password', async () => {
    const first = await join('Ada');
    expect(await first.me()).toMatchObject({ kind: 'account', name: 'Ada', admin: false, hasPassword: true });
    const second = new Browser('198.51.100.1');
    expect(await second.me()).toBeNull();
    const answer = await second.signIn('ADA');
    expect([answer.status, (await second.me())?.['id']]).toEqual([200, (await first.me())?.['id']]);
    expect((await second.call('POST', 'sign-out')).status).toBe(204);
    expect([await second.me(), (await first.me())?.['name']]).toEqual([null, 'Ada']);
  });

  test('gets a cookie that no script reads, no other site sends, and that is a new one at each sign-in (S-29)', async () => {
    await join('Bea');
    const browser = new Browser('198.51.100.2');
    browser.cookies.set('roomcast', 'chosen-by-somebody-else');
    const lines = [await browser.signIn('Bea'), await browser.signIn('Bea')].map(
      ({ headers }) => headers.getSetCookie()[0]!,
    );
    for (const line of lines)
      expect(line).toMatch(/^roomcast=[\w-]{43}; Path=\/; Max-Age=\d+; HttpOnly; SameSite=Lax$/);
    expect(lines[0]).not.toBe(lines[1]);
    const secure = await server.call('POST', '/api/v1/sign-in', {
      headers: { ...browser.headers, 'X-Forwarded-Proto': 'https', Origin: server.base.replace('http', 'https') },
      body: { name: 'Bea', password: PASSWORD },
    });
    expect(secure.headers.getSetCookie()[0]).toMatch(/^__Host-roomcast=.*; Secure$/);
  });

  test('is told the same whether the name or the password is wrong', async () => {
    await join('Cleo');
    const browser = new Browser('198.51.100.3');
    const [wrong, unknown] = [
      await browser.signIn('Cleo', 'not this one'),
      await browser.signIn('Nobody', 'not this one'),
    ];
    expect([wrong.status, wrong.text]).toEqual([unknown.status, unknown.text]);
    expect([wrong.status, wrong.code]).toEqual([401, 'wrong-password']);
  });

  test('waits about as long for a name that does not exist (S-07)', async () => {
    await join('Dan');
    const time = async (name: string, address: string): Promise<number> => {
      const begin = performance.now();
      await new Browser(address).signIn(name, 'not this one');
      return performance.now() - begin;
    };
    const known: number[] = [];
    const unknown: number[] = [];
    for (let i = 0; i < 12; i++) {
      known.push(await time('Dan', `203.0.113.${i}`));
      unknown.push(await time(`Nobody${i}`, `203.0.113.${100 + i}`));
    }
    // The hash takes tens of milliseconds, everything else a few. What others take of the processor is never in the least.
    const ratio = Math.min(...unknown) / Math.min(...known);
    expect(ratio).toBeGreaterThan(0.5);
    expect(ratio).toBeLessThan(2);
  });

  test('who guesses passwords is stopped, and locks nobody out (S-07)', async () => {
    const ada = await join('Eve');
    const attacker = new Browser('198.51.100.4');
    const answers: (string | undefined)[] = [];
    for (let i = 0; i < 8; i++) answers.push((await attacker.signIn('Eve', `guess number ${i}`)).code);
    expect(answers).toEqual([...Array(5).fill('wrong-password'), ...Array(3).fill('too-many-requests')]);
    const refused = await attacker.signIn('Eve');
    expect([refused.status, Number(refused.headers.get('retry-after'))]).toEqual([429, expect.closeTo(900, -2)]);
    expect((await new Browser('198.51.100.5').signIn('Eve')).status).toBe(200);
    // The same network, in a browser that she has used before.
    const known = new Browser(attacker.address);
    known.cookies.set('roomcast-known', ada.cookies.get('roomcast-known')!);
    expect((await known.signIn('Eve')).status).toBe(200);
  });

  test('makes at most five accounts from one place in a quarter of an hour', async () => {
    const codes: (string | undefined)[] = [];
    for (let i = 0; i < 7; i++) {
      const browser = new Browser('198.51.100.6');
      codes.push((await browser.call('POST', 'users', { name: `Many${i}`, password: PASSWORD })).code);
    }
    expect(codes).toEqual([...Array(5).fill(undefined), 'too-many-requests', 'too-many-requests']);
  });

  test('who changes the password has to know it, and is then signed in nowhere else, within two seconds (S-16)', async () => {
    const here = await join('Fay');
    const there = new Browser('198.51.100.7');
    await there.signIn('Fay');
    const guest = new Browser('198.51.100.8');
    const [media, room, kept, stranger] = [
      await there.watch(),
      await there.enter(),
      await here.enter(),
      await guest.watch(),
    ];
    const change = { password: 'an even better one' };
    expect((await here.call('PATCH', 'me', change)).code).toBe('wrong-password');
    expect((await here.call('PATCH', 'me', { ...change, currentPassword: 'a guess' })).code).toBe('wrong-password');
    expect(await there.me()).not.toBeNull();
    const begin = performance.now();
    expect((await here.call('PATCH', 'me', { ...change, currentPassword: PASSWORD })).status).toBe(200);
    expect((await room.closed()).code).toBe(1008);
    await media.closed();
    expect(performance.now() - begin).toBeLessThan(AT_ONCE);
    expect([await there.me(), (await here.me())?.['name']]).toEqual([null, 'Fay']);
    expect([kept.ended, stranger.ended]).toEqual([false, false]);
    expect((await there.signIn('Fay')).code).toBe('wrong-password');
    expect((await there.signIn('Fay', change.password)).status).toBe(200);
  });

  test('sees where they are signed in, and signs the others out', async () => {
    const here = await join('Gus');
    const there = new Browser('198.51.100.9');
    await there.signIn('Gus');
    const list = async (): Promise<{ id: string; agent: string; here: boolean }[]> =>
      (
        JSON.parse((await here.call('GET', 'me/sign-ins')).text) as {
          signIns: { id: string; agent: string; here: boolean }[];
        }
      ).signIns;
    const both = await list();
    expect(both.map(({ agent, here: own }) => [agent, own])).toEqual([
      [`a browser at ${there.address}`, false],
      [`a browser at ${here.address}`, true],
    ]);
    expect((await here.call('DELETE', `me/sign-ins/${both[0]!.id}`)).status).toBe(204);
    expect([await there.me(), (await list()).length]).toEqual([null, 1]);
    await there.signIn('Gus');
    expect((await here.call('DELETE', 'me/sign-ins')).status).toBe(204);
    expect([await there.me(), (await here.me())?.['name']]).toEqual([null, 'Gus']);
  });
});

describe('a guest', () => {
  test('has a name that no account has, keeps it, and changes it as the same guest', async () => {
    await join('Hal');
    const browser = new Browser('198.51.100.10');
    expect((await browser.call('POST', 'guest', { name: 'hal' })).code).toBe('name-taken');
    expect((await browser.call('POST', 'guest', { name: 'no spaces' })).code).toBe('bad-request');
    expect((await browser.call('POST', 'guest', { name: 'Ann' })).status).toBe(200);
    const guest = await browser.me();
    expect(guest).toMatchObject({ kind: 'guest', name: 'Ann', admin: false });
    await browser.call('POST', 'guest', { name: 'Anna' });
    expect(await browser.me()).toEqual({ ...guest, name: 'Anna' });
  });
});

describe('the owner of the server', () => {
  test('gives a link for another password, which works once, within fifteen minutes (S-29)', async () => {
    const lost = await join('Ivy');
    const { id } = (await lost.me()) as { id: string };
    const link = async (): Promise<string> =>
      (JSON.parse((await owner('POST', `users/${id}/reset`)).text) as { url: string }).url.split('#reset=')[1]!;
    const [token, late] = [await link(), await link()];
    const browser = new Browser('198.51.100.11');
    expect((await browser.call('POST', 'reset', { token, password: 'short' })).code).toBe('bad-request');
    expect((await browser.call('POST', 'reset', { token, password: 'the new password' })).status).toBe(200);
    expect([(await browser.me())?.['name'], await lost.me()]).toEqual(['Ivy', null]);
    for (const used of [token, late])
      expect((await browser.call('POST', 'reset', { token: used, password: 'another password' })).code).toBe(
        'link-used',
      );
  });

  test('disables an account, and takes one away, for all that it is signed in with', async () => {
    const browser = await join('Jim');
    const { id } = (await browser.me()) as { id: string };
    const token = JSON.parse((await browser.call('POST', 'tokens', { scope: 'read' })).text) as { token: string };
    const asks = async (): Promise<number> =>
      (await server.call('GET', '/api/v1/tokens', { headers: { Authorization: `Bearer ${token.token}` } })).status;
    expect(await asks()).toBe(200);
    expect((await owner('PATCH', `users/${id}`, { disabled: true })).status).toBe(200);
    expect([await browser.me(), await asks(), (await browser.signIn('Jim')).code]).toEqual([
      null,
      401,
      'wrong-password',
    ]);
    expect((await owner('PATCH', `users/${id}`, { disabled: false })).status).toBe(200);
    expect([(await browser.signIn('Jim')).status, await asks()]).toEqual([200, 200]);
    expect((await owner('DELETE', `users/${id}`)).status).toBe(204);
    expect([await browser.me(), await asks(), (await browser.signIn('Jim')).code]).toEqual([
      null,
      401,
      'wrong-password',
    ]);
  });

  test('cannot lock themselves out', async () => {
    const { users } = JSON.parse((await owner('GET', 'users')).text) as { users: { id: string; admin: boolean }[] };
    const { id } = users.find(({ admin }) => admin)!;
    expect((await owner('DELETE', `users/${id}`)).code).toBe('bad-request');
    expect((await owner('PATCH', `users/${id}`, { disabled: true })).code).toBe('bad-request');
  });
});

test('a token ends when its time is over', async () => {
  const made = await owner('POST', 'tokens', { scope: 'read', days: 1 });
  const { token } = JSON.parse(made.text) as { token: string };
  const headers = { Authorization: `Bearer ${token}` };
  expect((await server.call('GET', '/api/v1/sessions', { headers })).status).toBe(200);
  server.clock.ahead = 1441 * MINUTE;
  expect((await server.call('GET', '/api/v1/sessions', { headers })).code).toBe('sign-in');
  server.clock.ahead = 0;
});

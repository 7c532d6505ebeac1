import { describe, expect, test } from 'vitest';
import { errorOf } from '../../../test/hls/answers.ts';
import { cookieOf, VirtualLive } from '../../../test/hls/virtual-live.ts';
import { SECOND } from '../../media/time.ts';
import { newNumber, tokenCookie, tokenWith } from './token.ts';

/** A cookie of the right form that nobody gave. */
const madeUp = (): string =>
  tokenCookie(tokenWith(newNumber(), newNumber()), { path: '', secure: false }).split(';')[0]!;

/** The cookie of somebody who comes for the first time. */
async function newcomer(live: VirtualLive, headers: Record<string, string> = {}): Promise<string> {
  return cookieOf(await live.get('index.m3u8', headers))!;
}

/** Asks for a list as often as somebody does who plays. */
async function reads(live: VirtualLive, list: string, ...manner: [headers?: Record<string, string>, manner?: object]) {
  for (let i = 0; i < 2; i++) await live.get(list, ...manner);
}

describe('who asks', () => {
  test('is one viewer with a cookie that it got, and another one beside it at its address is another', async () => {
    const live = await VirtualLive.start();
    const first = await newcomer(live);
    const list = await live.list('index.m3u8', { cookie: first });
    for (let i = 0; i < 2; i++) expect((await live.get(list, { cookie: first })).headers['set-cookie']).toBeUndefined();
    expect(live.viewers).toBe(1);
    const second = await newcomer(live);
    expect(second).not.toBe(first);
    for (const cookie of [first, second, first, second]) await live.get(list, { cookie });
    expect(live.viewers).toBe(2);
    // One that keeps none is still the same when the others have asked again.
    for (let i = 0; i < 3; i++) for (const sent of [{}, { cookie: first }]) await live.get(list, sent);
    expect(live.viewers).toBe(3);
  });

  test('is one viewer by its address, its program and what it proves itself by, where it keeps no cookie', async () => {
    const live = await VirtualLive.start();
    const list = await live.list();
    for (let i = 0; i < 3; i++) await live.get(list);
    expect(live.viewers).toBe(1);
    const others = [{ 'user-agent': 'a' }, { 'x-forwarded-for': '192.0.2.8' }, { authorization: 'Bearer x' }];
    for (const [index, other] of others.entries()) {
      for (let i = 0; i < 3; i++) await live.get(list, other);
      expect(live.viewers).toBe(2 + index);
    }
  });

  test('is one viewer by its connection of HTTP/2, whatever else it says but who it is', async () => {
    const live = await VirtualLive.start();
    const list = await live.list();
    const [session, other] = [{}, {}];
    for (const agent of ['a', 'b']) await live.get(list, { 'user-agent': agent }, { session });
    expect(live.viewers).toBe(1);
    await reads(live, list, { authorization: 'Bearer x' }, { session });
    expect(live.viewers).toBe(2);
    await reads(live, list, {}, { session: other });
    expect(live.viewers).toBe(3);
  });

  test('is admitted once, though it asks twice before the answer is there', async () => {
    const live = await VirtualLive.start();
    const list = await live.list('index.m3u8', { 'user-agent': 'another' });
    for (const path of ['index.m3u8', list, list]) {
      const both = [live.ask(path), live.ask(path)];
      await live.pass(1);
      expect(both.map(({ is }) => is?.status)).toEqual([200, 200]);
      expect(cookieOf(both[0]!.is!)).toBe(cookieOf(both[1]!.is!));
    }
    expect([live.viewers, live.sessions.length]).toEqual([1, 1]);
  });

  test('and was not let in is nobody: the next time it is asked again', async () => {
    let isOpen = false;
    const gate = ({ action }: { action: string }): object => {
      if (action === 'play' && !isOpen) throw new Error('closed');
      return {};
    };
    const live = await VirtualLive.start({ stage: { gate } });
    expect((await live.get('index.m3u8')).status).toBe(500);
    expect(live.viewers).toBe(0);
    isOpen = true;
    await reads(live, await live.list());
    expect(live.viewers).toBe(1);
  });
});

describe('a cookie', () => {
  test('that somebody made up is as good as none: it makes nobody another viewer', async () => {
    const live = await VirtualLive.start();
    const own = await newcomer(live);
    for (let i = 0; i < 20; i++) {
      const answer = await live.get('index.m3u8', { cookie: madeUp() });
      expect([answer.status, cookieOf(answer)]).toEqual([200, own]);
    }
    const list = await live.list();
    for (let i = 0; i < 20; i++) await live.get(list, { cookie: madeUp() });
    expect(live.viewers).toBe(1);
  });

  test('of which a digit is changed is as good as none', async () => {
    const live = await VirtualLive.start();
    const own = await newcomer(live, { 'user-agent': 'a' });
    const list = await live.list('index.m3u8', { cookie: own, 'user-agent': 'a' });
    await reads(live, list, { cookie: own, 'user-agent': 'a' });
    for (const at of [-1, -33]) {
      const digit = own.at(at) === '0' ? '1' : '0';
      const changed = own.slice(0, at) + digit + own.slice(own.length + at + 1);
      expect(changed).toHaveLength(own.length);
      expect(cookieOf(await live.get(list, { cookie: changed }))).not.toBe(changed);
    }
    expect(live.viewers).toBe(2);
  });

  test('that was given for another path is as good as none', async () => {
    const live = await VirtualLive.start();
    const cookie = await newcomer(live);
    const other = await live.stage.publish({ path: 'live/b' });
    await live.stage.run({ by: other, frames: live.film(3400) });
    expect(cookieOf(await live.get('/live/b/index.m3u8', { cookie }))).not.toBe(cookie);
    expect(cookieOf(await live.get('/live/b/index.m3u8', { cookie: madeUp() }))).toBeDefined();
    await reads(live, `/live/b/${await live.list('/live/b/index.m3u8', { cookie })}`, { cookie });
    expect(live.stage.hub.viewers('live/b')).toBe(1);
  });

  test('from before the server was started again is answered with another, and its player goes on', async () => {
    const before = await newcomer(await VirtualLive.start());
    const live = await VirtualLive.start();
    const list = await live.list('index.m3u8', { cookie: before });
    const answer = await live.get(list, { cookie: before });
    const after = cookieOf(answer)!;
    expect([answer.status, typeof after, after === before]).toEqual([200, 'string', false]);
    expect((await live.get(list, { cookie: after })).headers['set-cookie']).toBeUndefined();
    expect(live.viewers).toBe(1);
  });

  test('is good for as long as the server runs, however long its player was away', async () => {
    const live = await VirtualLive.start();
    const cookie = await newcomer(live);
    await live.send(20_000);
    expect(live.viewers).toBe(0);
    expect((await live.get('index.m3u8', { cookie })).headers['set-cookie']).toBeUndefined();
    const list = await live.list('index.m3u8', { cookie });
    // Others at its address are not it.
    for (const headers of [{ cookie }, {}]) await reads(live, list, headers);
    expect(live.viewers).toBe(2);
  });
});

describe('who waits', () => {
  const wait = '?_HLS_msn=3&_HLS_part=4';
  const status = async (live: VirtualLive, list: string, cookie?: string): Promise<number | undefined> =>
    (await live.held(list + wait, cookie === undefined ? {} : { cookie })).is?.status;
  /** Somebody who waits as often as is allowed. */
  const waiting = async () => {
    const live = await VirtualLive.start();
    const cookie = await newcomer(live);
    const list = await live.list('index.m3u8', { cookie });
    await live.send(1600);
    const held = [];
    for (let i = 0; i < 4; i++) held.push(await live.held(list + wait, { cookie }));
    return { live, cookie, list, held };
  };

  test.each([
    { holds: 2, most: 2 },
    { holds: 0, most: 12 },
  ])('C-HLS-24 by its address as often as the option says: $holds', async ({ holds, most }) => {
    const live = await VirtualLive.start({ settings: { limits: { hlsHolds: holds } }, afar: true });
    const list = await live.list();
    await live.send(1600);
    for (let i = 0; i < most; i++) expect(await status(live, list)).toBeUndefined();
    if (holds > 0) expect(await status(live, list)).toBe(429);
  });

  test('C-HLS-24 from this machine as often as it likes, since there may be a proxy between', async () => {
    const live = await VirtualLive.start();
    const list = await live.list();
    await live.send(1600);
    for (let i = 0; i < 12; i++) expect(await status(live, list)).toBeUndefined();
  });

  test('C-HLS-24 by its connection of HTTP/2 as often as by a cookie, from wherever', async () => {
    const live = await VirtualLive.start();
    const list = await live.list();
    await live.send(1600);
    const [session, other] = [{}, {}];
    const ask = async (by: object) => (await live.held(list + wait, {}, { session: by })).is?.status;
    for (let i = 0; i < 4; i++) expect(await ask(session)).toBeUndefined();
    expect([await ask(session), await ask(other)]).toEqual([429, undefined]);
  });

  test('C-HLS-24 with cookies that it made up waits no more often than with none', async () => {
    const live = await VirtualLive.start({ afar: true });
    const list = await live.list();
    await live.send(1600);
    for (let i = 0; i < 4; i++) expect(await status(live, list, madeUp())).toBeUndefined();
    expect(await status(live, list, madeUp())).toBe(429);
    const cookie = cookieOf(await live.get('index.m3u8', { 'user-agent': 'b' }))!;
    for (let i = 0; i < 4; i++) expect(await status(live, list, cookie)).toBeUndefined();
    expect(await status(live, list, cookie)).toBe(429);
  });

  test('C-HLS-24 and goes makes room for as many as went', async () => {
    const { live, cookie, list, held } = await waiting();
    for (const one of held.slice(0, 3)) one.leave();
    for (let i = 0; i < 3; i++) expect(await status(live, list, cookie)).toBeUndefined();
    expect(await status(live, list, cookie)).toBe(429);
  });

  test('C-HLS-24 and was answered, because it came or because it was too late, makes room', async () => {
    const { live, cookie, list, held } = await waiting();
    await live.send(1200);
    expect(held.map(({ is }) => is?.status)).toEqual([200, 200, 200, 200]);
    const late = [];
    for (let i = 0; i < 4; i++) late.push(await live.held(`${list}?_HLS_msn=4&_HLS_part=4`, { cookie }));
    await live.pass(6 * SECOND);
    expect(late.map(({ is }) => is?.status)).toEqual([503, 503, 503, 503]);
    const again = await live.held(`${list}?_HLS_msn=4&_HLS_part=4`, { cookie });
    expect(again.is).toBeUndefined();
  });
});

describe('who is gone', () => {
  test('is a viewer until three target durations and five seconds have passed since it asked, and no longer', async () => {
    const live = await VirtualLive.start();
    const list = await live.list();
    await reads(live, list);
    const cookie = await newcomer(live, { 'user-agent': 'b' });
    await reads(live, list, { cookie });
    await live.pass(10 * SECOND);
    expect(live.viewers).toBe(2);
    // Of two it is the one that asked longer ago.
    await live.get(list, { cookie });
    await live.pass(2 * SECOND);
    expect(live.viewers).toBe(1);
    expect((await live.get(list, { cookie })).headers['set-cookie']).toBeUndefined();
    await live.pass(13 * SECOND);
    expect(live.viewers).toBe(0);
  });

  test('is no viewer while it waits no longer, but is one while it waits', async () => {
    const live = await VirtualLive.start({ settings: { hls: { part: 0.4, segment: 4 } } });
    const list = await live.list();
    await reads(live, list);
    const held = await live.held(`${list}?_HLS_msn=2&_HLS_part=4`);
    await live.pass(11.9 * SECOND);
    expect([held.is, live.viewers]).toEqual([undefined, 1]);
  });

  test('was sent away by an operator, and for a minute gets nothing by another name', async () => {
    const live = await VirtualLive.start();
    const list = await live.list();
    await reads(live, list);
    await live.send(600);
    const file = live.beside(list, 'main-1.m4s');
    live.stage.hub.kick(live.sessions[0]!.id);
    expect(live.viewers).toBe(0);
    for (const headers of [{}, { cookie: madeUp() }]) {
      const answer = await live.get(file, headers);
      expect([answer.status, errorOf(answer)]).toEqual([403, 'kicked']);
    }
    expect(errorOf(await live.get(list))).toBe('kicked');
    expect(live.viewers).toBe(0);
    expect((await live.get(file, { 'user-agent': 'another' })).status).toBe(200);
    await live.send(59_000);
    expect((await live.get(live.beside(list, 'main-20.m4s'))).status).toBe(403);
    await live.send(1200);
    expect((await live.get(live.beside(list, 'main-20.m4s'))).status).not.toBe(403);
  });

  test('because the server has no more for it, and not by an operator, may come again', async () => {
    const live = await VirtualLive.start();
    const list = await live.list();
    const held = await live.held(`${list}?_HLS_msn=2&_HLS_part=4`);
    live.by.publisher.end('ended');
    await live.pass(1);
    expect(held.is?.status).toBe(200);
    expect((await live.get(live.beside(list, 'main-1.m4s'))).status).toBe(200);
  });
});

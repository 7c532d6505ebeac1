import { expect, test } from 'vitest';
import { errorOf } from '../../../test/hls/answers.ts';
import { VirtualLive } from '../../../test/hls/virtual-live.ts';
import { Denied } from '../../errors.ts';
import type { Access, Grant } from '../../live/access.ts';
import { SECOND } from '../../media/time.ts';

const by = (agent: string | number): Record<string, string> => ({ 'user-agent': `${agent}` });

/** On air, with a list, its first segment, its init segment and a part. */
async function start(gate: (access: Access) => Grant = () => ({})) {
  const live = await VirtualLive.start({ stage: { gate: (access) => (access.action === 'play' ? gate(access) : {}) } });
  const list = await live.list('index.m3u8', by('who reads the list'));
  await live.send(1600);
  const [segment, init, part] = ['main-1.m4s', 'main-init1.mp4', 'main-1.0.m4s'].map((name) => live.beside(list, name));
  return { live, list, segment: segment!, init: init!, part: part! };
}

/** Comes as players do, up to where media are next. */
async function comes({ live, list, init }: Awaited<ReturnType<typeof start>>, agent: string | number): Promise<void> {
  for (const path of ['index.m3u8', list, init])
    expect([path, (await live.get(path, by(agent))).status]).toEqual([path, 200]);
}

test('who has asked for a list and for no media is no viewer, however many they are', async () => {
  const on = await start();
  for (let i = 0; i < 10; i++) await comes(on, i);
  expect([on.live.viewers, on.live.sessions]).toEqual([0, []]);
});

test.each([
  ['its first segment', 'segment'],
  ['its first part', 'part'],
  ['its second list of media', 'list'],
] as const)('who comes is a viewer from %s on, and one', async (_, what) => {
  const on = await start();
  await comes(on, 'a');
  for (let i = 0; i < 3; i++) {
    expect((await on.live.get(on[what], by('a'))).status).toBe(200);
    expect(on.live.viewers).toBe(1);
  }
});

test('who waits for the next part of what it has a list of is a viewer', async () => {
  const on = await start();
  await comes(on, 'a');
  const held = await on.live.held(on.live.beside(on.list, 'main-3.2.m4s'), by('a'));
  expect([held.is, on.live.viewers]).toEqual([undefined, 1]);
});

test('HEAD makes nobody a viewer, and keeps nobody one', async () => {
  const { live, list, segment, part } = await start();
  const all = async (): Promise<void> => {
    for (const path of ['index.m3u8', list, list, segment, part])
      expect((await live.get(path, by('a'), { method: 'HEAD' })).status).toBe(200);
  };
  await all();
  expect(live.viewers).toBe(0);
  for (let i = 0; i < 2; i++) await live.get(list, by('a'));
  expect(live.viewers).toBe(1);
  for (let i = 0; i < 12; i++) {
    await live.pass(SECOND);
    await all();
  }
  expect(live.viewers).toBe(0);
});

test('media that are not there make nobody a viewer', async () => {
  const on = await start();
  await comes(on, 'a');
  for (const name of ['main-99.m4s', 'main-99.0.m4s'])
    expect((await on.live.get(on.live.beside(on.list, name), by('a'))).status).toBe(404);
  expect(on.live.viewers).toBe(0);
});

test('who does not play takes no seat; a full room refuses whoever comes, and those who came for their media', async () => {
  const on = await start(() => ({ maxViewers: 2 }));
  const { live, list, segment } = on;
  for (let i = 0; i < 10; i++) await comes(on, i);
  for (const agent of ['first', 'second']) {
    await comes(on, agent);
    expect((await live.get(segment, by(agent))).status).toBe(200);
  }
  for (const [agent, path] of [
    ['new', 'index.m3u8'],
    ['new', list],
    [3, segment],
    [3, segment],
    [4, list],
    [4, 'index.m3u8'],
  ] as const) {
    const answer = await live.get(path, by(agent));
    expect([agent, path, answer.status, errorOf(answer)]).toEqual([agent, path, 503, 'busy']);
  }
  expect(live.viewers).toBe(2);
  for (const agent of ['first', 'second']) expect((await live.get(list, by(agent))).status).toBe(200);
});

test('the last for whom there is room is let in by all of its requests, also those that come at once', async () => {
  const on = await start(() => ({ maxViewers: 1 }));
  await on.live.get('index.m3u8', by('a'));
  const paths = ['index.m3u8', on.segment, on.list, on.part, on.list, 'index.m3u8', on.list];
  const asked = paths.map((path) => on.live.ask(path, by('a')));
  await on.live.pass(1);
  expect(asked.map(({ is }) => is?.status)).toEqual(paths.map(() => 200));
  expect(on.live.viewers).toBe(1);
});

test('who does not play yet takes none of the sessions of a server', async () => {
  const live = await VirtualLive.start({ stage: { maxSessions: 2 } });
  for (let i = 0; i < 10; i++) expect((await live.get('index.m3u8', by(i))).status).toBe(200);
  const list = await live.list();
  for (let i = 0; i < 2; i++) await live.get(list);
  expect(live.sessions).toHaveLength(1);
  expect((await live.get('index.m3u8', by('new'))).status).toBe(503);
});

test('who was banned between its list and its media is refused both, until it is no more', async () => {
  let isBanned = false;
  const on = await start(() => {
    if (isBanned) throw new Denied();
    return {};
  });
  await comes(on, 'a');
  isBanned = true;
  for (const path of [on.segment, on.part, on.list, on.segment, 'index.m3u8'])
    expect([path, (await on.live.get(path, by('a'))).status]).toEqual([path, 403]);
  expect(on.live.viewers).toBe(0);
  isBanned = false;
  for (const path of [on.list, on.segment]) expect((await on.live.get(path, by('a'))).status).toBe(200);
  expect(on.live.viewers).toBe(1);
});

test('who decides outside is asked once, though a player comes first and plays then', async () => {
  const on = await start();
  const asked: unknown[] = [];
  on.live.stage.hub.confirm(async ({ remote }) => asked.push(remote.agent));
  await comes(on, 'a');
  for (let i = 0; i < 3; i++) await on.live.get(on.segment, by('a'));
  expect([asked, on.live.viewers]).toEqual([['a'], 1]);
});

test('of a crowd that comes and does not play the oldest are forgotten, and begin again', async () => {
  const { live, list } = await start();
  const before = async (agent: string, others: number): Promise<void> => {
    await live.get(list, by(agent));
    for (let i = 0; i < others; i++) await live.get('index.m3u8', by(`${agent} ${i}`));
    await live.get(list, by(agent));
  };
  await before('a', 19_000);
  expect(live.viewers).toBe(1);
  await before('b', 20_000);
  expect(live.viewers).toBe(1);
  await live.get(list, by('b'));
  expect(live.viewers).toBe(2);
});

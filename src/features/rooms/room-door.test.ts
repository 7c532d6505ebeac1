import { describe, expect, test } from 'vitest';
import { people, roomStage } from '../../../test/room-stage.ts';
import { type RoomcastError, toRoomcastError } from '../../errors.ts';
import type { Access } from '../../live/access.ts';
import { SECOND } from '../../media/time.ts';
import type { RoomChange } from './room-record.ts';

const HOUR = 3600 * SECOND;

/** A room before whose door people stand. */
async function doorStage(change: RoomChange = {}) {
  const stage = await roomStage();
  const { hub, rooms } = stage;
  if (Object.keys(change).length > 0) await rooms.change('lobby', change);
  const access = (more: Partial<Access>): Access => ({
    action: 'play',
    protocol: 'test',
    path: 'live/lobby',
    credentials: {},
    remote: { address: '192.0.2.1' },
    close() {},
    traffic: () => ({ in: 0, out: 0 }),
    ...more,
  });
  const refusal = async (more: Partial<Access> = {}): Promise<RoomcastError | undefined> => {
    try {
      (await hub.play(access(more))).leave();
      return undefined;
    } catch (error) {
      return toRoomcastError(error);
    }
  };
  const asks = async (more?: Partial<Access>): Promise<string> => (await refusal(more))?.code ?? 'enters';
  /** How nobody, a guest, an account and the owner fare. */
  const all = (): Promise<string[]> =>
    Promise.all(['', 'ann', 'ada', 'owner'].map((cookie) => asks({ credentials: { cookie } })));
  return { ...stage, access, refusal, asks, all };
}

describe('a room', () => {
  test.each<[RoomChange, string[]]>([
    [{ watch: 'everyone' }, ['enters', 'enters', 'enters', 'enters']],
    [{ watch: 'signed-in' }, ['sign-in', 'sign-in', 'enters', 'enters']],
    [{ watch: 'list' }, ['sign-in', 'sign-in', 'denied', 'enters']],
    [{ watch: 'link' }, ['denied', 'denied', 'denied', 'enters']],
    [{ watch: 'password', password: 'hash' }, ['denied', 'denied', 'denied', 'enters']],
  ])(
    'with %o is entered by nobody in particular, a guest, an account and its owner as it says',
    async (change, expected) => {
      expect(await (await doorStage(change)).all()).toEqual(expected);
    },
  );

  test('that is for those on its list is entered by them, whatever their role', async () => {
    const { members, lobby, asks } = await doorStage({ watch: 'list' });
    const ada = { credentials: { cookie: 'ada' } };
    for (const role of ['viewer', 'speaker', 'moderator'] as const) {
      await members.set(lobby().id, 'u_ada', role);
      expect(await asks(ada)).toBe('enters');
    }
    await members.remove(lobby().id, 'u_ada');
    expect(await asks(ada)).toBe('denied');
  });

  test('belongs to its owner', async () => {
    const { asks } = await doorStage({ watch: 'list', owner: 'u_ada' });
    expect(await asks({ credentials: { cookie: 'ada' } })).toBe('enters');
  });

  test('that was put away is entered by its owner alone, and published by nobody', async () => {
    const { rooms, live, all, key } = await doorStage();
    await rooms.create({ slug: 'pond' });
    await rooms.archive('pond', true);
    expect(await all()).toEqual(['enters', 'enters', 'enters', 'enters']);
    const pond = rooms.find('pond')!;
    const text = await rooms.keys.text(pond, rooms.keys.main(pond).id);
    await expect(live.publish({ path: 'live/pond', key: text })).rejects.toMatchObject({ code: 'wrong-key' });
    await expect(live.play({ path: 'live/pond' })).rejects.toMatchObject({ code: 'denied' });
    expect((await live.publish({ path: 'live/lobby', key })).publisher.path).toBe('live/lobby');
  });

  test('lets those in who were let in before, until its password is another one, or thirty days are over', async () => {
    const { rooms, entries, lobby, live, asks } = await doorStage({ watch: 'password', password: 'hash' });
    const ann = { credentials: { cookie: 'ann' } };
    await entries.add(lobby(), 'g_ann');
    expect([await asks(ann), await asks({ credentials: { cookie: 'ada' } })]).toEqual(['enters', 'denied']);
    await rooms.change('lobby', { password: 'another' });
    expect(await asks(ann)).toBe('denied');
    await entries.add(lobby(), 'g_ann');
    live.scheduler.advance(30 * 24 * HOUR - SECOND);
    expect(await asks(ann)).toBe('enters');
    live.scheduler.advance(SECOND);
    expect(await asks(ann)).toBe('denied');
  });

  test('is opened by its own pass, within its time, until all passes are ended', async () => {
    const { rooms, passes, lobby, garden, live, asks } = await doorStage({ watch: 'link' });
    await rooms.change('garden', { watch: 'link' });
    const pass = passes.create(lobby());
    const short = passes.create(lobby(), { viewer: 'tv', ends: live.scheduler.wall() + 60_000 });
    expect([await asks({ credentials: { pass } }), await asks({ credentials: { pass: short } })]).toEqual([
      'enters',
      'enters',
    ]);
    expect(await asks({ path: 'live/garden', credentials: { pass } })).toBe('denied');
    expect(await asks({ credentials: { pass: passes.create(garden()) } })).toBe('denied');
    expect(await asks({ credentials: { pass: `${pass}x` } })).toBe('denied');
    live.scheduler.advance(60 * SECOND);
    expect([await asks({ credentials: { pass } }), await asks({ credentials: { pass: short } })]).toEqual([
      'enters',
      'denied',
    ]);
    await rooms.shut('lobby');
    expect(await asks({ credentials: { pass } })).toBe('denied');
  });

  test('closes on those who came by a pass when its time is over, and knows for whom it was made', async () => {
    const { hub, passes, lobby, live, access } = await doorStage({ watch: 'link' });
    const pass = passes.create(lobby(), { viewer: 'tv', ends: live.scheduler.wall() + 60_000 });
    let closed: unknown;
    const { session } = await hub.play(
      access({ credentials: { pass }, close: (reason, error) => (closed = [reason, error?.code]) }),
    );
    expect([session.grant.ends, session.toJSON().identity]).toEqual([expect.any(Number), 'tv']);
    await hub.recheck(() => true);
    expect(closed).toBeUndefined();
    live.scheduler.advance(61 * SECOND);
    await hub.recheck(({ grant }) => grant.ends !== undefined && grant.ends <= live.scheduler.wall());
    expect(closed).toEqual(['revoked', 'denied']);
  });

  test.each<[RoomChange, string]>([
    [{ watch: 'link' }, 'denied'],
    [{ watch: 'password', password: 'hash' }, 'denied'],
    [{ watch: 'list' }, 'sign-in'],
    [{ watch: 'signed-in' }, 'sign-in'],
  ])(
    'with %o says of a link that does not open it whether its time is over, to its holder alone',
    async (change, code) => {
      const { rooms, passes, lobby, garden, live, refusal } = await doorStage(change);
      const short = passes.create(lobby(), { viewer: 'tv', ends: live.scheduler.wall() + 60_000 });
      const endless = passes.create(lobby());
      const words = async (pass: string): Promise<unknown[]> => {
        const error = await refusal({ credentials: { pass } });
        return [error?.code, error?.message, error?.detail?.why];
      };
      const over = [code, 'This link is over; ask for a new one.', 'link-over'];
      const wrong = [code, 'This link does not open this room; ask for a new one.', 'link-wrong'];
      live.scheduler.advance(60 * SECOND);
      expect(await words(short)).toEqual(over);
      for (const pass of ['', 'rp_x', `${short}x`, passes.create(garden(), { ends: 1000 })])
        expect(await words(pass), pass).toEqual(wrong);
      await rooms.shut('lobby');
      for (const pass of [short, endless]) expect(await words(pass)).toEqual(wrong);
      expect((await refusal())?.message).not.toMatch(/link (is over|does not)/);
    },
  );

  test('for everyone knows by a pass who comes, also when its time is over, and shuts nobody out for a bad one', async () => {
    const { hub, rooms, passes, lobby, garden, live, access, asks } = await doorStage();
    const pass = passes.create(lobby(), { viewer: 'tv', ends: live.scheduler.wall() + 60_000 });
    let closed: unknown;
    const { session } = await hub.play(access({ credentials: { pass }, close: (reason) => (closed = reason) }));
    expect([session.grant.identity?.id, session.grant.ends]).toEqual(['p_tv', undefined]);
    live.scheduler.advance(61 * SECOND);
    await rooms.shut('lobby');
    await hub.recheck(() => true);
    expect(closed).toBeUndefined();
    for (const other of ['', 'rp_x', `${pass}x`, pass, passes.create(garden())])
      expect(await asks({ credentials: { pass: other } })).toBe('enters');
  });

  test('is full at its own limit', async () => {
    const { hub, access, asks } = await doorStage({ maxViewers: 1 });
    await hub.play(access({}));
    expect(await asks()).toBe('busy');
  });
});

describe('a ban', () => {
  const from = (address: string, cookie = ''): Partial<Access> => ({ remote: { address }, credentials: { cookie } });

  test('keeps out an account or a guest wherever they come from, and nobody else', async () => {
    const { bans, lobby, asks } = await doorStage();
    await bans.add(lobby().id, { who: 'u_ada', by: 'u_owner' });
    await bans.add(lobby().id, { who: 'g_ann', by: 'u_owner' });
    expect([await asks(from('192.0.2.1', 'ada')), await asks(from('198.51.100.1', 'ada'))]).toEqual([
      'denied',
      'denied',
    ]);
    expect([await asks(from('192.0.2.1', 'ann')), await asks(from('192.0.2.1'))]).toEqual(['denied', 'enters']);
    expect(await asks({ ...from('192.0.2.1', 'ada'), path: 'live/garden' })).toBe('enters');
  });

  test.each([
    ['192.0.2.7', ['192.0.2.7'], ['192.0.2.8', '2001:db8::1', '']],
    ['192.0.2.0/24', ['192.0.2.0', '192.0.2.255'], ['192.0.3.0', 'x']],
    ['2001:db8::/32', ['2001:db8::1', '2001:db8:ffff::'], ['2001:db9::1', '192.0.2.1']],
  ])('of the network %s keeps out who comes from there', async (network, inside, outside) => {
    const { bans, lobby, asks } = await doorStage();
    await bans.add(lobby().id, { network, by: 'u_owner' });
    for (const address of inside) expect(await asks(from(address)), address).toBe('denied');
    for (const address of outside) expect(await asks(from(address)), address).toBe('enters');
  });

  test('of a network keeps out neither the owner nor who looks after the room', async () => {
    const { bans, members, lobby, asks } = await doorStage();
    await bans.add(lobby().id, { network: '0.0.0.0/0', by: 'u_owner' });
    await members.set(lobby().id, 'u_ada', 'moderator');
    expect([await asks(from('192.0.2.1', 'ada')), await asks(from('192.0.2.1', 'owner'))]).toEqual([
      'enters',
      'enters',
    ]);
    await members.set(lobby().id, 'u_ada', 'speaker');
    expect(await asks(from('192.0.2.1', 'ada'))).toBe('denied');
  });

  test('of an account keeps out who looks after the room, too, but not its owner; their role comes back with its end', async () => {
    const { bans, members, lobby, live, refusal, asks } = await doorStage({ watch: 'list' });
    const until = new Date(live.scheduler.wall() + 60_000).toISOString();
    await members.set(lobby().id, 'u_ada', 'moderator');
    await bans.add(lobby().id, { network: '0.0.0.0/0', by: 'u_owner' });
    await bans.add(lobby().id, { who: 'u_ada', by: 'u_owner', until, reason: 'spam' });
    await bans.add(lobby().id, { who: 'u_owner', by: 'u_owner' });
    expect((await refusal(from('192.0.2.1', 'ada')))?.message).toBe(
      `You are banned from this room until ${until}: spam`,
    );
    expect(await asks(from('192.0.2.1', 'owner'))).toBe('enters');
    expect(members.roleOf(lobby().id, 'u_ada')).toBe('moderator');
    live.scheduler.advance(60 * SECOND);
    expect(await asks(from('192.0.2.1', 'ada'))).toBe('enters');
  });

  test.each(['link', 'everyone'] as const)(
    'of the viewer of a link keeps out of a room with watch: %s whoever comes by it, whoever else they are',
    async (watch) => {
      const { hub, bans, passes, lobby, live, access, asks } = await doorStage({ watch });
      const pass = passes.create(lobby(), { viewer: 'tv', ends: live.scheduler.wall() + 60_000 });
      let closed: unknown;
      await hub.play(access({ credentials: { pass }, close: (reason, error) => (closed = [reason, error?.message]) }));
      const { id } = await bans.add(lobby().id, { who: 'p_tv', by: 'u_owner' });
      await hub.recheck(() => true);
      expect(closed).toEqual(['revoked', 'You are banned from this room.']);
      for (const cookie of ['', 'ann', 'ada']) expect(await asks({ credentials: { pass, cookie } })).toBe('denied');
      expect(await asks({ credentials: { pass, cookie: 'owner' } })).toBe('enters');
      expect(await asks({ credentials: { pass: passes.create(lobby(), { viewer: 'tv2' }) } })).toBe('enters');
      live.scheduler.advance(61 * SECOND);
      expect(await asks({ credentials: { pass } })).toBe('denied');
      await bans.lift(lobby().id, id);
      expect(await asks({ credentials: { pass } })).toBe(watch === 'link' ? 'denied' : 'enters');
    },
  );

  test('ends at its time, or when it is lifted, also after a restart', async () => {
    const { bans, lobby, live, asks } = await doorStage();
    const until = new Date(live.scheduler.wall() + 60_000).toISOString();
    const ban = await bans.add(lobby().id, { who: 'u_ada', name: 'Ada', reason: 'spam', by: 'u_owner', until });
    expect(bans.list(lobby().id)).toEqual([ban]);
    expect(ban).toMatchObject({ who: 'u_ada', name: 'Ada', reason: 'spam', by: 'u_owner', until });
    live.scheduler.advance(59 * SECOND);
    expect(await asks(from('192.0.2.1', 'ada'))).toBe('denied');
    live.scheduler.advance(SECOND);
    expect([await asks(from('192.0.2.1', 'ada')), bans.list(lobby().id)]).toEqual(['enters', []]);
    const { id } = await bans.add(lobby().id, { who: 'u_ada', by: 'u_owner' });
    expect([await bans.lift('r_other', id), (await bans.lift(lobby().id, id))?.id]).toEqual([undefined, id]);
    expect([await asks(from('192.0.2.1', 'ada')), await bans.lift(lobby().id, id)]).toEqual(['enters', undefined]);
  });

  test.each(['', 'x', '192.0.2.1/33', '192.0.2.0/-1', '192.0.2.0/8/8', '192.0.2.0/ 8', '2001:db8::/129', '1'])(
    'of “%s” is refused, because that is no network',
    async (network) => {
      const { bans, lobby } = await doorStage();
      await expect(bans.add(lobby().id, { network, by: 'u_owner' })).rejects.toMatchObject({ code: 'bad-request' });
      expect(bans.list(lobby().id)).toEqual([]);
    },
  );
});

test('a guest has no role by a number that an account has', async () => {
  const { members, lobby, asks } = await doorStage({ watch: 'list' });
  await members.set(lobby().id, people['ann']!.id, 'moderator');
  expect(await asks({ credentials: { cookie: 'ann' } })).toBe('sign-in');
});

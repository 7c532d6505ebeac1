import { describe, expect, test } from 'vitest';
import { audioTrack, film, videoTrack } from '../../../test/media.ts';
import type { Access } from '../../live/access.ts';
import { DECLARED_KEY, failure, roomStage } from '../../../test/room-stage.ts';

describe('the gate', () => {
  const none = { key: undefined as unknown as string };

  test('lets a key alone publish, and shows the room’s path instead of it', async () => {
    const { live, key } = await roomStage();
    const { publisher } = await live.publish({ ...none, path: `live/${key}` });
    expect([publisher.path, publisher.session.path]).toEqual(['live/lobby', 'live/lobby']);
    expect(JSON.stringify([publisher.session, live.told])).not.toContain(key);
  });

  test('lets path and key together publish', async () => {
    const { live, key } = await roomStage();
    expect((await live.publish({ path: 'live/lobby', key })).publisher.path).toBe('live/lobby');
    expect((await live.publish({ path: 'live/garden', key: DECLARED_KEY })).publisher.path).toBe('live/garden');
  });

  test.each([
    ['no key', 'live/lobby', undefined],
    ['a wrong key', 'live/lobby', 'rk_wrongwrongwrongwrongwrongwrong'],
    ['the key of another room', 'live/lobby', DECLARED_KEY],
    ['a key for a room that does not exist', 'live/nowhere', DECLARED_KEY],
    ['the key alone in another app', `app/${DECLARED_KEY}`, undefined],
    ['the key as path and a wrong one beside it', `live/${DECLARED_KEY}`, 'rk_wrong'],
    ['a path without a room', 'cam/one', DECLARED_KEY],
    ['a reserved slug', 'live/admin', DECLARED_KEY],
    ['an empty key', 'live/lobby', ''],
  ])('refuses a publisher with %s, always in the same words', async (_name, path, key) => {
    const { live } = await roomStage();
    const error = await failure(live.publish({ path, key: key! }));
    expect([error.code, error.message]).toEqual(['wrong-key', 'The stream key is missing, or no room has it.']);
    expect(live.told).toEqual(['refused publish wrong-key']);
  });

  test('lets everyone play a room, live or not, and tells the owner from others', async () => {
    const { live, hub } = await roomStage();
    const viewer = await live.play({ path: 'live/lobby' });
    expect(viewer.subscription.session.grant).toEqual({ path: 'live/lobby' });
    const { access } = viewer;
    const owner = await hub.play({ ...access, credentials: { cookie: 'owner' } });
    expect(owner.session.grant.identity?.admin).toBe(true);
  });

  test('names a guest by what they show, and knows them again', async () => {
    const { live, hub } = await roomStage();
    const { access } = await live.play({ path: 'live/lobby' });
    const { session } = await hub.play({ ...access, credentials: { cookie: 'ann' } });
    expect(session.toJSON().identity).toBe('Ann');
  });

  test('answers a player that names a key exactly as one that names nothing', async () => {
    const { live, key } = await roomStage();
    await live.publish({ ...none, path: `live/${key}` });
    const unknown = await failure(live.play({ path: 'live/rk_aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa' }));
    const named = await failure(live.play({ path: `live/${key}` }));
    expect([named.code, named.message, named.name]).toEqual([unknown.code, unknown.message, unknown.name]);
    expect(named.code).toBe('not-found');
  });

  test('lets the program itself publish anywhere, and everyone play that while it is on', async () => {
    const { hub } = await roomStage();
    const access = (action: 'publish' | 'play'): Access => ({
      action,
      protocol: action === 'publish' ? 'program' : 'test',
      path: 'cam/one',
      credentials: {},
      remote: { address: '127.0.0.1' },
      close() {},
      traffic: () => ({ in: 0, out: 0 }),
    });
    expect((await failure(hub.play(access('play')))).code).toBe('not-found');
    const publisher = await hub.publish(access('publish'));
    for (const frame of film({ ms: 200, video: videoTrack(), audio: audioTrack() })) publisher.write(frame);
    expect((await hub.play(access('play'))).path).toBe('cam/one');
  });

  test('with “publish: open” lets everyone publish and wait on any well-formed path', async () => {
    const { live, key } = await roomStage({ publish: 'open' });
    expect((await live.publish({ ...none, path: 'cam/one' })).publisher.path).toBe('cam/one');
    expect((await live.play({ path: 'cam/two' })).subscription.path).toBe('cam/two');
    expect((await live.publish({ ...none, path: `live/${key}` })).publisher.path).toBe('live/lobby');
    expect((await failure(live.publish({ ...none, path: '../etc' }))).code).toBe('bad-path');
  });
});

import { describe, expect, test } from 'vitest';
import { LiveStage } from '../../../test/live-stage.ts';
import { SECOND } from '../../media/time.ts';
import { RoomControl } from './room-control.ts';
import { roomInfo, streamInfo } from './room-info.ts';
import { failure, perform, roomStage } from '../../../test/room-stage.ts';

describe('what the owner does to a room', () => {
  test('a new key cuts the publisher at once and ends the broadcast without grace', async () => {
    const { live, hub, rooms, control, lobby, key } = await roomStage();
    const publisher = await live.publish({ path: 'live/lobby', key });
    await perform({ live }, publisher);
    expect(hub.stream('live/lobby')?.state).toBe('live');
    await control.replaceKey(lobby(), rooms.keys.main(lobby()).id);
    expect(publisher.closed).toEqual({ reason: 'revoked', code: 'wrong-key' });
    expect(live.told.at(-1)).toBe('end publish live/lobby revoked');
    expect(live.told).toContain('live/lobby ended revoked');
  });

  test('a new key ends a broadcast whose publisher was lost, too', async () => {
    const { live, hub, rooms, control, lobby, key } = await roomStage();
    await live.play({ path: 'live/lobby' });
    const spare = await rooms.keys.create(lobby(), 'phone');
    const publisher = await live.publish({ path: 'live/lobby', key });
    await perform({ live }, publisher);
    publisher.publisher.end('lost');
    expect(hub.stream('live/lobby')?.state).toBe('waiting');
    await control.revokeKey(lobby(), spare.id);
    expect(hub.stream('live/lobby')?.state).toBe('waiting');
    await control.replaceKey(lobby(), rooms.keys.main(lobby()).id);
    expect(hub.stream('live/lobby')?.state).toBe('ended');
  });

  test('a key that is revoked cuts who publishes with it, and nobody who publishes with another', async () => {
    const { live, rooms, control, lobby, key } = await roomStage();
    const spare = await rooms.keys.create(lobby(), 'phone');
    const phone = await live.publish({ path: 'live/lobby', key: await rooms.keys.text(lobby(), spare.id) });
    await perform({ live }, phone);
    await control.revokeKey(lobby(), spare.id);
    expect(phone.closed).toEqual({ reason: 'revoked', code: 'wrong-key' });
    const camera = await live.publish({ path: 'live/lobby', key });
    await perform({ live }, camera);
    await control.revokeKey(lobby(), (await rooms.keys.create(lobby(), 'tablet')).id);
    expect(camera.closed).toBeUndefined();
  });

  test.each([
    ['replaceKey', 'The stream key of this room was replaced; copy the new one from the room’s page.'],
    ['revokeKey', 'This stream key was taken away by the owner of the room.'],
  ] as const)('%s tells who publishes what became of the key', async (act, words) => {
    const { hub, rooms, control, lobby } = await roomStage();
    const spare = await rooms.keys.create(lobby(), 'phone');
    let told: unknown;
    await hub.publish({
      action: 'publish',
      protocol: 'test',
      path: 'live/lobby',
      credentials: { key: await rooms.keys.text(lobby(), spare.id) },
      remote: { address: '192.0.2.1' },
      close: (reason, error) => (told = [reason, error?.message]),
      traffic: () => ({ in: 0, out: 0 }),
    });
    await control[act](lobby(), spare.id);
    expect(told).toEqual(['revoked', words]);
  });

  test('a publisher that was asked in before the key changed and enters after it is cut within two seconds', async () => {
    const { rooms, lobby, key } = await roomStage();
    const { id } = rooms.keys.main(lobby());
    const late = new LiveStage({ gate: () => ({ path: 'live/lobby', keyId: id }) });
    const control = new RoomControl({ rooms, hub: late.hub, scheduler: late.scheduler, restTime: 0 });
    await control.replaceKey(lobby(), id);
    const entered = await late.publish({ path: 'live/lobby', key });
    expect(entered.closed).toBeUndefined();
    late.scheduler.advance(2 * SECOND);
    expect(entered.closed).toEqual({ reason: 'revoked', code: 'wrong-key' });
  });

  test('End stream ends the broadcast, and the encoder that comes back by itself is refused for a while', async () => {
    const { live, hub, control, key } = await roomStage();
    const publisher = await live.publish({ path: 'live/lobby', key });
    await perform({ live }, publisher);
    control.end('live/lobby');
    expect(publisher.closed?.reason).toBe('ended');
    expect((await failure(live.publish({ path: 'live/lobby', key }))).code).toBe('kicked');
    expect((await failure(live.publish({ path: `live/${key}`, key: undefined as unknown as string }))).code).toBe(
      'kicked',
    );
    live.scheduler.advance(60 * SECOND);
    await live.publish({ path: 'live/lobby', key });
    expect(hub.publisher('live/lobby')).toBeDefined();
    control.end('live/nothing-there');
  });

  test('a new key is not held up by an ended broadcast', async () => {
    const { live, rooms, control, lobby, key } = await roomStage();
    const publisher = await live.publish({ path: 'live/lobby', key });
    await perform({ live }, publisher);
    control.end('live/lobby');
    const { id } = await control.replaceKey(lobby(), rooms.keys.main(lobby()).id);
    await live.publish({ path: 'live/lobby', key: await rooms.keys.text(lobby(), id) });
  });
});

describe('what is told of a room', () => {
  test('follows its life, and remembers when it was live', async () => {
    const { live, hub, rooms, control, key, reopen } = await roomStage();
    const lobby = (): ReturnType<typeof roomInfo> =>
      roomInfo(rooms.find('lobby')!, hub, { role: 'guest', admitted: true });
    const said = { slug: 'lobby', title: 'Lobby', tags: [], watch: 'everyone', guests: 'write', admitted: true };
    expect(lobby()).toEqual({ ...said, state: 'idle', viewers: 0, tracks: [], role: 'guest' });

    const writes: (Promise<void> | undefined)[] = [];
    hub.events.on('stream', (stream) => writes.push(control.remember(stream)));
    await live.play({ path: 'live/lobby' });
    const publisher = await live.publish({ path: 'live/lobby', key });
    await perform({ live }, publisher, 2);
    expect(lobby()).toMatchObject({ state: 'live', viewers: 1, since: expect.stringMatching(/^2026-.*Z$/) });
    const { tracks, clock, broadcast } = streamInfo(rooms.find('lobby')!, hub);
    expect(tracks.map(({ kind }) => kind)).toEqual(['video', 'audio']);
    expect([clock?.mediaTime, broadcast]).toEqual([expect.closeTo(2, 0), expect.any(String)]);

    publisher.publisher.end('ended');
    await Promise.all(writes);
    expect(lobby()).toMatchObject({ state: 'ended', lastLive: { duration: 2, endedAt: expect.stringMatching(/Z$/) } });
    const later = new LiveStage();
    const known = (await reopen()).find('lobby')!;
    expect(roomInfo(known, later.hub, { role: 'guest', admitted: true })).toMatchObject({
      state: 'idle',
      lastLive: { duration: 2 },
    });
  });
});

import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Settings } from '../../config/settings.ts';
import { type RoomcastError, toRoomcastError } from '../../errors.ts';
import { openStore, type Store } from '../../store/store.ts';
import { createRooms } from './0001-rooms.ts';
import { addRoomTitle } from './0003-room-title.ts';
import { RoomDirectory } from './room-directory.ts';

const DECLARED_KEY = 'f3b1c8a2d94e4c7b';
const NOW = Date.UTC(2026, 0, 1);

let folder: string;
let store: Store;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'roomcast-rooms-'));
  store = await openStore({ folder, migrations: [createRooms, addRoomTitle] });
});
afterEach(async () => {
  await store.close();
  await rm(folder, { recursive: true, force: true });
});

type Declared = Settings['rooms'];

function directory(rooms: Declared = {}, defaultRoom = 'lobby'): Promise<RoomDirectory> {
  return RoomDirectory.open({ store, settings: { rooms, defaultRoom }, now: NOW });
}

async function failure(promise: Promise<unknown>): Promise<RoomcastError> {
  return promise.then(
    () => expect.fail('it was expected to fail'),
    (error: unknown) => toRoomcastError(error),
  );
}

describe('the directory of rooms', () => {
  test('has the default room from the first start, with a key that stays', async () => {
    const rooms = await directory();
    expect(rooms.list().map(({ slug, title }) => [slug, title])).toEqual([['lobby', 'Lobby']]);
    const key = await rooms.key('lobby');
    expect(key).toMatch(/^rk_[a-z2-7]{26,}$/);
    expect(await (await directory()).key('lobby')).toBe(key);
  });

  test('never stores a key that can be read without the secret', async () => {
    const rooms = await directory({ garden: { key: DECLARED_KEY } });
    const key = await rooms.key('lobby');
    await store.close();
    const bytes = await readFile(join(folder, 'roomcast.db'));
    store = await openStore({ folder, migrations: [createRooms, addRoomTitle] });
    expect([bytes.includes(key), bytes.includes(key.slice(3)), bytes.includes(DECLARED_KEY)]).toEqual([
      false,
      false,
      false,
    ]);
  });

  test('finds a room by its key alone, and by path and key together', async () => {
    const rooms = await directory({ garden: { title: 'The garden', key: DECLARED_KEY } });
    const key = await rooms.key('lobby');
    expect(rooms.withKey(key)?.slug).toBe('lobby');
    expect(rooms.withKey(DECLARED_KEY)?.title).toBe('The garden');
    expect(rooms.withKey('lobby')).toBeUndefined();
    expect(rooms.ofPathWithKey('live/lobby', key)?.slug).toBe('lobby');
    for (const path of ['live/garden', 'live/nowhere', 'lobby', 'live/lobby/x', 'live/admin', `live/${key}`]) {
      expect(rooms.ofPathWithKey(path, key), path).toBeUndefined();
    }
  });

  test('keeps a title that the owner gave, until the file declares one', async () => {
    const rooms = await directory({ garden: { key: DECLARED_KEY } });
    expect((await rooms.setTitle('lobby', 'Ann’s room')).title).toBe('Ann’s room');
    await rooms.setTitle('garden', 'Roses');
    const { key } = await rooms.replaceKey('lobby');
    expect([rooms.find('lobby')!.title, rooms.withKey(key)?.title]).toEqual(['Ann’s room', 'Ann’s room']);
    const titles = async (declared: Declared): Promise<string[]> =>
      (await directory(declared))
        .list()
        .map(({ title }) => title)
        .sort();
    expect(await titles({ garden: {} })).toEqual(['Ann’s room', 'Roses']);
    expect(await titles({ garden: { title: 'The garden' } })).toEqual(['Ann’s room', 'The garden']);
  });

  test('does not change a title that the file declares, and says where it stands', async () => {
    const declaredAt = { file: 'roomcast.yaml', line: 7 };
    const rooms = await directory({ garden: { title: 'The garden', declaredAt } });
    expect(await failure(rooms.setTitle('garden', 'Roses'))).toMatchObject({
      code: 'declared-in-file',
      message: expect.stringContaining('title of room “garden” is declared in roomcast.yaml, line 7'),
    });
    expect((await failure(rooms.setTitle('nowhere', 'x'))).code).toBe('not-found');
    expect(rooms.find('garden')!.title).toBe('The garden');
  });

  test('replaces a key: the old one opens nothing, also after a restart', async () => {
    const rooms = await directory();
    const old = await rooms.key('lobby');
    const oldId = rooms.find('lobby')!.keyId;
    const { key, oldKeyId } = await rooms.replaceKey('lobby');
    expect([oldKeyId, rooms.find('lobby')!.keyId === oldId]).toEqual([oldId, false]);
    for (const now of [rooms, await directory()]) {
      expect([now.withKey(old), now.withKey(key)?.slug]).toEqual([undefined, 'lobby']);
      expect(await now.key('lobby')).toBe(key);
    }
  });

  test('does not change a key that the file declares, and says where it stands', async () => {
    const rooms = await directory({ garden: { key: DECLARED_KEY, declaredAt: { file: 'roomcast.yaml', line: 7 } } });
    const error = await failure(rooms.replaceKey('garden'));
    expect([error.code, error.message.includes('roomcast.yaml, line 7')]).toEqual(['declared-in-file', true]);
    expect(await rooms.key('garden')).toBe(DECLARED_KEY);
  });

  test('gives a declared room without a key one of its own, which can be changed', async () => {
    const rooms = await directory({ garden: { title: 'The garden' } });
    const key = await rooms.key('garden');
    expect((await rooms.replaceKey('garden')).key).not.toBe(key);
  });

  test('forgets a room that the file no longer declares, but not its past when it comes back', async () => {
    const rooms = await directory({ garden: {} });
    await rooms.setLast('garden', { startedAt: NOW, endedAt: NOW + 5000 });
    expect((await directory()).find('garden')).toBeUndefined();
    expect((await directory({ garden: {} })).find('garden')?.last).toEqual({ startedAt: NOW, endedAt: NOW + 5000 });
  });

  test('keeps a room that was the default one', async () => {
    await directory();
    expect((await directory({}, 'studio-2')).list().map(({ slug }) => slug)).toEqual(['lobby', 'studio-2']);
  });

  test.each([
    ['too easy to guess', { garden: { key: 'aaaaaaaaaaaaaaaa' } }],
    ['the slug of a room', { 'a-room-of-its-own-name': {}, garden: { key: 'a-room-of-its-own-name' } }],
    ['the key of another room', { garden: { key: DECLARED_KEY }, pond: { key: DECLARED_KEY } }],
  ])('refuses to start with a declared key that is %s', async (_name, rooms) => {
    const error = await failure(directory(rooms));
    expect(error.code).toBe('bad-config');
    expect(error.message).not.toContain(DECLARED_KEY);
  });

  test('says so when the secret of the data folder is another one', async () => {
    await directory();
    const other = await openStore({ folder: `${folder}-2`, migrations: [createRooms, addRoomTitle] });
    const rooms = await RoomDirectory.open({
      store: { ...store, seal: other.seal },
      settings: { rooms: {}, defaultRoom: 'lobby' },
      now: NOW,
    });
    expect((await failure(rooms.key('lobby'))).code).toBe('store-failed');
    await rooms.replaceKey('lobby');
    expect(await rooms.key('lobby')).toMatch(/^rk_/);
    await other.close();
    await rm(`${folder}-2`, { recursive: true });
  });

  test('knows nothing of a room that does not exist', async () => {
    const rooms = await directory();
    for (const slug of ['nowhere', '__proto__', 'constructor', 'toString']) {
      expect(rooms.find(slug)).toBeUndefined();
      expect((await failure(rooms.key(slug))).code).toBe('not-found');
      expect((await failure(rooms.replaceKey(slug))).code).toBe('not-found');
    }
  });
});

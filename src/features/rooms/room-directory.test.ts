import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sql } from 'kysely';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Settings } from '../../config/settings.ts';
import { type RoomcastError, toRoomcastError } from '../../errors.ts';
import { openStore, type Store } from '../../store/store.ts';
import { bytesOf } from '../../../test/database-bytes.ts';
import { roomMigrations } from '../../../test/room-stage.ts';
import { RoomDirectory } from './room-directory.ts';
import { hashStreamKey, makeStreamKey } from './stream-key.ts';

const DECLARED_KEY = 'f3b1c8a2d94e4c7b';
const NOW = Date.UTC(2026, 0, 1);

let folder: string;
let store: Store;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'roomcast-rooms-'));
  store = await openStore({ folder, migrations: roomMigrations });
});
afterEach(async () => {
  await store.close();
  await rm(folder, { recursive: true, force: true });
});

type Declared = Settings['rooms'];

function directory(rooms: Declared = {}, defaultRoom = 'lobby'): Promise<RoomDirectory> {
  return RoomDirectory.open({ store, settings: { rooms, defaultRoom }, scheduler: { wall: () => NOW } });
}

/** The main key of a room. */
async function keyOf(rooms: RoomDirectory, slug: string): Promise<string> {
  const room = rooms.find(slug)!;
  return rooms.keys.text(room, rooms.keys.main(room).id);
}

/** Replaces it. */
async function replaceKey(rooms: RoomDirectory, slug: string): Promise<string> {
  const room = rooms.find(slug)!;
  const { id } = await rooms.keys.replace(room, rooms.keys.main(room).id);
  return rooms.keys.text(room, id);
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
    const key = await keyOf(rooms, 'lobby');
    expect(key).toMatch(/^rk_[a-z2-7]{26,}$/);
    expect(await keyOf(await directory(), 'lobby')).toBe(key);
  });

  test('never stores a key that can be read without the secret', async () => {
    const rooms = await directory({ garden: { key: DECLARED_KEY } });
    const key = await keyOf(rooms, 'lobby');
    const bytes = await bytesOf(store);
    expect([bytes.includes(key), bytes.includes(key.slice(3)), bytes.includes(DECLARED_KEY)]).toEqual([
      false,
      false,
      false,
    ]);
  });

  test('finds a room by its key alone, and by path and key together', async () => {
    const rooms = await directory({ garden: { title: 'The garden', key: DECLARED_KEY } });
    const key = await keyOf(rooms, 'lobby');
    expect(rooms.withKey(key)?.room.slug).toBe('lobby');
    expect(rooms.withKey(DECLARED_KEY)?.room.title).toBe('The garden');
    expect(rooms.withKey('lobby')).toBeUndefined();
    expect(rooms.ofPathWithKey('live/lobby', key)?.room.slug).toBe('lobby');
    for (const path of ['live/garden', 'live/nowhere', 'lobby', 'live/lobby/x', 'live/admin', `live/${key}`]) {
      expect(rooms.ofPathWithKey(path, key), path).toBeUndefined();
    }
  });

  test('keeps a title that the owner gave, until the file declares one', async () => {
    const rooms = await directory({ garden: { key: DECLARED_KEY } });
    expect((await rooms.change('lobby', { title: 'Ann’s room' })).title).toBe('Ann’s room');
    await rooms.change('garden', { title: 'Roses' });
    const key = await replaceKey(rooms, 'lobby');
    expect([rooms.find('lobby')!.title, rooms.withKey(key)?.room.title]).toEqual(['Ann’s room', 'Ann’s room']);
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
    expect(await failure(rooms.change('garden', { title: 'Roses' }))).toMatchObject({
      code: 'declared-in-file',
      message: expect.stringContaining('title of room “garden” is declared in roomcast.yaml, line 7'),
    });
    expect((await failure(rooms.change('nowhere', { title: 'x' }))).code).toBe('not-found');
    expect(rooms.find('garden')!.title).toBe('The garden');
  });

  test('replaces a key: the old one opens nothing, also after a restart', async () => {
    const rooms = await directory();
    const old = await keyOf(rooms, 'lobby');
    const key = await replaceKey(rooms, 'lobby');
    expect(key).not.toBe(old);
    for (const now of [rooms, await directory()]) {
      expect([now.withKey(old), now.withKey(key)?.room.slug]).toEqual([undefined, 'lobby']);
      expect(await keyOf(now, 'lobby')).toBe(key);
    }
  });

  test('does not change a key that the file declares, and says where it stands', async () => {
    const rooms = await directory({ garden: { key: DECLARED_KEY, declaredAt: { file: 'roomcast.yaml', line: 7 } } });
    const error = await failure(replaceKey(rooms, 'garden'));
    expect([error.code, error.message.includes('roomcast.yaml, line 7')]).toEqual(['declared-in-file', true]);
    expect(await keyOf(rooms, 'garden')).toBe(DECLARED_KEY);
  });

  test('gives a declared room without a key one of its own, which can be changed', async () => {
    const rooms = await directory({ garden: { title: 'The garden' } });
    const key = await keyOf(rooms, 'garden');
    expect(await replaceKey(rooms, 'garden')).not.toBe(key);
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
    const other = await openStore({ folder: `${folder}-2`, migrations: roomMigrations });
    const rooms = await RoomDirectory.open({
      store: { ...store, seal: other.seal },
      settings: { rooms: {}, defaultRoom: 'lobby' },
      scheduler: { wall: () => NOW },
    });
    expect(rooms.keys.unreadable).toBe(1);
    expect((await failure(keyOf(rooms, 'lobby'))).code).toBe('store-failed');
    await replaceKey(rooms, 'lobby');
    expect(await keyOf(rooms, 'lobby')).toMatch(/^rk_/);
    await other.close();
    await rm(`${folder}-2`, { recursive: true });
  });

  test('has one key of the file, while one of its own rests; that is its key again when the file has none', async () => {
    const own = await keyOf(await directory({ garden: {} }), 'garden');
    const declared = await directory({ garden: { key: DECLARED_KEY } });
    expect([await keyOf(declared, 'garden'), declared.withKey(own)]).toEqual([DECLARED_KEY, undefined]);
    const again = await directory({ garden: {} });
    expect([await keyOf(again, 'garden'), again.withKey(DECLARED_KEY)]).toEqual([own, undefined]);
  });

  test('takes in the rooms and keys of the version before', async () => {
    await store.close();
    await rm(folder, { recursive: true });
    store = await openStore({ folder, migrations: roomMigrations.slice(0, 2) });
    const key = makeStreamKey();
    await sql`INSERT INTO rooms (slug, declared, created, key_id, key_hash, key_sealed, title)
      VALUES ('lobby', 0, '2025-01-01T00:00:00.000Z', 'an-id', ${hashStreamKey(key)}, ${store.seal.seal(key, 'stream key of lobby')}, 'Ann’s room')`.execute(
      store.db,
    );
    await store.close();
    store = await openStore({ folder, migrations: roomMigrations });
    const rooms = await directory();
    expect(rooms.list()).toMatchObject([{ slug: 'lobby', title: 'Ann’s room', watch: 'everyone', guests: 'write' }]);
    expect([await keyOf(rooms, 'lobby'), rooms.withKey(key)]).toMatchObject([key, { keyId: 'an-id' }]);
  });

  test('knows nothing of a room that does not exist', async () => {
    const rooms = await directory();
    for (const slug of ['nowhere', '__proto__', 'constructor', 'toString']) {
      expect(rooms.find(slug)).toBeUndefined();
      expect((await failure(rooms.change(slug, { title: 'x' }))).code).toBe('not-found');
    }
  });

  test('makes a room that keeps what is said of it, and whose address is nobody else’s', async () => {
    const rooms = await directory();
    const made = await rooms.create({
      slug: 'pond',
      owner: 'u_ada',
      title: 'The pond',
      tags: ['fish'],
      watch: 'list',
      maxViewers: 5,
    });
    expect(made).toMatchObject({
      slug: 'pond',
      owner: 'u_ada',
      title: 'The pond',
      tags: ['fish'],
      watch: 'list',
      maxViewers: 5,
    });
    const again = await directory();
    expect(again.find('pond')).toEqual(made);
    expect(await keyOf(again, 'pond')).toBe(await keyOf(rooms, 'pond'));
    const key = await keyOf(rooms, 'pond');
    for (const [slug, code] of [
      ['pond', 'name-taken'],
      ['lobby', 'name-taken'],
      ['admin', 'bad-request'],
      ['Pond', 'bad-request'],
      ['a/b', 'bad-request'],
      ['', 'bad-request'],
      [key.slice(3), 'made'],
    ] as const)
      expect(
        await rooms.create({ slug }).then(
          () => 'made',
          (error: unknown) => toRoomcastError(error).code,
        ),
        slug,
      ).toBe(code);
  });

  test('changes the address of a room, which keeps its keys', async () => {
    const rooms = await directory({ garden: {} });
    const { id } = await rooms.create({ slug: 'pond' });
    const key = await keyOf(rooms, 'pond');
    await rooms.rename('pond', 'lake');
    for (const now of [rooms, await directory({ garden: {} })]) {
      expect([now.find('pond'), now.find('lake')?.id, now.withId(id)?.slug]).toEqual([undefined, id, 'lake']);
      expect([await keyOf(now, 'lake'), now.withKey(key)?.room.slug]).toEqual([key, 'lake']);
    }
    expect((await failure(rooms.rename('garden', 'roses'))).code).toBe('declared-in-file');
    expect((await failure(rooms.rename('lobby', 'hall'))).code).toBe('bad-request');
    expect((await failure(rooms.rename('lake', 'lobby'))).code).toBe('name-taken');
  });

  test('puts a room away and takes it back', async () => {
    const rooms = await directory();
    await rooms.create({ slug: 'pond' });
    expect((await rooms.archive('pond', true)).archived).toBe('2026-01-01T00:00:00.000Z');
    expect((await directory()).find('pond')?.archived).toBeDefined();
    expect((await rooms.archive('pond', false)).archived).toBeUndefined();
  });

  test('makes passes worthless with another password or another way in, and with nothing else', async () => {
    const rooms = await directory();
    const epoch = (): number => rooms.find('lobby')!.epoch;
    const before = epoch();
    await rooms.change('lobby', { title: 'x', watch: 'everyone' });
    expect(epoch()).toBe(before);
    await rooms.change('lobby', { watch: 'password', password: 'hash' });
    await rooms.change('lobby', { password: 'another hash' });
    await rooms.change('lobby', { watch: 'list' });
    await rooms.shut('lobby');
    expect(epoch()).toBe(before + 4);
  });
});

describe('the keys of a room', () => {
  test('are several, each with a name, and one alone can be taken away', async () => {
    const rooms = await directory();
    const room = rooms.find('lobby')!;
    const phone = await rooms.keys.create(room, 'phone');
    const text = await rooms.keys.text(room, phone.id);
    await rooms.keys.rename(room, phone.id, 'my phone');
    await rooms.keys.used(phone.id);
    for (const now of [rooms, await directory()])
      expect(now.keys.list(room.id).map(({ name, main, lastUsed }) => [name, main, lastUsed])).toEqual([
        ['main', true, undefined],
        ['my phone', false, '2026-01-01T00:00:00.000Z'],
      ]);
    expect(rooms.withKey(text)?.room.slug).toBe('lobby');
    await rooms.keys.revoke(room, phone.id);
    for (const now of [rooms, await directory()])
      expect([now.withKey(text), now.keys.list(room.id).length]).toEqual([undefined, 1]);
    expect((await failure(rooms.keys.revoke(room, rooms.keys.main(room).id))).code).toBe('bad-request');
  });

  test('are of their room alone', async () => {
    const rooms = await directory({ garden: {} });
    const [lobby, garden] = [rooms.find('lobby')!, rooms.find('garden')!];
    const { id } = rooms.keys.main(lobby);
    for (const attempt of [rooms.keys.text(garden, id), rooms.keys.replace(garden, id), rooms.keys.revoke(garden, id)])
      expect((await failure(attempt)).code).toBe('not-found');
  });

  test('are twenty at most', async () => {
    const rooms = await directory();
    const room = rooms.find('lobby')!;
    for (let i = 1; i < 20; i++) await rooms.keys.create(room, `key ${i}`);
    expect((await failure(rooms.keys.create(room, 'one more'))).code).toBe('limit-exceeded');
  });
});

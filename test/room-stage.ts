import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { LiveStage, type StagePublisher } from './live-stage.ts';
import { audioTrack, film, videoTrack } from './media.ts';
import { type RoomcastError, toRoomcastError } from '../src/errors.ts';
import type { Access, Identity } from '../src/live/access.ts';
import type { Hub } from '../src/live/hub.ts';
import { SECOND } from '../src/media/time.ts';
import { type Migration, openStore } from '../src/store/store.ts';
import { createRooms } from '../src/features/rooms/0001-rooms.ts';
import { addRoomTitle } from '../src/features/rooms/0003-room-title.ts';
import { addRoomSettings } from '../src/features/rooms/0005-room-settings.ts';
import { addShowViewers } from '../src/features/rooms/0010-show-viewers.ts';
import { addEntryViewers } from '../src/features/rooms/0014-entry-viewers.ts';
import { roomGate } from '../src/features/rooms/gate.ts';
import { RoomBans } from '../src/features/rooms/room-bans.ts';
import { RoomControl } from '../src/features/rooms/room-control.ts';
import { RoomDirectory } from '../src/features/rooms/room-directory.ts';
import { RoomDoor } from '../src/features/rooms/room-door.ts';
import { RoomEntries } from '../src/features/rooms/room-entries.ts';
import { RoomMembers } from '../src/features/rooms/room-members.ts';
import type { RoomParts } from '../src/features/rooms/room-parts.ts';
import { RoomPasses } from '../src/features/rooms/room-passes.ts';
import type { RoomRecord } from '../src/features/rooms/room-record.ts';
import { RoomRoles } from '../src/features/rooms/room-roles.ts';

/** What the tables of rooms are made by. */
export const roomMigrations: readonly Migration[] = [
  createRooms,
  addRoomTitle,
  addRoomSettings,
  addShowViewers,
  addEntryViewers,
];

/** The key of room `garden`, as a file would declare it. */
export const DECLARED_KEY = 'f3b1c8a2d94e4c7b';

/** Rooms `lobby` and `garden` before a hub in virtual time; closed after the test. */
export interface RoomStage extends Pick<RoomParts, 'rooms' | 'control' | 'members' | 'bans' | 'entries' | 'passes'> {
  live: LiveStage;
  hub: Hub;
  /** Those of `lobby` and `garden`, as they are now. */
  lobby(): RoomRecord;
  garden(): RoomRecord;
  /** The main key of `lobby`. */
  key: string;
  /** Reads the rooms again, as the next start does. */
  reopen(): Promise<RoomDirectory>;
}

/** Who comes with which cookie. */
export const people: Readonly<Record<string, Identity>> = {
  owner: { id: 'u_owner', kind: 'account', name: 'Olga', admin: true },
  ada: { id: 'u_ada', kind: 'account', name: 'Ada', admin: false },
  ann: { id: 'g_ann', kind: 'guest', name: 'Ann', admin: false },
};

export async function roomStage({ publish = 'key' }: { publish?: 'key' | 'open' } = {}): Promise<RoomStage> {
  const folder = await mkdtemp(join(tmpdir(), 'roomcast-rooms-'));
  const store = await openStore({ folder, migrations: roomMigrations });
  const settings = { rooms: { garden: { key: DECLARED_KEY } }, defaultRoom: 'lobby' };
  let gate: ReturnType<typeof roomGate> = () => undefined;
  const live = new LiveStage({ gate: (access) => gate(access) });
  const { hub, scheduler } = live;
  const reopen = (): Promise<RoomDirectory> => RoomDirectory.open({ store, settings, scheduler });
  const rooms = await reopen();
  const members = await RoomMembers.open(store, scheduler);
  const bans = await RoomBans.open(store, scheduler);
  const entries = await RoomEntries.open(store, scheduler);
  const passes = new RoomPasses((text) => store.seal.mac(text, 'passes'), scheduler);
  const door = new RoomDoor({ roles: new RoomRoles({ members, bans, passes, entries }), entries, passes });
  const control = new RoomControl({ rooms, hub, scheduler, restTime: 60 * SECOND });
  hub.events.on('session-start', ({ path, grant: { keyId } }) => keyId && control.published(path, keyId));
  const identify = async ({ cookie = '' }: Access['credentials']): Promise<Identity | undefined> => people[cookie];
  gate = roomGate({ rooms, door, hub, control, publish, identify });
  onTestFinished(async () => {
    await store.close();
    await rm(folder, { recursive: true, force: true });
  });
  const [lobby, garden] = [() => rooms.find('lobby')!, () => rooms.find('garden')!];
  const key = await rooms.keys.text(lobby(), rooms.keys.main(lobby()).id);
  return { live, hub, rooms, control, members, bans, entries, passes, lobby, garden, key, reopen };
}

/** Publishes picture and sound for so many seconds. */
export function perform({ live }: Pick<RoomStage, 'live'>, by: StagePublisher, seconds = 1): Promise<void> {
  return live.run({ by, frames: film({ ms: seconds * 1000, video: videoTrack(), audio: audioTrack() }) });
}

/** The error that something ends with; nothing else will do. */
export async function failure(promise: Promise<unknown>): Promise<RoomcastError> {
  try {
    await promise;
  } catch (error) {
    return toRoomcastError(error);
  }
  throw new Error('it was expected to fail');
}

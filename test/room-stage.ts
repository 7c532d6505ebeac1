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
import { openStore } from '../src/store/store.ts';
import { createRooms } from '../src/features/rooms/0001-rooms.ts';
import { addRoomTitle } from '../src/features/rooms/0003-room-title.ts';
import { roomGate } from '../src/features/rooms/gate.ts';
import { RoomControl } from '../src/features/rooms/room-control.ts';
import { RoomDirectory } from '../src/features/rooms/room-directory.ts';

/** The key of room `garden`, as a file would declare it. */
export const DECLARED_KEY = 'f3b1c8a2d94e4c7b';

/** Rooms `lobby` and `garden` before a hub in virtual time; closed after the test. */
export interface RoomStage {
  live: LiveStage;
  hub: Hub;
  rooms: RoomDirectory;
  control: RoomControl;
  /** The key of `lobby`. */
  key: string;
  /** Reads the rooms again, as the next start does. */
  reopen(): Promise<RoomDirectory>;
}

export async function roomStage({ publish = 'key' }: { publish?: 'key' | 'open' } = {}): Promise<RoomStage> {
  const folder = await mkdtemp(join(tmpdir(), 'roomcast-rooms-'));
  const store = await openStore({ folder, migrations: [createRooms, addRoomTitle] });
  const settings = { rooms: { garden: { key: DECLARED_KEY } }, defaultRoom: 'lobby' };
  const reopen = (): Promise<RoomDirectory> => RoomDirectory.open({ store, settings, now: Date.UTC(2026, 0, 1) });
  const rooms = await reopen();
  let gate: ReturnType<typeof roomGate> = () => undefined;
  const live = new LiveStage({ gate: (access) => gate(access) });
  const { hub, scheduler } = live;
  const control = new RoomControl({ rooms, hub, scheduler, restTime: 60 * SECOND });
  const identify = async ({ cookie }: Access['credentials']): Promise<Identity | undefined> =>
    cookie === 'owner' ? { id: 'owner', role: 'owner' } : undefined;
  gate = roomGate({ rooms, hub, control, publish, identify });
  onTestFinished(async () => {
    await store.close();
    await rm(folder, { recursive: true, force: true });
  });
  return { live, hub, rooms, control, key: await rooms.key('lobby'), reopen };
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

import { Denied } from '../../errors.ts';
import {
  type Access,
  type Authorize,
  type Credentials,
  type Grant,
  type Identity,
  PROGRAM,
} from '../../live/access.ts';
import type { Hub } from '../../live/hub.ts';
import { pathOfSlug } from '../../live/path.ts';
import type { RoomControl } from './room-control.ts';
import type { RoomDirectory } from './room-directory.ts';
import type { RoomDoor } from './room-door.ts';
import type { RoomRecord } from './room-record.ts';

export interface GateOptions {
  rooms: RoomDirectory;
  door: Pick<RoomDoor, 'enter'>;
  hub: Pick<Hub, 'stream'>;
  control: Pick<RoomControl, 'check'>;
  /** `open`: everybody may publish to any path. */
  publish: 'key' | 'open';
  identify(credentials: Credentials): Promise<Identity | undefined>;
}

/** Who may publish and who may play. A key opens publishing and nothing else. */
export function roomGate(options: GateOptions): Authorize {
  return (access) => (access.action === 'publish' ? publish(options, access) : play(options, access));
}

/** Throws `wrong-key` for everything but a key of the room, or the program itself. */
function publish({ rooms, control, publish: who }: GateOptions, access: Access): Grant {
  if (access.protocol === PROGRAM) return { path: access.path };
  const found = byKey(rooms, access);
  if (found && found.room.archived === undefined) {
    control.check(found.keyId);
    return { path: pathOfSlug(found.room.slug), keyId: found.keyId };
  }
  if (who === 'open') return { path: access.path };
  throw new Denied('wrong-key');
}

/** The key stands beside the path, or in place of the slug. */
function byKey(rooms: RoomDirectory, { path, credentials }: Access): { room: RoomRecord; keyId: string } | undefined {
  if (credentials.key !== undefined) return rooms.ofPathWithKey(path, credentials.key);
  const [app, name = ''] = path.split('/');
  return app === 'live' ? rooms.withKey(name) : undefined;
}

/** Undefined for a path without a room where nothing is on; a key is such a path. Throws where the door is shut. */
async function play(options: GateOptions, { path, credentials, remote }: Access): Promise<Grant | undefined> {
  const { rooms, hub, door, publish: who, identify } = options;
  const room = rooms.ofPath(path);
  if (!room && hub.stream(path)?.active !== true && who !== 'open') return undefined;
  const identity = await identify(credentials);
  const entry = room ? door.enter(room, { identity, remote, credentials }) : {};
  const viewer = identity ?? entry.viewer;
  return {
    path,
    ...(viewer && { identity: viewer }),
    ...(room?.maxViewers !== undefined && { maxViewers: room.maxViewers }),
    ...(entry.ends !== undefined && { ends: entry.ends }),
  };
}

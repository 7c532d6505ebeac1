import { Denied } from '../../errors.ts';
import type { Access, Authorize, Credentials, Grant, Identity } from '../../live/access.ts';
import type { Hub } from '../../live/hub.ts';
import { pathOfSlug } from '../../live/path.ts';
import type { RoomControl } from './room-control.ts';
import type { RoomDirectory, RoomRecord } from './room-directory.ts';

/** How a program's own frames are published: no socket, so no key. */
const PROGRAM = 'program';

export interface GateOptions {
  rooms: RoomDirectory;
  hub: Pick<Hub, 'stream'>;
  control: Pick<RoomControl, 'check'>;
  /** `open`: everybody may publish to any path. */
  publish: 'key' | 'open';
  identify(credentials: Credentials): Promise<Identity | undefined>;
}

/** Who may publish and who may play. Every room is public; a key opens publishing and nothing else. */
export function roomGate(options: GateOptions): Authorize {
  return (access) => (access.action === 'publish' ? publish(options, access) : play(options, access));
}

/** Throws `wrong-key` for everything but the key of the room, or the program itself. */
function publish({ rooms, control, publish: who }: GateOptions, access: Access): Grant {
  if (access.protocol === PROGRAM) return { path: access.path };
  const room = roomOfKey(rooms, access);
  if (room) {
    control.check(room.keyId);
    return { path: pathOfSlug(room.slug), keyId: room.keyId };
  }
  if (who === 'open') return { path: access.path };
  throw new Denied('wrong-key');
}

/** The key stands beside the path, or in place of the slug. */
function roomOfKey(rooms: RoomDirectory, { path, credentials }: Access): RoomRecord | undefined {
  if (credentials.key !== undefined) return rooms.ofPathWithKey(path, credentials.key);
  const [app, name = ''] = path.split('/');
  return app === 'live' ? rooms.withKey(name) : undefined;
}

/** Undefined for a path without a room where nothing is on; a key is such a path. */
async function play(
  { rooms, hub, publish: who, identify }: GateOptions,
  { path, credentials }: Access,
): Promise<Grant | undefined> {
  const known = rooms.ofPath(path) !== undefined || hub.stream(path)?.active === true || who === 'open';
  if (!known) return undefined;
  const identity = await identify(credentials);
  return identity ? { path, identity } : { path };
}

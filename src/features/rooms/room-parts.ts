import type { Room } from '../../client/messages.ts';
import { NotFound } from '../../errors.ts';
import type { CallLimit } from '../../io/call-limit.ts';
import type { Caller } from '../../io/http.ts';
import type { Passwords } from '../../io/passwords.ts';
import type { RoomBans } from './room-bans.ts';
import type { RoomControl } from './room-control.ts';
import type { RoomDirectory } from './room-directory.ts';
import type { RoomDoor } from './room-door.ts';
import type { RoomEntries } from './room-entries.ts';
import type { RoomMembers } from './room-members.ts';
import type { RoomPasses } from './room-passes.ts';
import type { RoomRecord } from './room-record.ts';
import type { RoomRoles } from './room-roles.ts';

/** What the routes of rooms share. */
export interface RoomParts {
  readonly rooms: RoomDirectory;
  readonly control: RoomControl;
  readonly members: RoomMembers;
  readonly bans: RoomBans;
  readonly entries: RoomEntries;
  readonly passes: RoomPasses;
  readonly roles: RoomRoles;
  readonly door: RoomDoor;
  readonly passwords: Passwords;
  /** How often passwords of rooms may be tried. */
  readonly tries: CallLimit;
  /** A room as the one who asks may see it. */
  info(room: RoomRecord, caller: Caller): Room;
  /** Those who are in a room may not be allowed to any more. */
  changed(room: RoomRecord): void;
  /** Something else is said of a room. */
  described(room: RoomRecord): void;
}

/** The room of an address. Throws `not-found`. */
export function roomOf({ rooms }: Pick<RoomParts, 'rooms'>, params: unknown): RoomRecord {
  const room = rooms.find((params as { slug: string }).slug);
  if (!room) throw new NotFound('There is no such room.');
  return room;
}

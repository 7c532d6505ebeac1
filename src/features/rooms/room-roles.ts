import type { Caller } from '../../io/http.ts';
import type { RoomRole } from '../../live/access.ts';
import type { BanRecord, RoomBans } from './room-bans.ts';
import type { RoomEntries } from './room-entries.ts';
import type { RoomMembers } from './room-members.ts';
import { type RoomPasses, viewerOf } from './room-passes.ts';
import type { RoomRecord } from './room-record.ts';
import type { MemberRole } from './room-tables.ts';

/** Somebody before a room, and the pass that they bring. */
export type Visitor = Pick<Caller, 'identity' | 'remote'> & Partial<Pick<Caller, 'credentials'>>;

/** Says what somebody may do in a room. */
export class RoomRoles {
  readonly #members: RoomMembers;
  readonly #bans: RoomBans;
  readonly #passes: RoomPasses;
  readonly #entries: RoomEntries;

  constructor(parts: { members: RoomMembers; bans: RoomBans; passes: RoomPasses; entries: RoomEntries }) {
    this.#members = parts.members;
    this.#bans = parts.bans;
    this.#passes = parts.passes;
    this.#entries = parts.entries;
  }

  of(room: RoomRecord, visitor: Visitor): RoomRole {
    if (isOwner(room, visitor)) return 'owner';
    if (this.banOf(room, visitor)) return 'banned';
    return this.#memberRole(room, visitor) ?? (isAccount(visitor) ? 'viewer' : 'guest');
  }

  /** What keeps somebody out, whatever else they are in the room; never its owner. */
  banOf(room: RoomRecord, visitor: Visitor): BanRecord | undefined {
    if (isOwner(room, visitor)) return undefined;
    const { identity, remote, credentials } = visitor;
    const own = identity ? [identity.id] : [];
    // Who looks after a room is not shut out by the ban of a network, or of a link.
    if (this.#memberRole(room, visitor) === 'moderator') return this.#bans.of(room.id, { ids: own });
    const pass = credentials?.pass === undefined ? undefined : this.#passes.read(room, credentials.pass);
    const came = [pass && viewerOf(pass)?.id, identity && this.#entries.viewerOf(room, identity.id)];
    const ids = [...own, ...came.filter((id) => id !== undefined)];
    return this.#bans.of(room.id, { ids, address: remote.address });
  }

  /** Whether somebody is on the room's list. */
  isListed({ id }: RoomRecord, { identity }: Pick<Caller, 'identity'>): boolean {
    return identity?.kind === 'account' && this.#members.roleOf(id, identity.id) !== undefined;
  }

  #memberRole({ id }: RoomRecord, { identity }: Visitor): MemberRole | undefined {
    return identity && isAccount({ identity }) ? this.#members.roleOf(id, identity.id) : undefined;
  }
}

function isAccount({ identity }: Pick<Visitor, 'identity'>): boolean {
  return identity !== undefined && identity.kind !== 'guest';
}

function isOwner({ owner }: RoomRecord, { identity }: Visitor): boolean {
  return identity !== undefined && isAccount({ identity }) && (identity.admin || identity.id === owner);
}

import type { Caller } from '../../io/http.ts';
import type { RoomRole } from '../../live/access.ts';
import type { RoomBans } from './room-bans.ts';
import type { RoomMembers } from './room-members.ts';
import type { RoomRecord } from './room-record.ts';

/** Says what somebody may do in a room. */
export class RoomRoles {
  readonly #members: RoomMembers;
  readonly #bans: RoomBans;

  constructor({ members, bans }: { members: RoomMembers; bans: RoomBans }) {
    this.#members = members;
    this.#bans = bans;
  }

  of({ id, owner }: RoomRecord, caller: Pick<Caller, 'identity' | 'remote'>): RoomRole {
    const { identity } = caller;
    const isAccount = identity !== undefined && identity.kind !== 'guest';
    if (isAccount && (identity.admin || identity.id === owner)) return 'owner';
    const member = isAccount ? this.#members.roleOf(id, identity.id) : undefined;
    // Who looks after a room is not shut out by the ban of a network.
    if (member === 'moderator') return member;
    if (this.#bans.of(id, caller)) return 'banned';
    return member ?? (isAccount ? 'viewer' : 'guest');
  }

  /** Whether somebody is on the room's list. */
  isListed({ id }: RoomRecord, { identity }: Pick<Caller, 'identity'>): boolean {
    return identity?.kind === 'account' && this.#members.roleOf(id, identity.id) !== undefined;
  }
}

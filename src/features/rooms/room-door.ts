import { Denied, type RoomcastError } from '../../errors.ts';
import type { Caller } from '../../io/http.ts';
import { isAtLeast, type RoomRole } from '../../live/access.ts';
import type { RoomBans } from './room-bans.ts';
import type { RoomEntries } from './room-entries.ts';
import type { Pass, RoomPasses } from './room-passes.ts';
import type { RoomRecord } from './room-record.ts';
import type { RoomRoles } from './room-roles.ts';

/** How somebody was let in. */
export interface Entry {
  /** Of a pass that is needed to stay. */
  readonly pass?: Pass;
}

/** Says who may enter a room: watch, and see what is said. */
export class RoomDoor {
  readonly #parts: { roles: RoomRoles; bans: RoomBans; entries: RoomEntries; passes: RoomPasses };

  constructor(parts: { roles: RoomRoles; bans: RoomBans; entries: RoomEntries; passes: RoomPasses }) {
    this.#parts = parts;
  }

  /** Lets somebody in, or throws `denied`, or `sign-in` where that would help. */
  enter(room: RoomRecord, caller: Caller): Entry {
    const role = this.check(room, caller);
    if (room.watch === 'everyone' || isAtLeast(role, 'moderator')) return {};
    const given = caller.credentials.pass;
    const pass = given === undefined ? undefined : this.#parts.passes.read(room, given);
    return pass ? { pass } : this.#byRule(room, caller);
  }

  /** What somebody is in a room. Throws `denied` where no password or link would let them in. */
  check(room: RoomRecord, caller: Caller): RoomRole {
    const { roles, bans } = this.#parts;
    const role = roles.of(room, caller);
    if (room.archived !== undefined && role !== 'owner')
      throw new Denied('denied', 'This room was put away by its owner.');
    if (role === 'banned') throw banned(bans.of(room.id, caller)?.until);
    return role;
  }

  /** Whether somebody would be let in. */
  admits(room: RoomRecord, caller: Caller): boolean {
    try {
      this.enter(room, caller);
      return true;
    } catch {
      return false;
    }
  }

  #byRule(room: RoomRecord, caller: Caller): Entry {
    const { identity } = caller;
    const { roles, entries } = this.#parts;
    const known = identity !== undefined && identity.kind !== 'guest';
    if (room.watch === 'signed-in') {
      if (known) return {};
      throw new Denied('sign-in', 'This room is for those who have signed in.');
    }
    if (room.watch === 'list') {
      if (roles.isListed(room, caller)) return {};
      throw new Denied(known ? 'denied' : 'sign-in', 'This room is for those whom its owner has invited.');
    }
    if (identity && entries.has(room, identity.id)) return {};
    throw new Denied(
      'denied',
      room.watch === 'password' ? 'This room has a password.' : 'This room opens by its link only.',
    );
  }
}

function banned(until: string | undefined): RoomcastError {
  return new Denied('denied', `You are banned from this room${until === undefined ? '' : ` until ${until}`}.`);
}

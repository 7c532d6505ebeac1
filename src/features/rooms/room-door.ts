import { Denied, type RoomcastError } from '../../errors.ts';
import type { Caller } from '../../io/http.ts';
import { type Identity, isAtLeast, type RoomRole } from '../../live/access.ts';
import type { BanRecord } from './room-bans.ts';
import type { RoomEntries } from './room-entries.ts';
import { type GivenPass, type RoomPasses, viewerOf } from './room-passes.ts';
import type { RoomRecord } from './room-record.ts';
import type { RoomRoles } from './room-roles.ts';

/** How somebody was let in. */
export interface Entry {
  /** To whom the pass was given that they brought. */
  readonly viewer?: Identity;
  /** Wall time in ms at which the pass or the entry ends that they need to stay. */
  readonly ends?: number;
}

/** Says who may enter a room: watch, and see what is said. */
export class RoomDoor {
  readonly #parts: { roles: RoomRoles; entries: RoomEntries; passes: RoomPasses };

  constructor(parts: { roles: RoomRoles; entries: RoomEntries; passes: RoomPasses }) {
    this.#parts = parts;
  }

  /** Lets somebody in, or throws `denied`, or `sign-in` where that would help. */
  enter(room: RoomRecord, caller: Caller): Entry {
    const role = this.check(room, caller);
    const given = caller.credentials.pass;
    const pass = given === undefined ? undefined : this.#parts.passes.read(room, given);
    const viewer = pass && viewerOf(pass);
    const named = viewer ? { viewer } : {};
    // Where no pass is needed one only says who comes, also when its time is over.
    if (room.watch === 'everyone' || isAtLeast(role, 'moderator')) return named;
    if (pass?.state === 'open') return { ...named, ...(pass.ends === undefined ? {} : { ends: pass.ends }) };
    const refusal = this.#refusalByRule(room, caller);
    if (!refusal) return { ...named, ...this.#kept(room, caller) };
    throw given === undefined ? refusal : linkRefusal(refusal, pass);
  }

  /** What somebody is in a room. Throws `denied` where no password or link would let them in. */
  check(room: RoomRecord, caller: Caller): RoomRole {
    const { roles } = this.#parts;
    const role = roles.of(room, caller);
    if (room.archived !== undefined && role !== 'owner')
      throw new Denied('denied', 'This room was put away by its owner.');
    if (role === 'banned') throw banned(roles.banOf(room, caller));
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

  /** Until when somebody stays who was let in before. */
  #kept(room: RoomRecord, { identity }: Caller): Pick<Entry, 'ends'> {
    const isEntered = room.watch === 'link' || room.watch === 'password';
    const ends = isEntered && identity ? this.#parts.entries.endOf(room, identity.id) : undefined;
    return ends === undefined ? {} : { ends };
  }

  /** What keeps somebody out who has no pass. */
  #refusalByRule(room: RoomRecord, caller: Caller): Denied | undefined {
    const { identity } = caller;
    const { roles, entries } = this.#parts;
    const known = identity !== undefined && identity.kind !== 'guest';
    if (room.watch === 'signed-in')
      return known ? undefined : new Denied('sign-in', 'This room is for those who have signed in.');
    if (room.watch === 'list')
      return roles.isListed(room, caller)
        ? undefined
        : new Denied(known ? 'denied' : 'sign-in', 'This room is for those whom its owner has invited.');
    if (identity && entries.endOf(room, identity.id) !== undefined) return undefined;
    return new Denied(
      'denied',
      room.watch === 'password' ? 'This room has a password.' : 'This room opens by its link only.',
    );
  }
}

/** What is wrong with a pass, instead of what is said to those who bring none. That one was good is told to its holder alone. */
function linkRefusal(by: Denied, pass: GivenPass | undefined): Denied {
  const code = by.code === 'sign-in' ? 'sign-in' : 'denied';
  return pass?.state === 'over'
    ? new Denied(code, 'This link is over; ask for a new one.', { why: 'link-over' })
    : new Denied(code, 'This link does not open this room; ask for a new one.', { why: 'link-wrong' });
}

function banned({ until, reason }: Partial<BanRecord> = {}): RoomcastError {
  const words = `You are banned from this room${until === undefined ? '' : ` until ${until}`}`;
  return new Denied('denied', reason === undefined ? `${words}.` : `${words}: ${reason}`);
}

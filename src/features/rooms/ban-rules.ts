import { Denied, NotFound } from '../../errors.ts';
import type { App, Speaker } from '../../plugin.ts';
import type { RoomParts } from './room-parts.ts';
import { nameOfViewer } from './room-passes.ts';
import type { RoomRecord } from './room-record.ts';

/** A guest’s id; nothing else is kept of guests. */
const GUEST = /^g_[\w-]{16}$/;
/** What acts for the server itself. */
const SERVER = 'server';

/** What is at stake. */
interface Order {
  room: RoomRecord;
  by: Speaker;
  /** Whom it is about, unless that is a network alone. */
  who: string | undefined;
}

type Parts = Pick<RoomParts, 'members' | 'roles'>;

/** Whether somebody may be banned by another, for every protocol. Throws `denied`, and `not-found` for nobody. */
export function checkBan({ services }: App, parts: Parts, order: Order): void {
  const { room, by, who } = order;
  if (who === undefined) return;
  const account = services.accounts.find(who);
  if (who === SERVER || who === room.owner || account?.admin)
    throw new Denied('denied', 'The owner of a room or of the server cannot be banned.', { why: 'owner-ban' });
  if (who === by.identity?.id) throw new Denied('denied', 'Nobody bans themselves.', { why: 'self-ban' });
  if (!account && !GUEST.test(who) && nameOfViewer(who) === undefined)
    throw new NotFound('No account has this id, and no guest can have it.');
  checkRank(parts, order);
}

/** Whether a ban may be lifted by somebody. Throws `denied`. */
export function checkLift(
  { bans, ...parts }: Parts & Pick<RoomParts, 'bans'>,
  room: RoomRecord,
  by: Speaker,
  id: string,
): void {
  checkRank(parts, { room, by, who: bans.list(room.id).find((ban) => ban.id === id)?.who });
}

/** Bans among those who look after a room are for its owner. */
function checkRank({ members, roles }: Parts, { room, by, who }: Order): void {
  const isModerator = who !== undefined && members.roleOf(room.id, who) === 'moderator';
  if (isModerator && roles.of(room, by) !== 'owner')
    throw new Denied('denied', 'Only the owner of the room bans those who look after it, and lifts that.', {
      why: 'moderator-ban',
    });
}

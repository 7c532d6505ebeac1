import { Denied, type RoomcastError, toRoomcastError } from '../../errors.ts';
import type { Scope } from '../../live/access.ts';
import type { Peer } from './peer.ts';

/** What went wrong, as an error of the list; what nobody expected is logged. */
export function refusalOf(peer: Peer, error: unknown): RoomcastError {
  const found = toRoomcastError(error);
  if (found.code === 'internal') peer.gateway.fault(error);
  return found;
}

/** Throws `denied` where somebody came by a token that is not for this. */
export function checkScope({ gateway, identity }: Pick<Peer, 'gateway' | 'identity'>, scope: Scope): void {
  if (!gateway.options.includes(identity?.scope, scope))
    throw new Denied('denied', `This token may not do that; it would need the scope “${scope}”.`);
}

import { Denied, NotFound, RoomcastError } from '../../errors.ts';
import { type Identity, includesScope, isAtLeast, type Scope } from '../../live/access.ts';
import { type Caller, type RoleOf, type Route, scopeOf } from '../routes.ts';

/** For one that came from afar or through a proxy. */
const ASK_AS_OPERATOR = 'This needs a bearer token, except on the machine of the server itself with no proxy between.';

/** Who asks for what. */
export interface Question {
  route: Pick<Route, 'access' | 'scope' | 'method'>;
  caller: Caller;
  /** The room that the address names. */
  slug: string | undefined;
  /** On this machine, with no proxy between. */
  local: boolean;
  roleOf: RoleOf;
}

/**
 * Lets those pass who may call a route. Throws `sign-in` for those who could be anybody, `denied` for those who are known
 * and may not, and `not-found` where the address names no room.
 */
export function admit({ route, caller, slug, local, roleOf }: Question): void {
  const { access } = route;
  const { identity, credentials } = caller;
  if (access === 'anyone') {
    // Any token does for it, unless it is said what one has to be for.
    if (route.scope !== undefined) checkScope(identity, route.scope);
    return;
  }
  if (access === 'operator') {
    const isOperator = identity?.admin === true && credentials.bearer !== undefined;
    if (!isOperator && !local) throw new RoomcastError('sign-in', ASK_AS_OPERATOR);
    return;
  }
  if (!identity || identity.kind === 'guest') throw new RoomcastError('sign-in');
  checkScope(identity, scopeOf(route));
  if (access === 'user' || identity.admin) return;
  if (access === 'admin') throw new Denied('denied', 'This is for the owner of the server.');
  const role = slug === undefined ? undefined : roleOf(slug, caller);
  if (role === undefined) throw new NotFound('There is no such room.');
  if (!isAtLeast(role, access)) throw new Denied('denied', WORDS[access]);
}

function checkScope(identity: Identity | undefined, scope: Scope): void {
  if (!includesScope(identity?.scope, scope))
    throw new Denied('denied', `This token may not do that; it would need the scope “${scope}”.`);
}

const WORDS = {
  owner: 'This is for the owner of the room.',
  moderator: 'This is for those who look after the room.',
};

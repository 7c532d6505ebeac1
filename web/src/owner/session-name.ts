import type { SessionInfo } from '../../../src/client/index.ts';

/** The identity of whoever has the owner’s cookie or token. */
const OWNER = 'owner';

/** What a session is called: by its identity where it has one, else by its address; `full` tells it from all others. */
export function sessionName({ identity, remote }: SessionInfo, owner: string): { name: string; full: string } {
  if (identity === undefined) return { name: remote, full: remote };
  const name = identity === OWNER ? owner : identity;
  return { name, full: `${name} (${remote})` };
}

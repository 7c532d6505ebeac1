import type { SessionInfo } from '../../../src/client/index.ts';

/** The identity of whoever has the owner’s cookie or token. */
const OWNER = 'owner';

/** What a session is called: by its identity where it has one, else by its address; `full` tells it from all others. */
export function sessionName(
  { identity, remote }: Pick<SessionInfo, 'identity' | 'remote'>,
  words: { label: string; named: (name: string, address: string) => string },
): { name: string; full: string } {
  if (identity === undefined) return { name: remote, full: remote };
  const name = identity === OWNER ? words.label : identity;
  return { name, full: words.named(name, remote) };
}

/** The owner watches: on this page or on another device of theirs. To close one is to refuse them all, this page too. */
export function isOwn({ identity, action }: Pick<SessionInfo, 'identity' | 'action'>): boolean {
  return identity === OWNER && action === 'play';
}

/** Longest reason that is passed on, and what has no place in one: it reaches logs and other protocols. */
const [MAX_REASON, CONTROLS] = [200, /\p{C}/gu];

/** What another server decided. */
export interface Verdict {
  readonly allow: boolean;
  /** Why not, for the one who is refused. */
  readonly reason?: string;
  /** Of a message: it waits until somebody who looks after the room lets it through. */
  readonly hold?: true;
}

/** Reads `{"allow": …, "reason": …, "hold": …}`; undefined for what says neither yes nor no. */
export function readVerdict({ allow, reason, hold }: Record<string, unknown>): Verdict | undefined {
  if (hold === true && allow !== false) return { allow: true, hold };
  if (typeof allow !== 'boolean') return undefined;
  if (allow || typeof reason !== 'string') return { allow };
  const words = [...reason.toWellFormed().replaceAll(CONTROLS, ' ')].slice(0, MAX_REASON).join('').trim();
  return { allow, ...(words === '' ? {} : { reason: words }) };
}

/** Longest reason that is passed on, and what has no place in one: it reaches logs and other protocols. */
const [MAX_REASON, CONTROLS] = [200, /\p{C}/gu];
/** Shortest time, in seconds, for which a yes holds: with thousands of sessions a shorter one is a flood of questions. */
const MIN_VALID = 10;

/** What another server decided. */
export interface Verdict {
  readonly allow: boolean;
  /** Why not, for the one who is refused. */
  readonly reason?: string;
  /** Of a message: it waits until somebody who looks after the room lets it through. */
  readonly hold?: true;
  /** Of a session: seconds after which it is to be asked again. For as long as the session goes on where absent. */
  readonly validFor?: number;
}

/** Reads `{"allow": …, "reason": …, "hold": …, "validFor": …}`; undefined for what says neither yes nor no, or for no time that there is. */
export function readVerdict({ allow, reason, hold, validFor }: Record<string, unknown>): Verdict | undefined {
  if (hold === true && allow !== false) return { allow: true, hold };
  if (typeof allow !== 'boolean') return undefined;
  if (allow) return validFor === undefined ? { allow } : timed(validFor);
  if (typeof reason !== 'string') return { allow };
  const words = [...reason.toWellFormed().replaceAll(CONTROLS, ' ')].slice(0, MAX_REASON).join('').trim();
  return { allow, ...(words === '' ? {} : { reason: words }) };
}

/** A yes for some time. One for a time that cannot be read is none: as a yes for good it would be more than was said. */
function timed(validFor: unknown): Verdict | undefined {
  if (typeof validFor !== 'number' || !(validFor > 0)) return undefined;
  return { allow: true, validFor: Math.max(MIN_VALID, validFor) };
}

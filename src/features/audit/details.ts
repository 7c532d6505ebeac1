import type { AuditEntry } from '../../client/room-api.ts';
import type { Before } from '../../io/http.ts';

/** Fields whose value is nobody’s business; the address of a webhook is often a secret, too. */
const SECRET = /password|token|key|pass$|secret|email|^url$/i;
/** Longest text of a field, and most fields. */
const [MAX_TEXT, MAX_FIELDS] = [200, 30];

/** What is kept of what was asked for: no secrets, nothing long, one level deep. */
export function detailsOf(asked: object): AuditEntry['details'] {
  const kept: Record<string, string | number | boolean | null> = {};
  for (const [name, value] of Object.entries(asked).slice(0, MAX_FIELDS)) {
    if (value === undefined) continue;
    kept[name.slice(0, MAX_TEXT)] = SECRET.test(name) ? '…' : plain(value);
  }
  return kept;
}

/** What is kept of a change: of what was asked for that which differs from how things are. Undefined where nothing does. */
export function changesOf(asked: object, { now, about }: Before = {}): AuditEntry['details'] | undefined {
  if (!now) return detailsOf({ ...about, ...asked });
  const before = now as Readonly<Record<string, unknown>>;
  const differing = Object.entries(asked).filter(
    // What is secret is not compared: only a hash of it is known.
    ([name, value]) => SECRET.test(name) || JSON.stringify(value ?? null) !== JSON.stringify(before[name] ?? null),
  );
  return differing.length === 0 ? undefined : detailsOf({ ...about, ...Object.fromEntries(differing) });
}

function plain(value: unknown): string | number | boolean | null {
  if (value === null || typeof value === 'number' || typeof value === 'boolean') return value;
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return text.length > MAX_TEXT ? `${text.slice(0, MAX_TEXT).toWellFormed()}…` : text;
}

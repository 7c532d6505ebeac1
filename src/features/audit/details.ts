/** Fields whose value is nobody’s business; the address of a webhook is often a secret, too. */
const SECRET = /password|token|key|pass$|secret|email|^url$/i;
/** Longest text of a field, and most fields. */
const [MAX_TEXT, MAX_FIELDS] = [200, 30];

/** What is kept of what was asked for: no secrets, nothing long, one level deep. */
export function detailsOf(asked: object): Record<string, string | number | boolean | null> {
  const kept: Record<string, string | number | boolean | null> = {};
  for (const [name, value] of Object.entries(asked).slice(0, MAX_FIELDS)) {
    if (value === undefined) continue;
    kept[name.slice(0, MAX_TEXT)] = SECRET.test(name) ? '…' : plain(value);
  }
  return kept;
}

function plain(value: unknown): string | number | boolean | null {
  if (value === null || typeof value === 'number' || typeof value === 'boolean') return value;
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return text.length > MAX_TEXT ? `${text.slice(0, MAX_TEXT).toWellFormed()}…` : text;
}

/** How many colours names have: `--n-1` to `--n-8` of the tokens. */
const COLORS = 8;

/** The colour of somebody’s name: always the same for the same person (FNV-1a). */
export function nameColor(userId: string): string {
  let hash = 0x811c9dc5;
  for (let at = 0; at < userId.length; at++) hash = Math.imul(hash ^ userId.charCodeAt(at), 0x01000193) >>> 0;
  return `var(--n-${(hash % COLORS) + 1})`;
}

/** How many colours avatars and cards have: `tone-0` to `tone-7` in `base.css`. */
const TONES = 8;

/** The colour of a name: always the same for the same name (FNV-1a). */
export function tone(name: string): string {
  let hash = 0x811c9dc5;
  for (const char of name) hash = Math.imul(hash ^ char.codePointAt(0)!, 0x01000193) >>> 0;
  return `tone-${hash % TONES}`;
}

/** What an avatar shows: the first letter or sign of a name. */
export function initial(name: string): string {
  return (Array.from(name.trim())[0] ?? '·').toLocaleUpperCase();
}

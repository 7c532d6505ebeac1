/** What may be a name behind a sign that no letter of a word is before: an address of mail names nobody. */
const NAMED =
  /(?<![[\p{L}\p{M}\p{N}_@]--[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}]])@([\p{L}\p{N}][\p{L}\p{M}\p{N}_.\-]{0,127})/gv;
/** What may stand behind a name as well as in it. */
const JOINT = /[_.-]/;
/** Scripts that put no spaces between words: a name may end anywhere. */
const UNSPACED = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}]/u;
/** People that one message names: more is a way to disturb everybody. */
const MAX_MENTIONS = 10;
/** Signs in one message behind which a name is looked for, and ends that it may have. */
const [MAX_SIGNS, MAX_ENDS] = [20, 40];

/** The ids of those whom a text names by `@Name`, each once, in its order: the longest name that somebody has. */
export function mentionsOf(text: string, idOf: (name: string) => string | undefined): string[] {
  const found = new Set<string>();
  if (!text.includes('@')) return [];
  let signs = 0;
  for (const [, run = ''] of text.matchAll(NAMED)) {
    if (++signs > MAX_SIGNS || found.size >= MAX_MENTIONS) break;
    for (const name of namesIn(run)) {
      const id = idOf(name);
      if (id === undefined) continue;
      found.add(id);
      break;
    }
  }
  return [...found];
}

/** What may be a name at the beginning of a run of letters, the longest first: a piece of a word is none. */
function namesIn(run: string): string[] {
  const characters = [...run];
  const names: string[] = [];
  for (let end = characters.length; end > 0 && names.length < MAX_ENDS; end--) {
    const [last, next] = [characters[end - 1]!, characters[end]];
    if (next === undefined || JOINT.test(next) || UNSPACED.test(next) || UNSPACED.test(last))
      names.push(characters.slice(0, end).join(''));
  }
  return names;
}

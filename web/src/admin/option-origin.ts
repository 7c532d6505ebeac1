import type { AdminWords } from '../messages/admin.ts';

/** Where the value of an option comes from, as the server says it, in the words of a language. A place in a file is its own word. */
export function originIn(words: AdminWords['config'], origin: string): string {
  if (origin === 'default') return words.default;
  if (origin === 'program') return words.program;
  const [, kind, name = ''] = /^(flag|environment) (.+)$/.exec(origin) ?? [];
  if (kind === undefined) return origin;
  return kind === 'flag' ? words.flag(name) : words.environment(name);
}

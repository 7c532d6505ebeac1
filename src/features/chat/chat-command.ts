import type { ChatCommand } from '../../plugin.ts';

/** A slash and a word; a path such as `/etc/hosts` and a lone slash are none. */
const COMMAND = /^\/([\p{L}\p{N}_-]{1,32})(?:\s+([^]*))?$/u;
/** What one says by a slash without a command. */
const SAID = new Set(['me']);

/** The command in what somebody typed, if it is one. */
export function commandIn(typed: string): ChatCommand | undefined {
  const [, word, rest = ''] = COMMAND.exec(typed.trim()) ?? [];
  const name = word?.toLowerCase();
  return name === undefined || SAID.has(name) ? undefined : { name, rest: rest.trim() };
}

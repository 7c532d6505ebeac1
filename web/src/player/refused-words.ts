import type { Messages } from '../messages/en.ts';
import { browsersMay, type Media, type Outside } from './playable.ts';

/** How it is said of some tracks that they cannot be played here. */
interface Said {
  /** Another browser may. */
  other: (codecs: string, player: string) => string;
  /** This page cannot, in none. */
  never: (codecs: string) => string;
}

/** That tracks cannot be played here, and what can; `codecs`: their names. */
export function refusedWords(
  said: Said,
  { tracks, codecs, outside }: { tracks: readonly Media[]; codecs: string; outside: Outside | undefined },
  words: Messages['state']['outside'],
): string {
  if (outside && browsersMay(tracks)) return said.other(codecs, words[outside]);
  return said.never(codecs) + (outside ? words.use(words[outside]) : words.none);
}

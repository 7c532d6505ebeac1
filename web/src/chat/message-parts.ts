import type { Emote } from '../../../src/client/index.ts';

/** A piece of a message: words, the address of a page, somebody’s name, or a picture of the server. */
export type Part =
  | { kind: 'text'; text: string }
  | { kind: 'link'; text: string; href: string }
  | { kind: 'mention'; text: string; name: string }
  | { kind: 'emote'; text: string; src: string };

/** What may be something else than words. */
const SPECIAL = /https?:\/\/[^\s<>"'`\u3000-\u303f\uff00-\uff65]+|@|:[\w-]{2,32}:/giu;
/** What ends a sentence does not belong to an address at its end. */
const TRAILING: ReadonlySet<string> = new Set('.,;:!?…\'")]}');
const LETTER = /[\p{L}\p{N}_]/u;

export interface Known {
  /** Names of people who were seen. */
  names: Iterable<string>;
  emotes: readonly Emote[];
}

/** Takes a message apart. All of it is text: what is not an address of http or https is never a link. */
export function partsOf(text: string, { names, emotes }: Known): Part[] {
  const parts: Part[] = [];
  let done = 0;
  const add = (at: number, part: Part): void => {
    if (at > done) parts.push({ kind: 'text', text: text.slice(done, at) });
    parts.push(part);
    done = at + part.text.length;
  };
  for (const { 0: found, index } of text.matchAll(SPECIAL)) {
    if (index < done) continue;
    const part =
      found === '@' ? mention(text, index, names) : found.startsWith(':') ? emote(found, emotes) : link(found);
    if (part) add(index, part);
  }
  if (done < text.length) parts.push({ kind: 'text', text: text.slice(done) });
  return parts;
}

function link(found: string): Part | undefined {
  let end = found.length;
  while (end > 0 && TRAILING.has(found.charAt(end - 1))) end--;
  // One that was opened within the address.
  if (found.charAt(end) === ')' && found.includes('(')) end++;
  const text = found.slice(0, end);
  if (!URL.canParse(text)) return undefined;
  const { protocol, href, username, password } = new URL(text);
  // A name before the host makes one site look like another.
  if ((protocol !== 'http:' && protocol !== 'https:') || username !== '' || password !== '') return undefined;
  return { kind: 'link', text, href };
}

function mention(text: string, at: number, names: Iterable<string>): Part | undefined {
  if (at > 0 && LETTER.test(text[at - 1]!)) return undefined;
  let longest: string | undefined;
  for (const name of names) {
    const end = at + 1 + name.length;
    if (name.length <= (longest?.length ?? 0)) continue;
    if (text.slice(at + 1, end).toLowerCase() !== name.toLowerCase()) continue;
    // Chinese puts no space behind a name.
    if (/[\w]$/.test(name) && /^\w/.test(text.slice(end))) continue;
    longest = name;
  }
  if (longest === undefined) return undefined;
  return { kind: 'mention', text: text.slice(at, at + 1 + longest.length), name: longest };
}

/** Only pictures of this server: everything else would tell another one who watches. */
function emote(found: string, emotes: readonly Emote[]): Part | undefined {
  const url = emotes.find(({ name }) => name === found.slice(1, -1))?.url;
  return url !== undefined && /^\/[^/\\]/.test(url) ? { kind: 'emote', text: found, src: url } : undefined;
}

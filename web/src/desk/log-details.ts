import type { AuditEntry } from '../../../src/client/index.ts';
import { bytes, rateText } from '../format/units.ts';
import type { DeskWords } from '../messages/desk.ts';

type Details = AuditEntry['details'];
type Value = Details[string];

/** Fields that tell people nothing, or that the sentence has. */
const LEFT_OUT: ReadonlySet<string> = new Set(['id', 'message', 'hook', 'user', 'who']);
/** What stands for a secret. */
const SECRET = '…';

/** What an entry of the log says: the sentence after who did it, and what more there is to it. */
export function wordsOf({ action, details }: Pick<AuditEntry, 'action' | 'details'>, t: DeskWords): [string, string] {
  // A time-out of no seconds ends one.
  const deed = action === 'timeout' && details['seconds'] === 0 ? 'untimeout' : action;
  const sentence = own(t.log.didTo, deed);
  const person = sentence && personOf(details, t);
  const isSaid = (name: string): boolean =>
    (person !== undefined && name === (details['name'] === undefined ? 'network' : 'name')) ||
    (deed === 'untimeout' && name === 'seconds');
  const more = Object.entries(details)
    .filter(([name, value]) => !LEFT_OUT.has(name) && !isSaid(name) && !isIdOfMessages(name, value))
    .map(([name, value]) => t.log.pair(own(t.log.fields, name) ?? plain(name), valueIn(t, name, value)));
  return [person === undefined ? (own(t.log.did, deed) ?? t.log.other) : sentence!(person), more.join(' · ')];
}

/** Whom it is about. Accounts that were kept without their names are nobody in particular; guests can be found by their ids. */
function personOf({ name, user, who, network }: Details, t: DeskWords): string | undefined {
  const id = user ?? who;
  if (typeof name === 'string' && name !== '' && name !== id) return name;
  if (typeof id === 'string' && id.startsWith('g_')) return t.people.guest(id);
  return typeof network === 'string' ? network : undefined;
}

function valueIn(t: DeskWords, name: string, value: Value): string {
  const { log } = t;
  if (value === SECRET) return log.changed;
  if (value === null && name.startsWith('max')) return t.settings.noLimit;
  if (value === null || value === '' || value === '[]') return log.empty;
  if (typeof value === 'boolean') return value ? log.yes : log.no;
  if (typeof value === 'number') return numberIn(t, name, value);
  if (name === 'words') return wordRules(t, value);
  const choices: Readonly<Record<string, Readonly<Record<string, string>>>> = {
    watch: t.settings.watches,
    guests: t.settings.guestsMay,
    role: t.people.roles,
    links: log.linksBy,
  };
  const words = own(choices, name);
  return (words && own(words, value)) ?? listIn(t, value);
}

function numberIn({ log }: DeskWords, name: string, value: number): string {
  if (name === 'minutes') return log.time(value * 60);
  if (name === 'seconds' || name === 'slow') return value === 0 ? log.no : log.time(value);
  if (name === 'maxBitRate') return rateText(value);
  return name === 'bytes' ? bytes(value) : String(value);
}

/** Rules for words; the log cuts long lists off, so they are read as far as they go. */
function wordRules({ log }: DeskWords, text: string): string {
  const rules = text.matchAll(/"word":("(?:[^"\\]|\\.)*"),"action":"(\w+)"/g);
  const said = Array.from(rules, ([, word = '""', action = '']) => {
    return `${String(JSON.parse(word))} (${own(log.wordActions, action) ?? action})`;
  });
  if (said.length === 0) return plain(text);
  return log.list(text.endsWith(SECRET) ? [...said, SECRET] : said);
}

/** A list of words as one reads it, and anything else as it is. */
function listIn({ log }: DeskWords, text: string): string {
  if (!/^[[{]/.test(text)) return text;
  try {
    const value: unknown = JSON.parse(text);
    if (Array.isArray(value) && value.every((each) => typeof each === 'string')) return log.list(value);
  } catch {
    // It was cut off.
  }
  return plain(text);
}

/** `maxHeight` → `max height`; of JSON its words. */
function plain(text: string): string {
  const bare = /^[[{]/.test(text) ? text.replaceAll(/[[\]{}"]/g, '').replaceAll(/([,:])(?=\S)/g, '$1 ') : text;
  return /^[a-z]+(?:[A-Z][a-z]+)+$/.test(bare)
    ? bare.replaceAll(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`)
    : bare;
}

/** Older entries list the ids of messages where others say how many they were. */
function isIdOfMessages(name: string, value: Value): boolean {
  return name === 'messages' && typeof value !== 'number';
}

function own<T>(of: Readonly<Record<string, T>>, key: string): T | undefined {
  return Object.hasOwn(of, key) ? of[key] : undefined;
}

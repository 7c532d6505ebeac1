import type { Line } from './line.ts';

/** A line as it comes, without its end, and what it says. */
export interface LineCase {
  readonly name: string;
  readonly text: string;
  readonly value: Line;
  /** Set where it is written otherwise than it came. */
  readonly written?: string;
}

const tags = (entries: Record<string, string>): ReadonlyMap<string, string> => new Map(Object.entries(entries));

/** Golden lines: read, written, seeds of the fuzzer, and cut at every byte. */
export const lineCases: readonly LineCase[] = [
  { name: 'a command alone', text: 'LUSERS', value: { command: 'LUSERS', params: [] } },
  {
    name: 'small letters',
    text: 'join #lobby',
    value: { command: 'JOIN', params: ['#lobby'] },
    written: 'JOIN #lobby',
  },
  {
    name: 'words',
    text: 'PRIVMSG #lobby :hello, you',
    value: { command: 'PRIVMSG', params: ['#lobby', 'hello, you'] },
  },
  {
    name: 'one word',
    text: 'PRIVMSG #lobby hello',
    value: { command: 'PRIVMSG', params: ['#lobby', 'hello'] },
    written: 'PRIVMSG #lobby :hello',
  },
  { name: 'nothing as words', text: 'PRIVMSG #lobby :', value: { command: 'PRIVMSG', params: ['#lobby', ''] } },
  {
    name: 'words that begin with a colon',
    text: 'PRIVMSG #lobby ::)',
    value: { command: 'PRIVMSG', params: ['#lobby', ':)'] },
  },
  {
    name: 'spaces within words',
    text: 'PRIVMSG #lobby : a  b ',
    value: { command: 'PRIVMSG', params: ['#lobby', ' a  b '] },
  },
  { name: 'spaces too many', text: '  NICK   ann  ', value: { command: 'NICK', params: ['ann'] }, written: 'NICK ann' },
  {
    name: 'an action',
    text: 'PRIVMSG #lobby :\x01ACTION waves\x01',
    value: { command: 'PRIVMSG', params: ['#lobby', '\x01ACTION waves\x01'] },
  },
  {
    name: 'other scripts',
    text: 'PRIVMSG #lobby :你好 👋🏽 שלום',
    value: { command: 'PRIVMSG', params: ['#lobby', '你好 👋🏽 שלום'] },
  },
  {
    name: 'a source',
    text: ':ann!g_1@guest JOIN #lobby',
    value: { source: 'ann!g_1@guest', command: 'JOIN', params: ['#lobby'] },
  },
  {
    name: 'a numeric',
    text: ':roomcast.local 332 ann #lobby :The lobby',
    value: { source: 'roomcast.local', command: '332', params: ['ann', '#lobby', 'The lobby'] },
  },
  { name: 'a mode', text: 'MODE #lobby +b *!g_1@*', value: { command: 'MODE', params: ['#lobby', '+b', '*!g_1@*'] } },
  {
    name: 'a tag',
    text: '@time=2026-01-01T00:00:00.000Z PING a',
    value: { tags: tags({ time: '2026-01-01T00:00:00.000Z' }), command: 'PING', params: ['a'] },
  },
  {
    name: 'tags without and with values',
    text: '@a;+draft/reply=01M8;vendor.example/b=c :s TAGMSG #x',
    value: {
      tags: tags({ a: '', '+draft/reply': '01M8', 'vendor.example/b': 'c' }),
      source: 's',
      command: 'TAGMSG',
      params: ['#x'],
    },
  },
  {
    name: 'escapes in tags',
    text: String.raw`@a=\:\s\\\r\n PING b`,
    value: { tags: tags({ a: '; \\\r\n' }), command: 'PING', params: ['b'] },
  },
  {
    name: 'escapes of nothing',
    text: String.raw`@a=b\c\ PING d`,
    value: { tags: tags({ a: 'bc' }), command: 'PING', params: ['d'] },
    written: '@a=bc PING d',
  },
  {
    name: 'a tag twice',
    text: '@a=1;a=2;;=3 PING b',
    value: { tags: tags({ a: '2' }), command: 'PING', params: ['b'] },
    written: '@a=2 PING b',
  },
  { name: 'empty tags', text: '@ PING b', value: { command: 'PING', params: ['b'] }, written: 'PING b' },
  {
    name: 'as many parameters as there may be',
    text: `X ${'a '.repeat(14)}b c :d`,
    value: { command: 'X', params: [...Array<string>(14).fill('a'), 'b c :d'] },
    written: `X ${'a '.repeat(14)}:b c :d`,
  },
  {
    name: 'the longest line',
    text: `PRIVMSG #lobby :${'é'.repeat(247)}`,
    value: { command: 'PRIVMSG', params: ['#lobby', 'é'.repeat(247)] },
  },
  {
    name: 'the longest tags',
    text: `@a=${'b'.repeat(8187)} PING c`,
    value: { tags: tags({ a: 'b'.repeat(8187) }), command: 'PING', params: ['c'] },
  },
];

/** Lines that are refused, and the code of the error. */
export const refusedLines: readonly { readonly name: string; readonly text: string; readonly code: string }[] = [
  { name: 'a source alone', text: ':ann', code: 'protocol-error' },
  { name: 'tags alone', text: '@a=b', code: 'protocol-error' },
  { name: 'tags and nothing else', text: '@a=b ', code: 'protocol-error' },
  { name: 'a command of other signs', text: 'GET/ HTTP', code: 'protocol-error' },
  { name: 'a numeric of two digits', text: '12 ann', code: 'protocol-error' },
  { name: 'spaces', text: '    ', code: 'protocol-error' },
  { name: 'a line of one byte too many', text: `PRIVMSG #lobby :${'é'.repeat(247)}x`, code: 'limit-exceeded' },
  { name: 'tags of one byte too many', text: `@a=${'b'.repeat(8188)} PING c`, code: 'limit-exceeded' },
  { name: 'a line without an end in sight', text: 'x'.repeat(20_000), code: 'limit-exceeded' },
];

import { expect, test } from 'vitest';
import { partsOf } from './message-parts.ts';

const known = { names: ['Ann', 'Anna', '阿梅', 'two words'], emotes: [{ name: 'wave', url: '/emotes/1.webp' }] };
const read = (text: string): string =>
  partsOf(text, known)
    .map((part) => (part.kind === 'text' ? part.text : `<${part.kind} ${part.text}>`))
    .join('');

test.each([
  ['see https://example.com/a?b=c#d now', 'see <link https://example.com/a?b=c#d> now'],
  ['(https://example.com/a).', '(<link https://example.com/a>).'],
  ['https://en.wikipedia.org/wiki/A_(b)', '<link https://en.wikipedia.org/wiki/A_(b)>'],
  ['看https://example.com，好', '看<link https://example.com>，好'],
  ['HTTPS://EXAMPLE.COM', '<link HTTPS://EXAMPLE.COM>'],
  ['https://bank.example@evil.example/', 'https://bank.example@evil.example/'],
  ['javascript:alert(1) data:text/html,x ftp://x', 'javascript:alert(1) data:text/html,x ftp://x'],
  ['https://', 'https://'],
  ['http://[', 'http://['],
])('addresses of pages are links, and nothing else is: %s', (text, parts) => {
  expect(read(text)).toBe(parts);
});

test.each([
  ['@ann hello', '<mention @ann> hello'],
  ['@Anna, @Ann', '<mention @Anna>, <mention @Ann>'],
  ['@Annabel', '@Annabel'],
  ['mail@Ann', 'mail@Ann'],
  ['@阿梅你好', '<mention @阿梅>你好'],
  ['@two words!', '<mention @two words>!'],
  ['@nobody', '@nobody'],
])('names that were seen are mentions: %s', (text, parts) => {
  expect(read(text)).toBe(parts);
});

test('a picture stands for its name if it is on the server itself', () => {
  expect(read('hi :wave: :none:')).toBe('hi <emote :wave:> :none:');
  for (const url of ['//evil.example/x', 'https://evil.example/x', '/\\evil', 'javascript:alert(1)'])
    expect(partsOf(':a1:', { names: [], emotes: [{ name: 'a1', url }] })).toEqual([{ kind: 'text', text: ':a1:' }]);
});

import { describe, expect, test } from 'vitest';
import { readText, textLines } from './chat-text.ts';
import { bytesOf, LINE_BYTES, writeLine } from './line.ts';

const SOURCE = 'ann!g_1@guest';

describe('what somebody types', () => {
  test.each([
    ['hello', 'hello'],
    ['\x02bold\x02 \x0304,05red\x03 \x1ditalic\x0f 4', 'bold red italic 4'],
    ['\x04ff0000red', 'red'],
    ['\x01ACTION waves\x01', '/me waves'],
    ['\x01ACTION waves', '/me waves'],
    ['\x01VERSION\x01', undefined],
    ['', ''],
  ])('%j is said as %j', (typed, said) => {
    expect(readText(typed)).toBe(said);
  });
});

describe('what was said', () => {
  test('is a line, and an action one of its form', () => {
    const [line] = textLines({ kind: 'say', text: 'hello' }, SOURCE, '#lobby');
    expect(writeLine(line!)).toBe(':ann!g_1@guest PRIVMSG #lobby :hello\r\n');
    const [action] = textLines({ kind: 'me', text: 'waves' }, SOURCE, '#lobby');
    expect(action!.params[1]).toBe('\x01ACTION waves\x01');
    expect(textLines({ kind: 'system', text: 'It has begun.' }, 'server', '#lobby')[0]!.command).toBe('NOTICE');
  });

  test.each([
    ['words', 'some words and more '.repeat(100)],
    ['no spaces', 'x'.repeat(2000)],
    ['other scripts', '你好👋🏽'.repeat(300)],
  ])('is as many lines as it needs, of %s', (_, text) => {
    for (const kind of ['say', 'me'] as const) {
      const lines = textLines({ kind, text }, SOURCE, '#lobby');
      const sizes = lines.map((line) => bytesOf(writeLine(line)));
      expect(Math.max(...sizes)).toBeLessThanOrEqual(LINE_BYTES);
      expect(Math.min(...sizes.slice(0, -1))).toBeGreaterThan(LINE_BYTES / 2);
      const said = lines.map(({ params }) => params[1]!.replaceAll(/^\x01ACTION |\x01$/g, '')); // eslint-disable-line no-control-regex
      expect(said.join('')).toBe(text);
    }
  });

  test('is cut between words', () => {
    const [first] = textLines({ kind: 'say', text: 'some words and more '.repeat(100) }, SOURCE, '#lobby');
    expect(first!.params[1]).toMatch(/ $/);
  });
});

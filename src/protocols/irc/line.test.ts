import { describe, expect, test } from 'vitest';
import type { RoomcastError } from '../../errors.ts';
import { lineCases, refusedLines } from './cases.ts';
import { bytesOf, cutText, LINE_BYTES, readLine, TAG_BYTES, writeLine } from './line.ts';
import { LineReader } from './line-reader.ts';

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

/** Every line of some chunks; an error is its code. */
function read(chunks: readonly Uint8Array[]): unknown[] {
  const reader = new LineReader();
  const found: unknown[] = [];
  for (const chunk of chunks) {
    reader.push(chunk);
    for (;;) {
      try {
        const line = reader.next();
        if (!line) break;
        found.push(readLine(line));
      } catch (error) {
        found.push((error as RoomcastError).code);
      }
    }
  }
  return found;
}

describe('a line', () => {
  test.each(lineCases)('with $name is read', ({ text, value }) => {
    expect(readLine(bytes(text))).toEqual(value);
  });

  test.each(lineCases)('with $name is written', ({ text, value, written = text }) => {
    expect(writeLine(value)).toBe(`${written}\r\n`);
  });

  test.each(refusedLines)('that is $name is refused', ({ text, code }) => {
    expect(read([bytes(`${text}\r\nPING a\r\n`)])).toEqual([code, { command: 'PING', params: ['a'] }]);
  });

  test('never ends early, whatever is in it', () => {
    const line = writeLine({ source: 'a\r\nb', command: 'PRIVMSG', params: ['#x', 'c\r\nQUIT\0\n'] });
    expect(line).toBe(':a  b PRIVMSG #x :c  QUIT  \r\n');
    const tags = new Map([['a', 'b\r\nQUIT; c']]);
    expect(writeLine({ tags, command: 'PING', params: [] })).toBe(String.raw`@a=b\r\nQUIT\:\sc PING` + '\r\n');
  });

  test('has as many bytes as the specifications allow', () => {
    const longest = lineCases.map(({ text }) => bytesOf(text));
    expect(Math.max(...longest)).toBe(TAG_BYTES + 'PING c'.length);
    expect(longest).toContain(LINE_BYTES - 2);
  });
});

describe('lines', () => {
  const all = bytes(lineCases.map(({ text }) => `${text}\r\n`).join(''));
  const values = lineCases.map(({ value }) => value);

  test('are the same when they come in one piece and byte by byte', () => {
    expect(read([all])).toEqual(values);
    expect(read(Array.from(all, (byte) => Uint8Array.of(byte)))).toEqual(values);
  });

  test.each(lineCases.filter(({ text }) => text.length < 600))(
    'with $name are the same wherever they are cut',
    (one) => {
      const whole = bytes(`${one.text}\r\n`);
      for (let at = 0; at <= whole.length; at++)
        expect(read([whole.subarray(0, at), whole.subarray(at)])).toEqual([one.value]);
    },
  );

  test('end with CR LF, LF or CR, and empty ones are none', () => {
    expect(read([bytes('\r\n\nA\nB\rC\r\n\r\n')])).toEqual(['A', 'B', 'C'].map((command) => ({ command, params: [] })));
  });

  test('that are pushed before others were read come behind them', () => {
    const reader = new LineReader();
    for (const chunk of ['A\r\nB', '1\r', '\nC\r\n']) reader.push(bytes(chunk));
    const text = (): string | undefined => {
      const line = reader.next();
      return line && new TextDecoder().decode(line);
    };
    expect([text(), text(), text(), text()]).toEqual(['A', 'B1', 'C', undefined]);
  });
});

test('a text is cut between characters', () => {
  expect(cutText('añ你👋', 3)).toBe('añ');
  expect(cutText('añ你👋', 9)).toBe('añ你');
  expect(cutText('añ你👋', 10)).toBe('añ你👋');
  expect(cutText('añ', 0)).toBe('');
});

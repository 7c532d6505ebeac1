import { isDeepStrictEqual } from 'node:util';
import { ProtocolError } from '../../../src/errors.ts';
import { lineCases, refusedLines } from '../../../src/protocols/irc/cases.ts';
import { readText, textLines } from '../../../src/protocols/irc/chat-text.ts';
import { bytesOf, type Line, LINE_BYTES, readLine, TAG_BYTES, writeLine } from '../../../src/protocols/irc/line.ts';
import { LineReader } from '../../../src/protocols/irc/line-reader.ts';
import { foldNick, isNick, matchesMask, nickOf } from '../../../src/protocols/irc/nick.ts';
import type { FuzzTarget } from '../target.ts';

const seeds = [...lineCases, ...refusedLines].map(({ text }) => Buffer.from(`${text}\r\n`));

/** What clients of IRC send. */
export const target: FuzzTarget = {
  id: 'F-25',
  title: 'lines of IRC',
  seeds: [
    ...seeds,
    Buffer.concat(seeds.filter(({ length }) => length < 600)),
    ...[
      'CAP LS 302\r\nNICK ann\r\nUSER ann 0 * :Ann\r\nCAP REQ :sasl\r\nAUTHENTICATE PLAIN\r\nAUTHENTICATE AGEAYg==\r\nCAP END\r\n',
      'PRIVMSG #lobby :\x01ACTION \x0304,05red\x03 \x02bold\x02\x01\r\n',
      'MODE #lobby +b *!*@192.0.2.0/24\r\nKICK #lobby ann :go\r\n',
      '\r\n\n\r\0\r\nPING\0 a\n',
    ].map((text) => Buffer.from(text)),
  ],
  // A line may have a command of one letter: a text of three bytes becomes an object with its parts.
  patience: 4,
  run(bytes) {
    for (const line of linesOf([bytes])) if (typeof line !== 'string') checkLine(line);
  },
  roundTrip(bytes) {
    for (const line of linesOf([bytes])) {
      if (typeof line === 'string') continue;
      const text = writeLine(line);
      // What is no UTF-8 takes more bytes when it is written.
      if (bytesOf(text) > LINE_BYTES) continue;
      const [again, ...more] = linesOf([Buffer.from(text)]);
      if (more.length > 0 || !isDeepStrictEqual(again, line)) throw new Error('A line is another the second time.');
    }
  },
  splits: linesOf,
};

/** Every line; an error is its code. */
function linesOf(chunks: readonly Uint8Array[]): (Line | string)[] {
  const reader = new LineReader();
  const found: (Line | string)[] = [];
  for (const chunk of chunks) {
    reader.push(chunk);
    for (;;) {
      try {
        const line = reader.next();
        if (!line) break;
        found.push(readLine(line));
      } catch (error) {
        if (!(error instanceof ProtocolError)) throw error;
        found.push(error.code);
      }
    }
  }
  return found;
}

function checkLine({ tags, params }: Line): void {
  let size = 0;
  for (const [key, value] of tags ?? []) size += key.length + value.length;
  if (size > TAG_BYTES || params.length > 15) throw new Error('A line has more than it may.');
  for (const param of params) {
    const nick = nickOf(param);
    if (!isNick(nick) || nickOf(nick) !== nick) throw new Error('A nick is none the second time.');
    if (!matchesMask('*', foldNick(param))) throw new Error('A mask for all is not for one.');
    const text = readText(param);
    if (text === undefined) continue;
    const lines = textLines({ kind: 'say', text }, 'ann!g_1@guest', '#lobby');
    const said = lines.map((line) => line.params[1]).join('');
    if (said !== text) throw new Error('A text is another in lines.');
    if (lines.some((line) => bytesOf(writeLine(line)) > LINE_BYTES)) throw new Error('A line is too long.');
  }
}

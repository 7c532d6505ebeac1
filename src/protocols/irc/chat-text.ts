import { bytesOf, cutText, type Line, LINE_BYTES } from './line.ts';

/** What clients put into text for bold, colours and so on (modern.ircdocs.horse, formatting). */
// eslint-disable-next-line no-control-regex -- they are controls
const FORMATTING =
  /\x03(?:\d{1,2}(?:,\d{1,2})?)?|\x04(?:[0-9A-Fa-f]{6}(?:,[0-9A-Fa-f]{6})?)?|[\x02\x0f\x11\x16\x1d\x1e\x1f]/g;
const [ACTION, END] = ['\x01ACTION ', '\x01'];
/** However long a source is, so many bytes of text go into a line. */
const LEAST = 100;

/** A message of a chat, as much as IRC tells of it. */
export interface Said {
  readonly id: string;
  readonly rev: string;
  readonly kind: 'say' | 'me' | 'system';
  readonly user: { readonly id: string; readonly name: string };
  readonly text: string;
  readonly at: string;
  readonly replyTo?: { readonly id: string };
  readonly deleted?: true;
  readonly held?: true;
}

/** What somebody typed, as the chat takes it; undefined for other requests to clients (CTCP), which are not for people. */
export function readText(text: string): string | undefined {
  const isRequest = text.startsWith(END);
  if (isRequest && !text.startsWith(ACTION)) return undefined;
  const inner = isRequest ? text.slice(ACTION.length).replace(/\x01$/, '') : text; // eslint-disable-line no-control-regex
  return `${isRequest ? '/me ' : ''}${inner.replaceAll(FORMATTING, '')}`;
}

/** A message as lines: as many as its text needs. `target` is where it was said. */
export function textLines({ kind, text }: Pick<Said, 'kind' | 'text'>, source: string, target: string): Line[] {
  const isAction = kind === 'me';
  const command = kind === 'system' ? 'NOTICE' : 'PRIVMSG';
  const around = bytesOf(`:${source} ${command} ${target} :${isAction ? ACTION + END : ''}\r\n`);
  return piecesOf(text, Math.max(LEAST, LINE_BYTES - around)).map((piece) => ({
    source,
    command,
    params: [target, isAction ? ACTION + piece + END : piece],
  }));
}

/** A text in pieces of so many bytes, cut between words where there are any. */
function piecesOf(text: string, bytes: number): string[] {
  const pieces: string[] = [];
  let rest = text;
  while (rest !== '') {
    let piece = cutText(rest, bytes);
    const space = piece.lastIndexOf(' ');
    if (piece.length < rest.length && space > piece.length / 2) piece = piece.slice(0, space + 1);
    pieces.push(piece);
    rest = rest.slice(piece.length);
  }
  return pieces;
}

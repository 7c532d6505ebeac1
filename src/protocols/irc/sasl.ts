import { RoomcastError } from '../../errors.ts';

/** A line of AUTHENTICATE that is this long is followed by another (IRCv3 sasl-3.1). */
const PIECE = 400;
/** Longest text of base64: a name and a password have a quarter of it. */
const MAX_TEXT = 4 * PIECE;

/** What SASL PLAIN says (RFC 4616). */
export interface Plain {
  readonly name: string;
  readonly password: string;
}

/** Reads SASL PLAIN from the pieces in which IRC carries it. */
export class PlainReader {
  #text = '';

  /** One line. Undefined when another has to come. Throws `too-large`, and `bad-request` for what is no PLAIN. */
  push(piece: string): Plain | undefined {
    if (piece !== '+') this.#text += piece;
    if (this.#text.length > MAX_TEXT || piece.length > PIECE) throw new RoomcastError('too-large');
    return piece.length === PIECE ? undefined : readPlain(this.#text);
  }
}

function readPlain(base64: string): Plain {
  const [authorize, name, password, ...more] = decode(base64).split('\0');
  if (!name || !password || more.length > 0 || (authorize !== '' && authorize !== name))
    throw new RoomcastError('bad-request', 'This is no name and password.');
  return { name, password };
}

function decode(base64: string): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(
      Uint8Array.from(atob(base64), (sign) => sign.charCodeAt(0)),
    );
  } catch {
    throw new RoomcastError('bad-request', 'This is no base64 of UTF-8.');
  }
}

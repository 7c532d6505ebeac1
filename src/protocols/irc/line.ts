import { ProtocolError } from '../../errors.ts';

/** Bytes of a line beside its tags, CR LF included (RFC 1459 §2.3). */
export const LINE_BYTES = 512;
/** Bytes of the tags before a line, from `@` to the space behind them (IRCv3 message-tags). */
export const TAG_BYTES = 8191;
/** Parameters of a line; the last takes what is left (RFC 1459 §2.3). */
const MAX_PARAMS = 15;
/** Tags of a line that are read; clients send one or two. */
const MAX_TAGS = 64;

/** One message of IRC, either way. */
export interface Line {
  /** IRCv3 message-tags, unescaped; those without a value have an empty one. */
  readonly tags?: ReadonlyMap<string, string>;
  /** Who says it: `nick!user@host`, or the name of the server. */
  readonly source?: string;
  /** In capital letters, or a numeric of three digits. */
  readonly command: string;
  readonly params: readonly string[];
}

const decoder = new TextDecoder();
const encoder = new TextEncoder();

/**
 * Reads one line without its end (RFC 1459 §2.3.1, IRCv3 message-tags). What is no UTF-8 becomes U+FFFD. Throws
 * `limit-exceeded` for one that is too long, and `protocol-error` for one without a command.
 */
export function readLine(bytes: Uint8Array): Line {
  let begin = 0;
  let tags: Map<string, string> | undefined;
  if (bytes[0] === AT) {
    const end = bytes.indexOf(SPACE);
    if (end < 0) throw new ProtocolError('A line has no command.');
    if (end + 1 > TAG_BYTES) throw new ProtocolError('The tags of a line are too long.', 'limit-exceeded');
    tags = readTags(decoder.decode(bytes.subarray(1, end)));
    begin = end + 1;
  }
  if (bytes.length - begin > LINE_BYTES - 2) throw new ProtocolError('A line is too long.', 'limit-exceeded');
  const text = decoder.decode(bytes.subarray(begin)).replaceAll('\0', '');
  const [, source, command, rest = ''] = FORM.exec(text) ?? [];
  if (command === undefined) throw new ProtocolError('A line has no command.');
  return {
    ...(tags && tags.size > 0 ? { tags } : {}),
    ...(source === undefined ? {} : { source }),
    command: command.toUpperCase(),
    params: readParams(rest),
  };
}

/** Writes a line with its end. What would end it early becomes a space. */
export function writeLine({ tags, source, command, params }: Line): string {
  const head = tags && tags.size > 0 ? `@${writeTags(tags)} ` : '';
  const from = source === undefined ? '' : `:${source} `;
  const words = params.map((param, index) => {
    const isText = index === params.length - 1 && ((index > 0 && TEXTUAL.test(command)) || !isPlain(param));
    return isText ? ` :${param}` : ` ${param}`;
  });
  return `${head}${`${from}${command}${words.join('')}`.replaceAll(ENDS, ' ')}\r\n`;
}

/** How many bytes a text has on the wire. */
export function bytesOf(text: string): number {
  return encoder.encode(text).length;
}

/** As much of a text as so many bytes hold, in whole characters. */
export function cutText(text: string, bytes: number): string {
  if (text.length * 3 <= bytes) return text;
  const { read } = encoder.encodeInto(text, new Uint8Array(Math.max(0, bytes)));
  return text.slice(0, read);
}

const [AT, SPACE] = [0x40, 0x20];
const FORM = /^ *(?::([^ ]+) +)?([A-Za-z]+|\d{3})(?: +(.*))?$/s;
// eslint-disable-next-line no-control-regex -- they are what ends a line
const ENDS = /[\r\n\0]/g;
/** Whose last parameter is words for people: clients of all ages expect the colon there. */
const TEXTUAL = /^(?:\d{3}|PRIVMSG|NOTICE|TOPIC|KICK|PART|QUIT|ERROR|REDACT)$/;
const ESCAPES: Readonly<Record<string, string>> = { ':': ';', s: ' ', '\\': '\\', r: '\r', n: '\n' };
const ESCAPED: Readonly<Record<string, string>> = { ';': '\\:', ' ': '\\s', '\\': '\\\\', '\r': '\\r', '\n': '\\n' };

/** Whether a parameter may stand without a colon, and in the middle. */
function isPlain(param: string): boolean {
  return param !== '' && !param.startsWith(':') && !param.includes(' ');
}

function readParams(text: string): string[] {
  const params: string[] = [];
  let at = 0;
  while (at < text.length) {
    if (text[at] === ' ') {
      at++;
      continue;
    }
    if (text[at] === ':' || params.length === MAX_PARAMS - 1) {
      params.push(text.slice(text[at] === ':' ? at + 1 : at));
      break;
    }
    const space = text.indexOf(' ', at);
    const end = space < 0 ? text.length : space;
    params.push(text.slice(at, end));
    at = end;
  }
  return params;
}

function readTags(text: string): Map<string, string> {
  const tags = new Map<string, string>();
  for (const tag of text.split(';', MAX_TAGS)) {
    const equals = tag.indexOf('=');
    const key = equals < 0 ? tag : tag.slice(0, equals);
    if (key !== '') tags.set(key, equals < 0 ? '' : unescape(tag.slice(equals + 1)));
  }
  return tags;
}

function writeTags(tags: ReadonlyMap<string, string>): string {
  return [...tags]
    .map(([key, value]) => (value === '' ? key : `${key}=${value.replaceAll(/[; \\\r\n]/g, (sign) => ESCAPED[sign]!)}`))
    .join(';');
}

/** A backslash before anything else, or at the end, is dropped. */
function unescape(value: string): string {
  return value.includes('\\') ? value.replaceAll(/\\(.?)/gs, (_, sign: string) => ESCAPES[sign] ?? sign) : value;
}

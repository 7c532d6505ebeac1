import pino from 'pino';
import type { Logger } from '../log.ts';

/** A peer’s text in a log line is cut here: a megabyte in a field must not fill the disk. */
const MAX_FIELD = 1024;
/** Fields within fields are made harmless so deep; what is deeper is left out. */
const MAX_DEPTH = 4;
/** What ends a line for some readers, moves the cursor, turns the direction of a text around, or is not seen. */
const DISGUISES = /[\p{Cc}\p{Zl}\p{Zp}\p{Bidi_Control}\u200b\ufeff]/gu;
/**
 * What looks like a secret, in a line of JSON. None comes here by the code’s own doing: this is the second lock, for words
 * of libraries and of the system, and for what people put where it does not belong.
 */
const SECRETS: readonly (readonly [pattern: RegExp, replacement: string])[] = [
  [/\b(r[kt]_)[A-Za-z0-9_-]{6,}/g, '$1…'],
  // In a query or a fragment, also an encoded one.
  [
    /(?:(?<![a-z0-9_-])|(?<=%3F|%26))((?:[a-z0-9]+[_-])*(?:(?:api|stream)?key|token|owner|secret|password|passphrase))(=|%3D)(?:\\.|[^&#\s"'\\])+/gi,
    '$1$2…',
  ],
  // A header.
  [/(?<![a-z0-9_-])((?:[a-z0-9]+[_-])+(?:key|token|secret|password))(:\s*)[^\s"\\]{6,}/gi, '$1$2…'],
  [/\b(Bearer|Basic)\s+[A-Za-z0-9._~+/=-]{6,}/gi, '$1 …'],
  [/\b((?:__Host-)?roomcast=)[^;\s"\\]+/g, '$1…'],
  // JSON: fields of the line, and within a text of it.
  [/("[\w-]{0,40}(?:key|token|owner|secret|password|passphrase)"\s*:\s*")(?:\\.|[^"\\])+/gi, '$1…'],
  [/(\\"[\w-]{0,40}(?:key|token|owner|secret|password|passphrase)\\+"\s*:\s*\\+")[^"\\]+/gi, '$1…'],
  // Before a host: up to the last @ of the authority, and further where a password has what it should not.
  [/(:\/\/)[^\s/?#"\\]{1,256}@/g, '$1…@'],
  [/(:\/\/)[^\s/?#"@\\:[]{1,64}:(?!\d{1,5}[/?#\s"])[^\s"\\]{1,256}@/g, '$1…@'],
];

export interface LoggerOptions {
  readonly level: 'debug' | 'info' | 'warn' | 'error' | 'silent';
  /** For people at a terminal; otherwise one JSON object a line. */
  readonly pretty: boolean;
  /** Where lines go; standard error by default. */
  readonly destination?: pino.DestinationStream;
}

/**
 * The logger of the command line. Texts that peers chose are made harmless: one line each, no escape sequences, at most
 * 1 KiB, and nothing that looks like a secret. Lines are written at once, so that none is lost when the process ends.
 */
export async function createLogger({ level, pretty, destination }: LoggerOptions): Promise<Logger> {
  const stream = destination ?? pino.destination({ fd: 2, sync: true });
  const options: pino.LoggerOptions = {
    level,
    base: null,
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: (label) => ({ level: label }), log: harmlessFields },
    hooks: {
      streamWrite: withoutSecrets,
      logMethod(args, method) {
        method.apply(
          this,
          args.map((part: unknown) => (typeof part === 'string' ? harmless(part) : part)) as typeof args,
        );
      },
    },
    serializers: { error: harmlessError, err: harmlessError },
  };
  if (!pretty) return pino(options, stream);
  const { prettyFactory } = await import('pino-pretty');
  const inWords = prettyFactory({
    colorize: process.stderr.hasColors?.() ?? false,
    translateTime: 'SYS:HH:MM:ss',
    ignore: 'pid,hostname,session,port',
    singleLine: true,
  });
  return pino(options, { write: (line) => stream.write(inWords(line)) });
}

function harmlessFields(fields: Record<string, unknown>, depth = 0): Record<string, unknown> {
  const entries = Object.entries(fields).map(([name, value]) => [harmless(name), harmlessValue(value, depth)]);
  return Object.fromEntries(entries) as Record<string, unknown>;
}

/** Errors are left to their serializer. */
function harmlessValue(value: unknown, depth: number): unknown {
  if (typeof value === 'string') return harmless(value);
  if (typeof value !== 'object' || value === null || value instanceof Error) return value;
  if (depth >= MAX_DEPTH) return '…';
  if ('toJSON' in value && typeof value.toJSON === 'function') return harmlessValue(value.toJSON(), depth + 1);
  if (Array.isArray(value)) return value.map((item) => harmlessValue(item, depth + 1));
  return harmlessFields(value as Record<string, unknown>, depth + 1);
}

/** Its message may hold what a peer sent; the lines of its stack are ours. */
function harmlessError(error: unknown): unknown {
  if (!(error instanceof Error)) return error;
  const { message, stack } = error;
  const tame = harmless(message);
  return Object.assign(pino.stdSerializers.err(error), { message: tame, stack: stack?.replace(message, () => tame) });
}

function harmless(text: string): string {
  const short = text.length > MAX_FIELD ? `${text.slice(0, MAX_FIELD)}…` : text;
  return short.replaceAll(DISGUISES, (character) => {
    const code = character.codePointAt(0)!.toString(16);
    return code.length > 2 ? `\\u${code}` : `\\x${code.padStart(2, '0')}`;
  });
}

/** A line without what looks like a secret. */
function withoutSecrets(line: string): string {
  return SECRETS.reduce((text, [pattern, replacement]) => text.replace(pattern, replacement), line);
}

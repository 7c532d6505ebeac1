import pino from 'pino';
import type { Logger } from '../log.ts';

/** A peer’s text in a log line is cut here: a megabyte in a field must not fill the disk. */
const MAX_FIELD = 1024;

export interface LoggerOptions {
  readonly level: 'debug' | 'info' | 'warn' | 'error' | 'silent';
  /** For people at a terminal; otherwise one JSON object a line. */
  readonly pretty: boolean;
  /** Where lines go; standard error by default. */
  readonly destination?: pino.DestinationStream;
}

/**
 * The logger of the command line. Texts that peers chose are made harmless: one line each, no escape sequences, at most
 * 1 KiB. Lines are written at once, so that none is lost when the process ends.
 */
export async function createLogger({ level, pretty, destination }: LoggerOptions): Promise<Logger> {
  const stream = destination ?? pino.destination({ fd: 2, sync: true });
  const options: pino.LoggerOptions = {
    level,
    base: null,
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: (label) => ({ level: label }), log: harmlessFields },
    hooks: {
      logMethod(args, method) {
        method.apply(
          this,
          args.map((part: unknown) => (typeof part === 'string' ? harmless(part) : part)) as typeof args,
        );
      },
    },
    serializers: { error: pino.stdSerializers.err, err: pino.stdSerializers.err },
  };
  if (!pretty) return pino(options, stream);
  const { prettyFactory } = await import('pino-pretty');
  const inWords = prettyFactory({
    colorize: process.stderr.hasColors?.() ?? false,
    translateTime: 'SYS:HH:MM:ss',
    ignore: 'pid,hostname',
    singleLine: true,
  });
  return pino(options, { write: (line) => stream.write(inWords(line)) });
}

function harmlessFields(fields: Record<string, unknown>): Record<string, unknown> {
  const entries = Object.entries(fields).map(([name, value]) => [
    name,
    typeof value === 'string' ? harmless(value) : value,
  ]);
  return Object.fromEntries(entries) as Record<string, unknown>;
}

function harmless(text: string): string {
  const short = text.length > MAX_FIELD ? `${text.slice(0, MAX_FIELD)}…` : text;
  return /\p{Cc}/u.test(short)
    ? short.replaceAll(/\p{Cc}/gu, (character) => `\\x${character.charCodeAt(0).toString(16).padStart(2, '0')}`)
    : short;
}

import { onTestFinished, vi } from 'vitest';
import { CalmLog } from '../src/io/calm-log.ts';
import type { Logger } from '../src/log.ts';

/** A line as it was handed to a logger. */
export interface Line {
  level: string;
  fields: Record<string, unknown>;
  message: string;
}

/** A logger that keeps its lines. */
export class LogLines implements Logger {
  readonly lines: Line[] = [];
  readonly debug: Logger['debug'] = this.#keep('debug');
  readonly info: Logger['info'] = this.#keep('info');
  readonly warn: Logger['warn'] = this.#keep('warn');
  readonly error: Logger['error'] = this.#keep('error');

  /** Takes all lines since the last call. */
  take(): Line[] {
    return this.lines.splice(0);
  }

  child(): Logger {
    return this;
  }

  #keep(level: string): Logger['info'] {
    return (fields, message = '') => void this.lines.push({ level, fields: { ...fields }, message });
  }
}

/** Everything that servers hand to their logs from now on, in words, also what is counted and so not said; until the test ends. */
export function everyLine(): string[] {
  const lines: string[] = [];
  for (const level of ['debug', 'info', 'warn', 'error'] as const) {
    const write = CalmLog.prototype[level];
    vi.spyOn(CalmLog.prototype, level).mockImplementation(function (this: CalmLog, fields, message) {
      lines.push(`${inWords(fields)} ${message ?? ''}`);
      write.call(this, fields, message);
    });
  }
  onTestFinished(() => void vi.restoreAllMocks());
  return lines;
}

function inWords(fields: object): string {
  return JSON.stringify(fields, (_name, value: unknown) =>
    value instanceof Error ? `${value.name} ${value.message} ${value.stack} ${String(value.cause)}` : value,
  );
}

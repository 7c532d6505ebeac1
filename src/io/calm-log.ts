import type { Scheduler } from '../live/scheduler.ts';
import type { Logger } from '../log.ts';
import { SECOND } from '../media/time.ts';

/** The same thing is said so often: a flood of trouble must not become a flood of lines. */
const SAY_EVERY = SECOND;
/** Kinds of lines that are told apart within a second; beyond, all of one level are one. */
const MAX_KINDS = 256;
/** Addresses that are told apart in one count. */
const MAX_ADDRESSES = 1000;
/** What differs from peer to peer, where all else makes two lines the same. */
const OF_THE_PEER: ReadonlySet<string> = new Set(['remote', 'agent', 'err', 'error']);

type Level = 'info' | 'warn' | 'error';
type Fields = Record<string, unknown>;

interface Kind {
  level: Level;
  /** Of lines that have nothing but the level in common. */
  mixed: boolean;
  /** The newest line that was not said, and how many there were. */
  fields: Fields;
  message: string | undefined;
  count: number;
  addresses: Set<unknown>;
  cancel: () => void;
}

/**
 * A logger that says the first line of a kind at once, and then once a second how many more there were: “… and 214
 * more”. Lines are of one kind when they have the same level, the same code (or, without one, the same words), and the
 * same fields but for those of the peer. What is said of one session is never counted; neither is what is for debugging.
 *
 * The lines without `more`, and the sum of `more`, are together exactly the lines that were written.
 */
export class CalmLog implements Logger {
  readonly #log: Logger;
  readonly #scheduler: Scheduler;
  readonly #kinds: Map<string, Kind>;

  constructor(options: { log: Logger; scheduler: Scheduler }) {
    this.#log = options.log;
    this.#scheduler = options.scheduler;
    this.#kinds = new Map();
  }

  debug(fields: object, message?: string): void {
    this.#log.debug(fields, message);
  }

  info(fields: object, message?: string): void {
    this.#write('info', fields as Fields, message);
  }

  warn(fields: object, message?: string): void {
    this.#write('warn', fields as Fields, message);
  }

  error(fields: object, message?: string): void {
    this.#write('error', fields as Fields, message);
  }

  /** Its lines carry these fields, too. */
  child(inherited: Fields): Logger {
    const line =
      (level: 'debug' | Level) =>
      (fields: object, message?: string): void =>
        this[level]({ ...inherited, ...fields }, message);
    return {
      debug: line('debug'),
      info: line('info'),
      warn: line('warn'),
      error: line('error'),
      child: (more) => this.child({ ...inherited, ...more }),
    };
  }

  /** Says what was not said yet. */
  close(): void {
    for (const [name, kind] of this.#kinds) {
      kind.cancel();
      this.#kinds.delete(name);
      if (kind.count > 0) this.#say(kind);
    }
  }

  #write(level: Level, fields: Fields, message: string | undefined): void {
    if ('session' in fields) {
      this.#log[level](fields, message);
      return;
    }
    const name = kindOf(level, fields, message);
    const known = this.#kinds.get(name) ?? (this.#kinds.size < MAX_KINDS ? undefined : this.#kinds.get(level));
    if (!known) {
      this.#log[level](fields, message);
      const mixed = this.#kinds.size >= MAX_KINDS;
      this.#open(mixed ? level : name, { level, mixed });
      return;
    }
    known.fields = fields;
    known.message = message;
    known.count++;
    if (known.addresses.size < MAX_ADDRESSES) known.addresses.add(fields['remote']);
  }

  #open(name: string, what: Pick<Kind, 'level' | 'mixed'>): void {
    const kind: Kind = { ...what, fields: {}, message: '', count: 0, addresses: new Set(), cancel: () => {} };
    kind.cancel = this.#scheduler.every(SAY_EVERY, () => {
      if (kind.count > 0) {
        this.#say(kind);
        return;
      }
      kind.cancel();
      this.#kinds.delete(name);
    });
    this.#kinds.set(name, kind);
  }

  #say(kind: Kind): void {
    const { level, count, addresses, message } = kind;
    let { fields } = kind;
    kind.count = 0;
    kind.addresses = new Set();
    if (count === 1) {
      this.#log[level](fields, message);
      return;
    }
    if (kind.mixed) {
      this.#log[level]({ more: count }, `trouble of many kinds … and ${count} more`);
      return;
    }
    if (addresses.size > 1) {
      const { remote: _newest, ...others } = fields;
      fields = { ...others, addresses: addresses.size };
    }
    this.#log[level]({ ...fields, more: count }, `${message ?? ''} … and ${count} more`.trimStart());
  }
}

function kindOf(level: Level, fields: Fields, message: string | undefined): string {
  const parts = [level, 'code' in fields ? '' : message];
  for (const [name, value] of Object.entries(fields)) {
    if (!OF_THE_PEER.has(name) && typeof value !== 'object') parts.push(name, String(value));
    else if (Array.isArray(value)) parts.push(name, value.join());
  }
  return parts.join('\n');
}

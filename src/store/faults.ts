import { Busy, RoomcastError } from '../errors.ts';

/** A database that could not do what it was asked for: not the statement’s fault, and it may be well again later. */
export class StoreFault extends RoomcastError {
  /** Nothing more can be written, but the database is there, and nobody else's meanwhile. */
  readonly full: boolean;

  constructor(message: string, cause: unknown, { full = false }: { full?: boolean } = {}) {
    super('store-failed', message, { cause });
    this.name = 'StoreFault';
    this.full = full;
  }
}

const FULL =
  'The disk of the server’s database is full, so this was not kept. Whoever runs the server has to make room.';
const BROKEN = 'The server’s database does not work right now, so this was not done. Try again in a moment.';
const BUSY = 'The server’s database is busy. Try again in a moment.';
const NUL = 'Text has no zero bytes.';

/** Primary result codes (https://www.sqlite.org/rescode.html) that say something of the database, not of the statement. */
const sqliteCodes: Readonly<Record<number, string>> = {
  5: BUSY, // BUSY
  6: BUSY, // LOCKED
  7: BROKEN, // NOMEM
  8: BROKEN, // READONLY
  10: BROKEN, // IOERR
  11: BROKEN, // CORRUPT
  13: FULL,
  14: BROKEN, // CANTOPEN
  26: BROKEN, // NOTADB
};

/** The same of PostgreSQL (https://www.postgresql.org/docs/current/errcodes-appendix.html), by code or, of two letters, by class. */
const postgresCodes: Readonly<Record<string, string>> = {
  '08': BROKEN, // connection
  '25006': BROKEN, // a server that only reads
  '28': BROKEN, // log-in
  '3D': BROKEN, // no such database
  '40': BUSY, // deadlock, serialization
  '53': BROKEN, // resources
  '53100': FULL,
  '53300': BUSY, // connections
  '55P03': BUSY, // lock
  '57': BROKEN, // stopped by an operator
  '57014': BUSY, // statement_timeout
  '58': BROKEN, // input and output
  F0: BROKEN, // configuration
  XX: BROKEN, // damaged
};

/** What a failure of a database means to those who asked for something; undefined where the statement itself is wrong. */
export function faultOf(error: unknown): RoomcastError | undefined {
  if (error instanceof RoomcastError) return error;
  const { code, errcode } = error as { code?: string; errcode?: number };
  // SQLite has no trouble with them.
  if (code === '22021') return new RoomcastError('bad-request', NUL, { cause: error });
  const words =
    errcode === undefined
      ? (postgresCodes[code ?? ''] ?? postgresCodes[String(code).slice(0, 2)])
      : sqliteCodes[errcode & 0xff];
  if (words === BUSY) return Object.assign(new Busy(words), { cause: error });
  return words === undefined ? undefined : new StoreFault(words, error, { full: words === FULL });
}

/** For a connection that was lost, or never came. */
export function lost(cause: unknown): StoreFault {
  return new StoreFault(BROKEN, cause);
}

/** For what would have waited too long. */
export function busy(): Busy {
  return new Busy(BUSY);
}

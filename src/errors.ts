/**
 * Every error a user, client or log can meet has a code from this one list; the same words are used by the API, the
 * log, RTMP status descriptions and `docs/reference/errors.md`.
 */
export const errorCodes = {
  'bad-path': { status: 400, meaning: 'The path of a stream is not of the form segment(/segment){0,3}.' },
  'bad-request': { status: 400, meaning: 'The request is not of the form that this address takes.' },
  'bad-origin': { status: 403, meaning: 'The request came from a page of another site.' },
  'sign-in': { status: 401, meaning: 'This is for those who have signed in, or have a bearer token.' },
  confirm: { status: 403, meaning: 'You signed in a while ago; prove once more that it is you.' },
  'wrong-password': { status: 401, meaning: 'Name and password do not match.' },
  denied: { status: 403, meaning: 'This viewer or publisher may not do that.' },
  'wrong-key': { status: 403, meaning: 'The stream key is missing, or no room has it.' },
  'name-needed': { status: 403, meaning: 'Choose a name first.' },
  'not-allowed': { status: 403, meaning: 'The rules of the room do not allow this.' },
  'timed-out': { status: 403, meaning: 'Somebody who looks after the room wants you to be silent for a while.' },
  'slow-mode': { status: 429, meaning: 'This room is slow; wait before you say the next.' },
  kicked: { status: 403, meaning: 'The owner closed this session; it may come back after a while.' },
  'not-found': { status: 404, meaning: 'There is nothing under this address.' },
  'not-live': { status: 404, meaning: 'The room exists, but nothing is live in it.' },
  'not-seekable': { status: 409, meaning: 'The stream is live only; there is nothing to seek in.' },
  'too-soon': { status: 409, meaning: 'A newer publisher took over less than ten seconds ago.' },
  'already-publishing': { status: 409, meaning: 'Another publisher is live on this path.' },
  'room-live': { status: 409, meaning: 'This cannot be done while something is live in the room.' },
  'declared-in-file': {
    status: 409,
    meaning: 'The configuration file declares this, so it can be changed only there.',
  },
  'already-claimed': { status: 409, meaning: 'The owner’s link was used before, or is too old.' },
  'link-used': { status: 409, meaning: 'The link was used before, or is too old.' },
  'name-taken': { status: 409, meaning: 'Somebody else has this name.' },
  'too-large': { status: 413, meaning: 'A message or body is above its limit.' },
  'too-many-requests': { status: 429, meaning: 'Too many requests from this address; try again a little later.' },
  'protocol-error': { status: 400, meaning: 'The peer sent bytes that its protocol does not allow.' },
  'codec-unsupported': { status: 415, meaning: 'The stream has a codec that cannot be carried here.' },
  'limit-exceeded': { status: 400, meaning: 'The peer exceeded a limit of the protocol.' },
  'time-out': { status: 408, meaning: 'The peer was silent or slow for too long.' },
  stalled: { status: 408, meaning: 'The viewer took no bytes for too long.' },
  busy: { status: 503, meaning: 'The room or the server is full.' },
  'shutting-down': { status: 503, meaning: 'The server is stopping.' },
  'outgoing-refused': { status: 400, meaning: 'This server may not speak to that address.' },
  'no-answer': { status: 502, meaning: 'Another server, which this one asked, gave no answer that could be used.' },
  'port-taken': { status: 500, meaning: 'A port to listen on is used by another program.' },
  'bad-config': { status: 500, meaning: 'An option is unknown or has a value that it does not take.' },
  'store-newer': { status: 500, meaning: 'The database was written by a newer version of roomcast.' },
  'store-failed': { status: 500, meaning: 'The database cannot be opened, read or written.' },
  internal: { status: 500, meaning: 'A fault of the server itself; the log has the details.' },
} as const;

export type ErrorCode = keyof typeof errorCodes;

/** What exactly is wrong with a value, for pages that say it in another language: one word, and the limit if there is one. */
export interface ErrorDetail {
  readonly why: ErrorReason;
  readonly limit?: number;
}

export type ErrorReason =
  | 'too-long'
  | 'too-short'
  | 'too-high'
  | 'too-low'
  | 'too-many'
  | 'form'
  | 'links'
  | 'links-signed-in'
  | 'word'
  | 'name-empty'
  | 'name-long'
  | 'name-marks'
  | 'name-form'
  | 'name-mixed'
  | 'name-reserved'
  | 'password-short'
  | 'password-long'
  | 'password-common'
  | 'password-name'
  | 'room-password'
  | 'default-room'
  | 'main-key'
  | 'owner-ban'
  | 'moderator-ban'
  | 'self-ban'
  | 'link-over'
  | 'link-wrong'
  | 'network'
  | 'slug'
  | 'emote-name'
  | 'picture'
  | 'picture-large'
  | 'picture-small'
  | 'picture-frames'
  | 'picture-moves'
  | 'picture-long'
  | 'empty';

/** An error with a code from the list and a sentence that says what happened and what to do. */
export class RoomcastError extends Error {
  readonly code: ErrorCode;
  readonly detail: ErrorDetail | undefined;

  constructor(code: ErrorCode, message?: string, options?: ErrorOptions & { detail?: ErrorDetail | undefined }) {
    super(message ?? errorCodes[code].meaning, options);
    this.name = 'RoomcastError';
    this.code = code;
    this.detail = options?.detail;
  }

  /** The HTTP status that goes with the code. */
  get status(): number {
    return errorCodes[this.code].status;
  }
}

/** A peer's bytes break the protocol or a limit. The only error that pure parsers throw. */
export class ProtocolError extends RoomcastError {
  constructor(
    message: string,
    code: 'protocol-error' | 'limit-exceeded' | 'codec-unsupported' | 'time-out' = 'protocol-error',
    detail?: ErrorDetail,
  ) {
    super(code, message, { detail });
    this.name = 'ProtocolError';
  }
}

/** The gate said no. */
export class Denied extends RoomcastError {
  constructor(
    code:
      | 'denied'
      | 'wrong-key'
      | 'kicked'
      | 'sign-in'
      | 'too-soon'
      | 'already-publishing'
      | 'name-needed'
      | 'not-allowed'
      | 'timed-out'
      | 'slow-mode' = 'denied',
    message?: string,
    detail?: ErrorDetail,
  ) {
    super(code, message, { detail });
    this.name = 'Denied';
  }
}

/** Nothing is known under the path. */
export class NotFound extends RoomcastError {
  constructor(message?: string) {
    super('not-found', message);
    this.name = 'NotFound';
  }
}

/** The room or the server takes no more. */
export class Busy extends RoomcastError {
  /** Seconds after which a retry makes sense. */
  readonly retryAfter: number;

  constructor(message?: string, retryAfter = 5, code: 'busy' | 'shutting-down' | 'too-many-requests' = 'busy') {
    super(code, message);
    this.name = 'Busy';
    this.retryAfter = retryAfter;
  }
}

/** Turns anything thrown into an error of the list, so that nothing unknown reaches a peer. */
export function toRoomcastError(error: unknown): RoomcastError {
  if (error instanceof RoomcastError) return error;
  return new RoomcastError('internal', undefined, { cause: error });
}

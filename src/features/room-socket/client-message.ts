import { RoomcastError } from '../../errors.ts';
import { nestsDeeper } from '../../io/http/json-body.ts';

/** How deep a message nests; those of ours three. */
const MAX_DEPTH = 8;
/** Longest id that is text. */
const MAX_ID = 64;

/** Names a request; the answer repeats it. */
export type RequestId = number | string;

/** What a client says: a type, an id, and what else the type takes, unchecked. */
export interface ClientMessage {
  type: string;
  id?: RequestId;
}

/** Reads a message. Throws `bad-request`, with the id where it has one, so that the answer can name it. */
export function readClientMessage(data: string | undefined): ClientMessage {
  if (data === undefined) throw new BadMessage('Messages to a room are text.');
  if (nestsDeeper(data, MAX_DEPTH)) throw new BadMessage(`The message nests deeper than ${MAX_DEPTH}.`);
  let value: unknown;
  try {
    value = JSON.parse(data);
  } catch {
    throw new BadMessage('The message is not JSON.');
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new BadMessage('The message is not a JSON object.');
  const id = Object.hasOwn(value, 'id') ? idOf((value as { id: unknown }).id) : undefined;
  if (Object.hasOwn(value, '__proto__')) throw new BadMessage('The message has a field that no message has.', id);
  const type = Object.hasOwn(value, 'type') ? (value as { type: unknown }).type : undefined;
  if (typeof type !== 'string') throw new BadMessage('The message has no type.', id);
  return value as ClientMessage;
}

/** What of an id is repeated. */
function idOf(id: unknown): RequestId | undefined {
  return Number.isSafeInteger(id) || (typeof id === 'string' && id.length <= MAX_ID) ? (id as RequestId) : undefined;
}

/** A message that cannot be understood; it costs its sender nothing. */
export class BadMessage extends RoomcastError {
  readonly id: RequestId | undefined;

  constructor(message: string, id?: RequestId) {
    super('bad-request', message);
    this.id = id;
  }
}

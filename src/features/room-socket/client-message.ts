import { RoomcastError } from '../../errors.ts';

/** What a client says: a type, and an id that the answer repeats. */
export interface ClientMessage {
  type: string;
  id?: number;
}

/** Reads a message. Throws `bad-request`, with the id where it has one, so that the answer can name it. */
export function readClientMessage(data: string | undefined): ClientMessage {
  if (data === undefined) throw new BadMessage('Messages to a room are text.');
  let value: unknown;
  try {
    value = JSON.parse(data);
  } catch {
    throw new BadMessage('The message is not JSON.');
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new BadMessage('The message is not a JSON object.');
  const id = Object.hasOwn(value, 'id') ? (value as { id: unknown }).id : undefined;
  const known = Number.isSafeInteger(id) ? (id as number) : undefined;
  const type = Object.hasOwn(value, 'type') ? (value as { type: unknown }).type : undefined;
  if (typeof type !== 'string') throw new BadMessage('The message has no type.', known);
  return { type, ...(known === undefined ? {} : { id: known }) };
}

/** A message that cannot be understood; it costs its sender nothing. */
export class BadMessage extends RoomcastError {
  readonly id: number | undefined;

  constructor(message: string, id?: number) {
    super('bad-request', message);
    this.id = id;
  }
}

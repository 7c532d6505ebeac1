import { RoomcastError } from '../../errors.ts';
import { BodyCheck } from '../../io/http/body-check.ts';
import type { Before, SocketCommand } from '../../io/http.ts';
import type { SocketPeer } from '../../plugin.ts';

/** Longest id of a request that is text. */
const MAX_ID = 64;

/** A message that clients may say, and what answers it. */
export type Command = SocketCommand & {
  before?(message: never, peer: SocketPeer): Before | Promise<Before>;
  handle(message: never, peer: SocketPeer): object | Promise<object>;
};

/** What clients may say on a room's socket. The authorization tests and the reference are generated from these rows. */
export class CommandTable {
  readonly rows: Command[] = [];
  readonly #schemas = new Map<string, object>();
  readonly #check = new BodyCheck();

  add(command: Command): void {
    this.rows.push(command);
    this.#schemas.set(command.type, schemaOf(command));
  }

  /** The command of a type. Throws `bad-request`. */
  find(type: string): Command {
    const command = this.rows.find((row) => row.type === type);
    if (!command) throw new RoomcastError('bad-request', 'This server does not know messages of that type.');
    return command;
  }

  /** Throws `bad-request`, which names the field and not what is in it. */
  async check({ type }: Command, message: object): Promise<void> {
    await this.#check.check(this.#schemas.get(type)!, message).catch((error: RoomcastError) => {
      throw new RoomcastError('bad-request', error.message.replace('The body', 'The message'), {
        detail: error.detail,
      });
    });
  }
}

/** The whole message as a JSON schema. */
export function schemaOf({ type, fields = {}, required = [] }: SocketCommand): object {
  return {
    type: 'object',
    required: ['type', ...required],
    additionalProperties: false,
    properties: {
      id: { anyOf: [{ type: 'integer' }, { type: 'string', maxLength: MAX_ID }] },
      type: { const: type },
      ...fields,
    },
  };
}

import type { Ajv, ValidateFunction } from 'ajv';
import { RoomcastError } from '../../errors.ts';

/**
 * Checks bodies against JSON schemas. A body is what it is: nothing is converted, dropped or filled in. The validator is
 * loaded with the first body, because a start need not wait for it.
 */
export class BodyCheck {
  readonly #checks = new Map<object, ValidateFunction>();
  #ajv: Promise<Ajv> | undefined;

  /** Rejects with `bad-request`, which names the field and not what is in it. */
  async check(schema: object, body: unknown): Promise<void> {
    let check = this.#checks.get(schema);
    if (!check) {
      this.#ajv ??= load();
      check = (await this.#ajv).compile(schema);
      this.#checks.set(schema, check);
    }
    if (check(body ?? null)) return;
    const [fault] = check.errors ?? [];
    throw new RoomcastError(
      'bad-request',
      `The body${fault?.instancePath ?? ''} ${fault?.message ?? 'is not as expected'}.`,
    );
  }
}

async function load(): Promise<Ajv> {
  const { Ajv: Validator } = await import('ajv');
  return new Validator({ allowUnionTypes: true });
}

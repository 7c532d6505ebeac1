import type { Ajv, ErrorObject, ValidateFunction } from 'ajv';
import { type ErrorDetail, RoomcastError } from '../../errors.ts';
import { faultInWords } from './faults-in-words.ts';

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
    const faults = check.errors ?? [];
    throw new RoomcastError('bad-request', faultInWords(faults), { detail: detailOf(faults[0]) });
  }
}

/** Rules with a limit, and what is wrong where one is broken. */
const REASONS: Readonly<Record<string, ErrorDetail['why']>> = {
  maxLength: 'too-long',
  minLength: 'too-short',
  maximum: 'too-high',
  minimum: 'too-low',
  maxItems: 'too-many',
};

function detailOf(fault: ErrorObject | undefined): ErrorDetail {
  const why = REASONS[fault?.keyword ?? ''];
  const { limit } = (fault?.params ?? {}) as { limit?: number };
  return why === undefined || limit === undefined ? { why: 'form' } : { why, limit };
}

async function load(): Promise<Ajv> {
  const { Ajv: Validator } = await import('ajv');
  // The schemas are our own; that they are schemas is for the tests to find out.
  return new Validator({ allowUnionTypes: true, meta: false, validateSchema: false, verbose: true });
}

import { randomBytes } from 'node:crypto';

/** Nobody guesses one, and no two are alike. */
const ID_BYTES = 12;

/** A new id of a kind of thing: `u_…`, `r_…`. */
export function newId(kind: string): string {
  return `${kind}_${randomBytes(ID_BYTES).toString('base64url')}`;
}

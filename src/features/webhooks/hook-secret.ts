import { randomBytes } from 'node:crypto';
import type { Seal } from '../../store/store.ts';

/** 256 bits, as HMAC-SHA256 has them (RFC 2104 §3). */
const SECRET_BYTES = 32;
const PURPOSE = 'webhook secrets';

/** A secret as it is shown once, and as it is kept. */
export interface NewSecret {
  readonly secret: string;
  readonly sealed: Uint8Array;
}

/** Makes what a server and another one share to sign by. */
export function makeSecret(seal: Pick<Seal, 'seal'>): NewSecret {
  const secret = `rs_${randomBytes(SECRET_BYTES).toString('base64url')}`;
  return { secret, sealed: seal.seal(secret, PURPOSE) };
}

export function openSecret(seal: Pick<Seal, 'open'>, sealed: Uint8Array): string {
  return seal.open(sealed, PURPOSE);
}

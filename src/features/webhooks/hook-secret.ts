import { randomBytes } from 'node:crypto';
import type { Seal } from '../../store/store.ts';

/** 256 bits, as HMAC-SHA256 has them (RFC 2104 §3). */
const SECRET_BYTES = 32;
const PURPOSE = 'webhook secrets';

/** For so long requests are signed by the secret before, too: a day to bring the new one to the receiver. ms */
const OVERLAP = 24 * 3_600_000;

/** What a webhook signs by, sealed. */
export interface SealedSecrets {
  readonly sealed: Uint8Array;
  /** The one before, until a wall time in ms. */
  readonly before?: { readonly sealed: Uint8Array; readonly ends: number };
}

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

/** Throws `store-failed` where the secret of the data folder is another one. */
export function openSecret(seal: Pick<Seal, 'open'>, sealed: Uint8Array): string {
  return seal.open(sealed, PURPOSE);
}

/** What holds once there is another secret. `now`: wall time in ms. */
export function rotated({ sealed: before }: SealedSecrets, sealed: Uint8Array, now: number): Required<SealedSecrets> {
  return { sealed, before: { sealed: before, ends: now + OVERLAP } };
}

/** What is signed by at a wall time in ms, the newest first. Throws as `openSecret` does. */
export function openSecrets(seal: Pick<Seal, 'open'>, { sealed, before }: SealedSecrets, now: number): string[] {
  const valid = before && now < before.ends ? [sealed, before.sealed] : [sealed];
  return valid.map((each) => openSecret(seal, each));
}

import { createHash, randomBytes } from 'node:crypto';

/** 256 bits. */
const TOKEN_BYTES = 32;
/** Longest text that is hashed; ours are shorter. */
const MAX_TOKEN = 512;

/** A secret that a person or a program shows to prove itself. `prefix` tells people what it is. */
export function makeToken(prefix = ''): string {
  return prefix + randomBytes(TOKEN_BYTES).toString('base64url');
}

/** Characters of a hash that name its token. */
const ID_LENGTH = 12;

/** Names a token to its owner: 48 bits of its hash, which tell nothing of it. */
export function tokenId(hash: string): string {
  return hash.slice(0, ID_LENGTH);
}

/** What a token is kept and looked up by: of no use to one who reads it. */
export function hashToken(token: string): string {
  return createHash('sha256').update(token.slice(0, MAX_TOKEN)).digest('hex');
}

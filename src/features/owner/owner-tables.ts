/** The tables of `0002-owner.ts` as Kysely sees them. Times are ISO 8601 in UTC, hashes SHA-256 in hex. */
export type OwnerTables = {
  owner_browsers: { hash: string; created: string; expires: string };
  tokens: { hash: string; scope: TokenScope; created: string };
  claims: { at: string };
};

/** What a bearer token may do: all that the owner may. */
export type TokenScope = 'admin';

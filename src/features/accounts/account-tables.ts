import type { Scope } from '../../live/access.ts';

/** The tables of `0002-owner.ts` and `0004-accounts.ts` as Kysely sees them. Times are ISO 8601 in UTC, hashes SHA-256 in hex. */
export type AccountTables = {
  accounts: AccountRow;
  sign_ins: { hash: string; account: string; created: string; expires: string; agent: string | null };
  tokens: {
    hash: string;
    scope: Scope;
    created: string;
    account: string | null;
    name: string | null;
    expires: string | null;
  };
};

export type AccountRow = {
  id: string;
  kind: 'person' | 'bot';
  name: string | null;
  name_key: string | null;
  email: string | null;
  password: string | null;
  admin: number;
  disabled: number;
  created: string;
};

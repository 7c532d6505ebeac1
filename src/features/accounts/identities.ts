import type { Credentials, Identity } from '../../live/access.ts';
import type { Account, AccountDirectory } from './account-directory.ts';
import { cookieOf } from './cookie.ts';
import type { GuestPasses } from './guest-passes.ts';
import type { SignIns } from './sign-ins.ts';
import type { Tokens } from './tokens.ts';

/** A program that acts for the server itself. */
const SERVER: Identity = { id: 'server', kind: 'server', admin: true };

/** Finds out who brings credentials. */
export class Identities {
  readonly #parts: { accounts: AccountDirectory; signIns: SignIns; tokens: Tokens; guests: GuestPasses };

  constructor(parts: { accounts: AccountDirectory; signIns: SignIns; tokens: Tokens; guests: GuestPasses }) {
    this.#parts = parts;
  }

  identify({ bearer, cookie }: Credentials): Identity | undefined {
    if (bearer !== undefined) return this.#ofBearer(bearer);
    const value = cookie === undefined ? undefined : cookieOf(cookie);
    if (value === undefined) return undefined;
    const account = this.#parts.signIns.accountOf(value);
    return account === undefined ? this.#parts.guests.guestOf(value) : this.#ofAccount(account);
  }

  #ofBearer(token: string): Identity | undefined {
    const proof = this.#parts.tokens.proofOf(token);
    if (!proof) return this.#parts.guests.guestOf(token);
    const { account, scope } = proof;
    const identity = account === undefined ? SERVER : this.#ofAccount(account);
    return identity && { ...identity, scope };
  }

  #ofAccount(id: string): Identity | undefined {
    const account = this.#parts.accounts.find(id);
    return account && !account.disabled ? identityOf(account) : undefined;
  }
}

/** Who somebody is by their account, with all that it may do. */
export function identityOf({ id, name, admin }: Account): Identity {
  return { id, kind: 'account', admin, ...(name === undefined ? {} : { name }) };
}

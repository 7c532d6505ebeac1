import type { AccountDirectory } from './account-directory.ts';
import type { Attempts } from './attempts.ts';
import type { GuestPasses } from './guest-passes.ts';
import type { Identities } from './identities.ts';
import type { KnownBrowsers } from './known-browsers.ts';
import type { OneTimeLinks } from './one-time-links.ts';
import type { SignIns } from './sign-ins.ts';
import type { Tokens } from './tokens.ts';

/** What the routes of accounts share. */
export interface AccountParts {
  readonly accounts: AccountDirectory;
  readonly signIns: SignIns;
  readonly tokens: Tokens;
  readonly guests: GuestPasses;
  readonly identities: Identities;
  readonly attempts: Attempts;
  readonly known: KnownBrowsers;
  /** Links that make a browser the admin's. */
  readonly claims: OneTimeLinks<'admin'>;
  /** Links with which an account gets another password. */
  readonly resets: OneTimeLinks<string>;
  /** The address of our pages, once it is known. */
  base(): string;
  /** What somebody could prove may be worth nothing any more. */
  changed(): void;
}

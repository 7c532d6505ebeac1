import type { Identity } from '../../live/access.ts';
import type { AccountDirectory } from './account-directory.ts';

/** Who somebody is, as they may know it themselves. */
export function userInfo(identity: Identity | undefined, accounts: AccountDirectory): object | null {
  if (!identity) return null;
  const { id, kind, name, admin } = identity;
  const account = kind === 'account' ? accounts.find(id) : undefined;
  return {
    id,
    kind,
    ...(name === undefined ? {} : { name }),
    admin,
    ...(account?.email === undefined ? {} : { email: account.email }),
    ...(account ? { hasPassword: account.hasPassword } : {}),
  };
}

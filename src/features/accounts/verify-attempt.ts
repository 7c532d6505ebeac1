import { RoomcastError } from '../../errors.ts';
import type { Logger } from '../../log.ts';
import type { Account } from './account-directory.ts';
import type { AccountParts } from './account-parts.ts';
import type { Attempt } from './attempts.ts';

/** The account of a name and password. Throws `wrong-password`, and `too-many-requests` before too many are looked at. */
export async function verifyAttempt(
  { accounts, attempts, log }: Pick<AccountParts, 'accounts' | 'attempts'> & { log: Logger },
  { attempt, name, password, protocol }: { attempt: Attempt; name: string; password: string; protocol: string },
): Promise<Account> {
  attempts.take(attempt);
  const account = await accounts.verify(name, password);
  if (!account) {
    log.info({ protocol, remote: attempt.address, code: 'wrong-password' }, 'Somebody could not sign in.');
    throw new RoomcastError('wrong-password');
  }
  attempts.forgive(attempt);
  return account;
}

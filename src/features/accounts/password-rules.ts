import { randomInt } from 'node:crypto';
import { type ErrorReason, RoomcastError } from '../../errors.ts';
import { LONGEST_PASSWORD } from '../../io/passwords.ts';

/** NIST SP 800-63B §5.1.1.2: at least eight characters, any characters, long ones too. */
const SHORTEST = 8;
/** What guessers try first, of eight characters and more. */
const COMMON: ReadonlySet<string> = new Set([
  ...[
    'password',
    'password1',
    'password123',
    'passw0rd',
    '12345678',
    '123456789',
    '1234567890',
    '11111111',
    '00000000',
  ],
  ...['qwertyui', 'qwertyuiop', 'qwerty123', '1q2w3e4r', '1q2w3e4r5t', 'abcd1234', 'abc12345', 'iloveyou', 'sunshine'],
  ...[
    'princess',
    'football',
    'baseball',
    'superman',
    'trustno1',
    'letmein1',
    'welcome1',
    'admin123',
    'changeme',
    'roomcast',
  ],
]);

/** Throws `bad-request` for a password that will not do. `name`: whose it is to be. */
export function checkPassword(password: string, name?: string): void {
  const refuse = (reason: ErrorReason, words: string, limit?: number): never => {
    const detail = { why: reason, ...(limit === undefined ? {} : { limit }) };
    throw new RoomcastError('bad-request', `This password cannot be used: ${words}.`, { detail });
  };
  const { length } = [...password.slice(0, LONGEST_PASSWORD + 1)];
  if (length < SHORTEST) refuse('password-short', `it has fewer than ${SHORTEST} characters`, SHORTEST);
  if (password.length > LONGEST_PASSWORD)
    refuse('password-long', `it has more than ${LONGEST_PASSWORD} characters`, LONGEST_PASSWORD);
  const plain = password.toLowerCase();
  if (COMMON.has(plain) || new Set(plain).size < 3)
    refuse('password-common', 'it is one of those that everybody tries first');
  if (name !== undefined && plain === name.toLowerCase()) refuse('password-name', 'it is the name');
}

/** Letters and digits that people do not take for one another. */
const LETTERS = 'abcdefghjkmnpqrstuvwxyz23456789';

/** A password of four groups that somebody else reads out or copies once: 79 bits. */
export function makePassword(): string {
  const group = (): string => Array.from({ length: 4 }, () => LETTERS[randomInt(LETTERS.length)]).join('');
  return Array.from({ length: 4 }, group).join('-');
}

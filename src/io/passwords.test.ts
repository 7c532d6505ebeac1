import { expect, test } from 'vitest';
import { failure } from '../../test/room-stage.ts';
import { Passwords } from './passwords.ts';

test('a password has its hash, and no other has it', async () => {
  const passwords = new Passwords();
  const hash = await passwords.hash('correct horse');
  expect(await passwords.matches('correct horse', hash)).toBe(true);
  for (const wrong of ['', 'correct hors', 'Correct horse', 'correct horse '])
    expect(await passwords.matches(wrong, hash)).toBe(false);
  expect(await passwords.matches('correct horse', undefined)).toBe(false);
});

test('a hash has its salt and its parameters, which are those of OWASP', async () => {
  const passwords = new Passwords();
  const [a, b] = [await passwords.hash('correct horse'), await passwords.hash('correct horse')];
  expect(a).toMatch(/^scrypt\$16384\$8\$5\$[\w-]{22}\$[\w-]{43}$/);
  expect(a).not.toBe(b);
});

test('how characters are made does not matter', async () => {
  const passwords = new Passwords();
  expect(await passwords.matches('e\u0301tude en noir', await passwords.hash('étude en noir'))).toBe(true);
});

test('a flood of them is answered in turn, and the last are told to come back', async () => {
  const passwords = new Passwords({ waiting: 6 });
  const hash = await passwords.hash('correct horse');
  const asked = Array.from({ length: 12 }, () =>
    passwords.matches('correct horse', hash).then(
      (right) => (right ? 'right' : 'wrong'),
      (error: { code: string }) => error.code,
    ),
  );
  const answers = await Promise.all(asked);
  expect(answers.filter((answer) => answer === 'right')).toHaveLength(8);
  expect(answers.filter((answer) => answer === 'busy')).toHaveLength(4);
  expect(await passwords.matches('correct horse', hash)).toBe(true);
});

test('a failure costs the next nothing', async () => {
  const passwords = new Passwords();
  await failure(passwords.matches('x', 'scrypt$3$8$5$AAAA$AAAA'));
  await failure(passwords.matches('x', 'scrypt$3$8$5$AAAA$AAAA'));
  await failure(passwords.matches('x', 'scrypt$3$8$5$AAAA$AAAA'));
  expect(await passwords.matches('correct horse', await passwords.hash('correct horse'))).toBe(true);
});

import { expect, test } from 'vitest';
import { Authority } from '../../../test/acme-authority.ts';
import { AccountKey } from './account-key.ts';
import { CaError } from './ca-error.ts';
import { readCertificate } from './certificate.ts';

const DAY_MS = 24 * 3600 * 1000;

test('a certificate says for whom and for how long it is, and should be renewed when a third is left', async () => {
  const identity = await (await Authority.create('Some')).identity(['a.example', 'b.example']);
  const { issuer, from, until, renewal, covers } = readCertificate(identity);
  expect(issuer).toBe('Roomcast tests Some issuer');
  expect(until - from).toBe(2 * DAY_MS);
  expect(until - renewal).toBe((2 * DAY_MS) / 3);
  expect(covers(['a.example', 'b.example'])).toBe(true);
  expect(covers(['a.example', 'c.example'])).toBe(false);
});

test('only certificates are kept of what a CA sends', async () => {
  const { cert, key } = await (await Authority.create()).identity(['a.example']);
  const { identity } = readCertificate({ cert: `Hello\u001B[2J\n${cert}\n<script>`, key });
  expect(identity.cert.replaceAll(/\s/g, '')).toBe(cert.replaceAll(/\s/g, ''));
});

test('what is damaged, too long, or belongs to another key is refused', async () => {
  const { cert, key } = await (await Authority.create()).identity(['a.example']);
  const bad = [
    { cert: '', key },
    { cert: 'hello', key },
    { cert: cert.replace('MII', 'MIJ'), key },
    { cert: cert.repeat(6), key },
    { cert, key: AccountKey.generate() },
    { cert, key: '' },
  ];
  for (const identity of bad) expect(() => readCertificate(identity)).toThrow(CaError);
});

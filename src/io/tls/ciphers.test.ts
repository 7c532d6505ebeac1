import { expect, test } from 'vitest';
import { createSecureContext } from 'node:tls';
import { cipherChoice } from './ciphers.ts';

test('a machine with instructions for AES uses it first, one without ChaCha20', () => {
  const [fast, slow] = [cipherChoice(true), cipherChoice(false)];
  expect(fast.ciphers).toMatch(/^TLS_AES_128_GCM_SHA256:/);
  expect(slow.ciphers).toMatch(/^TLS_CHACHA20_POLY1305_SHA256:/);
  expect(slow.ciphers.split(':').toSorted()).toEqual(fast.ciphers.split(':').toSorted());
});

test('OpenSSL knows all that is chosen, measured or not', () => {
  for (const choice of [cipherChoice(true), cipherChoice(false), cipherChoice()])
    expect(() => createSecureContext(choice)).not.toThrow();
});

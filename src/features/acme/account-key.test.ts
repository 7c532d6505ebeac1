import { createPublicKey, generateKeyPairSync, verify, type webcrypto } from 'node:crypto';
import { expect, test } from 'vitest';
import { AccountKey, type SignedRequest } from './account-key.ts';

/** The key of RFC 7515, appendix A.3. */
const KEY = `-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgjpsQnnGQmL+YBIff
H1136cspYG6+0iY7X1fCE9+E9LKhRANCAAR/zc4ncPbEXUGDy+5v20t7WAczNXvp
7xO6z248e9FURcfxRM0bvZt+hyzf7bnuufSzaV1uqQskrYpGIyiFiOWt
-----END PRIVATE KEY-----
`;
const JWK = {
  crv: 'P-256',
  kty: 'EC',
  x: 'f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU',
  y: 'x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0',
};

function isSignedBy(jwk: webcrypto.JsonWebKey, request: SignedRequest): boolean {
  const key = createPublicKey({ key: jwk, format: 'jwk' });
  const signed = Buffer.from(`${request.protected}.${request.payload}`);
  return verify('sha256', signed, { key, dsaEncoding: 'ieee-p1363' }, Buffer.from(request.signature, 'base64url'));
}

function read(text: string): unknown {
  return JSON.parse(Buffer.from(text, 'base64url').toString());
}

test('a request without an account carries the public key, and nothing of the private one', () => {
  const request = new AccountKey(KEY).sign({ url: 'https://ca.test/new-account', nonce: 'abc' }, { a: 1 });
  expect(read(request.protected)).toEqual({ alg: 'ES256', jwk: JWK, nonce: 'abc', url: 'https://ca.test/new-account' });
  expect(read(request.payload)).toEqual({ a: 1 });
  expect(isSignedBy(JWK, request)).toBe(true);
});

test('a request of an account names it', () => {
  const head = { url: 'https://ca.test/order/1', nonce: 'abc', account: 'https://ca.test/account/1' };
  const request = new AccountKey(KEY).sign(head);
  expect(read(request.protected)).toEqual({ alg: 'ES256', kid: head.account, nonce: 'abc', url: head.url });
  expect(request.payload).toBe('');
  expect(isSignedBy(JWK, request)).toBe(true);
});

test('a key authorization is the token with the thumbprint of the key', () => {
  expect(new AccountKey(KEY).authorize('token')).toBe('token.oKIywvGUpTVTyxMQ3bwIIeQUudfr_CkLMjCE19ECD-U');
});

test('a generated key can be read again, and is another one each time', () => {
  const [one, other] = [AccountKey.generate(), AccountKey.generate()];
  expect(one).not.toBe(other);
  expect(new AccountKey(one).authorize('t')).toBe(new AccountKey(one).authorize('t'));
  expect(new AccountKey(one).authorize('t')).not.toBe(new AccountKey(other).authorize('t'));
});

test('a key of another kind is refused', () => {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-384' });
  const pem = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
  expect(() => new AccountKey(pem)).toThrow('P-256');
});

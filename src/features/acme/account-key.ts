import { createHash, createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject, sign } from 'node:crypto';

/** A signed request: a JWS in its flattened JSON form (RFC 7515 §7.2.2). */
export interface SignedRequest {
  readonly protected: string;
  readonly payload: string;
  readonly signature: string;
}

/** What a request's signature covers beside its payload (RFC 8555 §6.2). */
export interface RequestHead {
  readonly url: string;
  readonly nonce: string;
  /** The account's address; a request without one carries the public key in its place. */
  readonly account?: string | undefined;
}

/** The key of an account at a CA: P-256, which every CA takes. */
export class AccountKey {
  readonly #key: KeyObject;
  /** The public key, its members in the order in which RFC 7638 §3.3 hashes them. */
  readonly #jwk: { readonly crv: string; readonly kty: string; readonly x: string; readonly y: string };

  /** Reads a private key in PEM; throws for anything but P-256. */
  constructor(pem: string) {
    this.#key = createPrivateKey(pem);
    const { crv = '', kty = '', x = '', y = '' } = createPublicKey(this.#key).export({ format: 'jwk' });
    if (crv !== 'P-256') throw new Error('This is no P-256 key.');
    this.#jwk = { crv, kty, x, y };
  }

  /** A new one, in PEM. */
  static generate(): string {
    const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    return privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
  }

  /** Signs a request. Without a payload it only reads (RFC 8555 §6.3). */
  sign({ url, nonce, account }: RequestHead, payload?: object): SignedRequest {
    const who = account === undefined ? { jwk: this.#jwk } : { kid: account };
    const head = base64url(JSON.stringify({ alg: 'ES256', ...who, nonce, url }));
    const body = payload === undefined ? '' : base64url(JSON.stringify(payload));
    const signature = sign('sha256', Buffer.from(`${head}.${body}`), { key: this.#key, dsaEncoding: 'ieee-p1363' });
    return { protected: head, payload: body, signature: signature.toString('base64url') };
  }

  /** What proves that whoever answers a challenge has this key (RFC 8555 §8.1). */
  authorize(token: string): string {
    const thumbprint = createHash('sha256').update(JSON.stringify(this.#jwk)).digest('base64url');
    return `${token}.${thumbprint}`;
  }
}

function base64url(text: string): string {
  return Buffer.from(text).toString('base64url');
}

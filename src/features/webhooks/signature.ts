import { createHmac } from 'node:crypto';

/** What a request is signed by; a receiver takes none whose time is more than five minutes off. */
export interface SignedHeaders {
  readonly [name: string]: string;
}

/**
 * The headers that prove who wrote a body and when: HMAC-SHA256 (RFC 2104), in hex, over the time in seconds since 1970, a
 * dot, and the body; one for each secret that holds, with commas between them. `now`: wall time in ms.
 */
export function signedHeaders(
  secrets: readonly string[],
  { id, body, now }: { id: string; body: string; now: number },
): SignedHeaders {
  const time = String(Math.floor(now / 1000));
  const sign = (secret: string): string => createHmac('sha256', secret).update(`${time}.${body}`).digest('hex');
  return {
    'Content-Type': 'application/json',
    'Roomcast-Id': id,
    'Roomcast-Timestamp': time,
    'Roomcast-Signature': secrets.map((secret) => `v1=${sign(secret)}`).join(', '),
  };
}

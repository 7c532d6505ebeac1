import { toHex } from '../media/bytes/hex.ts';
import { type Clock, systemClock } from './clock.ts';

/** A request that is older, or of a time that is still to come, by more than this is somebody’s copy. Seconds */
const MAX_AGE = 300;

/** A request as it came to a receiver. */
export interface WebhookRequest {
  /** As Node gives them, with names in lower case, or as `fetch` has them. */
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>> | Pick<Headers, 'get'>;
  /** As it came, before it is parsed. */
  readonly body: string;
}

/**
 * Whether a webhook’s request is from who has its secret, and no older than five minutes. While a secret is changed, the request
 * has a signature by each of the two; any one by any of `secrets` will do. `clock`: default: that of the system.
 */
export async function isGenuineWebhook(
  secrets: string | readonly string[],
  { headers, body }: WebhookRequest,
  clock: Pick<Clock, 'wall'> = systemClock,
): Promise<boolean> {
  const time = headerOf(headers, 'roomcast-timestamp');
  if (!/^\d{1,12}$/.test(time) || Math.abs(clock.wall() / 1000 - Number(time)) > MAX_AGE) return false;
  const given = headerOf(headers, 'roomcast-signature').split(/,\s*/);
  for (const secret of typeof secrets === 'string' ? [secrets] : secrets) {
    const expected = `v1=${await signatureOf(secret, `${time}.${body}`)}`;
    if (given.some((signature) => isSame(signature, expected))) return true;
  }
  return false;
}

function headerOf(headers: WebhookRequest['headers'], name: string): string {
  const value = typeof headers.get === 'function' ? headers.get(name) : (headers as Record<string, unknown>)[name];
  return typeof value === 'string' ? value : '';
}

/** HMAC-SHA256 (RFC 2104) in hex. */
async function signatureOf(secret: string, text: string): Promise<string> {
  const bytes = new TextEncoder();
  const algorithm = { name: 'HMAC', hash: 'SHA-256' };
  const key = await crypto.subtle.importKey('raw', bytes.encode(secret), algorithm, false, ['sign']);
  return toHex(new Uint8Array(await crypto.subtle.sign('HMAC', key, bytes.encode(text))));
}

/** Takes as long wherever they differ, so that nobody finds a signature letter by letter. */
function isSame(one: string, other: string): boolean {
  if (one.length !== other.length) return false;
  let difference = 0;
  for (let index = 0; index < one.length; index++) difference |= one.charCodeAt(index) ^ other.charCodeAt(index);
  return difference === 0;
}

import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';

/** 160 bits: exactly 32 characters of base32, and more than any guess. */
const KEY_BYTES = 20;
/** RFC 4648 §6, in small letters. */
const ALPHABET = 'abcdefghijklmnopqrstuvwxyz234567';
/** A key with fewer different characters than this was typed, not drawn. */
const MIN_DISTINCT = 8;
/** What people put where a secret should be; a key made of these words alone protects nothing. */
const KNOWN_WORDS =
  /^(?:admin|change|default|demo|example|here|key|live|lobby|me|my|obs|password|private|publish|put|rk|roomcast|room|rtmp|secret|stream|test|the|this|to|token|your|\d)+$/;
/** Default secrets of other servers, which every scanner tries. */
const KNOWN_KEYS: ReadonlySet<string> = new Set([
  '035c73f7-bb6b-4889-a715-d9eb2d1925cc',
  'nodemedia2017privatekey',
  'abcdefghijklmnopqrstuvwxyz',
]);

/** A new publish key: `rk_` and 32 characters. */
export function makeStreamKey(): string {
  let bits = 0;
  let held = 0;
  let text = 'rk_';
  for (const byte of randomBytes(KEY_BYTES)) {
    held = (held << 8) | byte;
    for (bits += 8; bits >= 5;) {
      bits -= 5;
      text += ALPHABET[(held >> bits) & 31];
    }
    held &= (1 << bits) - 1;
  }
  return text;
}

/** What a key is looked up by; tells nothing of the key. */
export function hashStreamKey(key: string): Uint8Array {
  return createHash('sha256').update(key).digest();
}

/** Takes the same time wherever the two differ. */
export function isSameHash(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && timingSafeEqual(a, b);
}

/** Why a key that somebody chose is too easy to guess; undefined when it is not. */
export function weaknessOf(key: string): string | undefined {
  const plain = key.toLowerCase();
  if (KNOWN_KEYS.has(plain)) return 'it is a well-known default';
  if (new Set(key).size < MIN_DISTINCT) return `it has fewer than ${MIN_DISTINCT} different characters`;
  if (KNOWN_WORDS.test(plain.replaceAll(/[-_]/g, ''))) return 'it is made of common words';
  if (isSequence(plain)) return 'its characters follow each other in order';
  return undefined;
}

/** Most steps from one character to the next are the same small one: `0123456789abcdef`, `qwerty` is not caught. */
function isSequence(text: string): boolean {
  const steps = new Map<number, number>();
  for (let i = 1; i < text.length; i++) {
    const step = text.charCodeAt(i) - text.charCodeAt(i - 1);
    if (Math.abs(step) <= 1) steps.set(step, (steps.get(step) ?? 0) + 1);
  }
  return Math.max(0, ...steps.values()) >= (text.length - 1) * 0.75;
}

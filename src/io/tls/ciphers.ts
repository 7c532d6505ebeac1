import { type Cipheriv, constants, createCipheriv, randomBytes } from 'node:crypto';
import { createSecureContext } from 'node:tls';

/** Ciphers of TLS 1.3, and of 1.2 with forward secrecy and authenticated encryption: nothing else is offered (RFC 9325 §4.2). */
const WITH_AES: readonly string[] = [
  'TLS_AES_128_GCM_SHA256',
  'TLS_AES_256_GCM_SHA384',
  'ECDHE-ECDSA-AES128-GCM-SHA256',
  'ECDHE-RSA-AES128-GCM-SHA256',
  'ECDHE-ECDSA-AES256-GCM-SHA384',
  'ECDHE-RSA-AES256-GCM-SHA384',
];
const WITH_CHACHA: readonly string[] = [
  'TLS_CHACHA20_POLY1305_SHA256',
  'ECDHE-ECDSA-CHACHA20-POLY1305',
  'ECDHE-RSA-CHACHA20-POLY1305',
];
/**
 * How keys are agreed on. Not among them what costs the server much more than the client (finite fields, curves of 448 and
 * 521 bits): that would be a cheap way to keep it busy.
 */
const GROUPS = 'X25519:prime256v1:secp384r1';
/** The same, safe from quantum computers, too; of OpenSSL 3.5. */
const NEW_GROUPS = `X25519MLKEM768:${GROUPS}`;
/** Enough for the clock to tell two ciphers apart, and a millisecond where the processor knows AES. Bytes */
const SAMPLE = 256 * 1024;

/** What a listener says about ciphers, in the words of OpenSSL. */
export interface CipherChoice {
  readonly ciphers: string;
  readonly ecdhCurve: string;
  readonly honorCipherOrder: true;
  readonly secureOptions: number;
}

/**
 * The order of ciphers for this machine: AES first where its processor has instructions for it, ChaCha20 first where it
 * has none. A client that puts ChaCha20 first has no such instructions, and gets it in any case.
 */
export function cipherChoice(isAesFast: boolean = measureAes()): CipherChoice {
  const order = isAesFast ? [...WITH_AES, ...WITH_CHACHA] : [...WITH_CHACHA, ...WITH_AES];
  return {
    ciphers: order.join(':'),
    ecdhCurve: isKnown(NEW_GROUPS) ? NEW_GROUPS : GROUPS,
    honorCipherOrder: true,
    secureOptions: constants.SSL_OP_PRIORITIZE_CHACHA | constants.SSL_OP_NO_RENEGOTIATION,
  };
}

function isKnown(ecdhCurve: string): boolean {
  try {
    createSecureContext({ ecdhCurve });
    return true;
  } catch {
    return false;
  }
}

/** Without instructions of the processor AES-GCM takes several times as long as ChaCha20. */
function measureAes(): boolean {
  const aes = timeOf(() => createCipheriv('aes-128-gcm', randomBytes(16), randomBytes(12)));
  const chacha = timeOf(() =>
    createCipheriv('chacha20-poly1305', randomBytes(32), randomBytes(12), { authTagLength: 16 }),
  );
  return aes <= chacha;
}

/** The best of three: a pause of the machine is not the cipher's. */
function timeOf(start: () => Cipheriv): number {
  const sample = new Uint8Array(SAMPLE);
  const times = [1, 2, 3].map(() => {
    const cipher = start();
    const before = performance.now();
    cipher.update(sample);
    cipher.final();
    return performance.now() - before;
  });
  return Math.min(...times);
}

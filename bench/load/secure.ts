import type { Socket } from 'node:net';
import { Duplex } from 'node:stream';
import { connect, type ConnectionOptions, createSecureContext, type TLSSocket } from 'node:tls';
import { type Target, ways } from './request.ts';

/** How a client of TLS offers what it knows. The certificate is the server's own, so nobody vouches for it. */
export function secureOptions({ protocol, cipher }: Target): ConnectionOptions {
  const only = cipher === undefined ? {} : { ciphers: cipher, minVersion: 'TLSv1.3' as const };
  return {
    secureContext: createSecureContext(only),
    ALPNProtocols: [ways[protocol].over === 'h2' ? 'h2' : 'http/1.1'],
    rejectUnauthorized: false,
  };
}

export interface SealedOptions {
  socket: Socket;
  options: ConnectionOptions;
  greeting: Buffer;
  /** Told the name of the cipher that was agreed on. */
  opened(cipher: string): void;
}

/**
 * A client of TLS that does the handshake, sends its greeting and never opens what comes then: a load that decrypts for a
 * thousand viewers would measure itself. What comes is counted as it is, with 22 bytes for each record of 16 KiB at most.
 */
export class Sealed {
  readonly #wire: Duplex;
  #over = false;

  constructor({ socket, options, greeting, opened }: SealedOptions) {
    this.#wire = new Duplex({
      read() {},
      write: (bytes: Uint8Array, _encoding, done) => socket.write(bytes, () => done()),
    });
    const tls: TLSSocket = connect({ ...options, socket: this.#wire }, () => {
      opened(tls.getCipher().standardName);
      tls.write(greeting);
      this.#over = true;
    });
    tls.on('error', () => socket.destroy());
  }

  /** What came: the handshake needs it, all else is left sealed. */
  push(bytes: Uint8Array): void {
    if (!this.#over) this.#wire.push(Buffer.from(bytes));
  }
}

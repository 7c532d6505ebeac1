import { createPrivateKey, randomBytes, X509Certificate } from 'node:crypto';
import { createSecureContext, createServer, type SecureContext, type Server, type TLSSocket } from 'node:tls';
import { RoomcastError } from '../../errors.ts';
import type { Scheduler } from '../../live/scheduler.ts';
import { SECOND } from '../../media/time.ts';
import { type CipherChoice, cipherChoice } from './ciphers.ts';
import { ACME_PROTOCOL } from './hello.ts';

/** Whom the listeners show themselves as. */
export interface TlsIdentity {
  /** PEM: the certificate, then those that lead from it to its root. */
  readonly cert: string;
  /** PEM, without a password. */
  readonly key: string;
}

/** A client that comes back within this long need not do the whole handshake; whoever steals a ticket key reads no more. */
const TICKETS_FOR = 12 * 3600 * SECOND;
/** What Node takes: 16 bytes of name, 16 of HMAC key, 16 of AES key. */
const TICKET_KEYS_BYTES = 48;

export interface TlsOptions {
  identity: TlsIdentity;
  scheduler: Scheduler;
  /** Default: measured. */
  ciphers?: CipherChoice;
}

/**
 * The identity in force and everything that is made of it. There is one for all secure listeners; a new identity holds
 * for new connections, those there are stay as they are.
 */
export class Tls {
  readonly #servers = new Set<Server>();
  readonly #challenges = new Map<string, SecureContext>();
  readonly #ciphers: CipherChoice;
  readonly #cancel: () => void;
  #identity: TlsIdentity;
  #ticketKeys: Buffer = randomBytes(TICKET_KEYS_BYTES);

  /** Throws `bad-config` for an identity that cannot be used. */
  constructor({ identity, scheduler, ciphers = cipherChoice() }: TlsOptions) {
    contextOf(identity);
    this.#identity = identity;
    this.#ciphers = ciphers;
    this.#cancel = scheduler.every(TICKETS_FOR, () => this.#renewTickets());
  }

  get identity(): TlsIdentity {
    return this.#identity;
  }

  /** Shows this identity from now on. Throws `bad-config` where it cannot be used; the one before stays in force then. */
  use(identity: TlsIdentity): void {
    contextOf(identity);
    this.#identity = identity;
    for (const server of this.#servers) server.setSecureContext(this.#secureOptions);
  }

  /**
   * Shows this identity to those who ask for `domain` in the protocol of authorities (ALPN `acme-tls/1`), until it is
   * called with none. Their connection ends with the handshake. Its key has to be of P-256, as that of all our own.
   */
  challenge(domain: string, identity: TlsIdentity | undefined): void {
    const name = domain.toLowerCase();
    if (identity) this.#challenges.set(name, contextOf(identity));
    else this.#challenges.delete(name);
  }

  /**
   * What does the handshakes of one listener: it listens nowhere itself, connections are handed to it by `emit`. It
   * speaks one of these protocols (ALPN), or with a client that names none the one that it knows.
   */
  server(protocols: readonly string[]): Server {
    const choose = (offered: readonly string[]): string | undefined => protocols.find((name) => offered.includes(name));
    const challenges = this.#challenges;
    const server = createServer({
      ...this.#secureOptions,
      ALPNCallback(this: TLSSocket, { servername, protocols: offered }) {
        if (offered.length !== 1 || offered[0] !== ACME_PROTOCOL) return choose(offered);
        // Not a string where the client names none, whatever the types say.
        const context = challenges.get(String(servername).toLowerCase());
        if (context) this.setKeyCert(context);
        return context && ACME_PROTOCOL;
      },
    });
    this.#servers.add(server);
    return server;
  }

  /** Renews nothing any more. */
  close(): void {
    this.#cancel();
    this.#servers.clear();
  }

  get #secureOptions(): CipherChoice & TlsIdentity & { minVersion: 'TLSv1.2'; ticketKeys: Buffer } {
    return { ...this.#ciphers, ...this.#identity, minVersion: 'TLSv1.2', ticketKeys: this.#ticketKeys };
  }

  #renewTickets(): void {
    this.#ticketKeys = randomBytes(TICKET_KEYS_BYTES);
    for (const server of this.#servers) server.setTicketKeys(this.#ticketKeys);
  }
}

function contextOf({ cert, key }: TlsIdentity): SecureContext {
  try {
    // A context alone would take an empty pair.
    if (new X509Certificate(cert).checkPrivateKey(createPrivateKey(key))) return createSecureContext({ cert, key });
  } catch (cause) {
    throw new RoomcastError('bad-config', 'The certificate or its key cannot be used.', { cause });
  }
  throw new RoomcastError('bad-config', 'The key belongs to another certificate.');
}

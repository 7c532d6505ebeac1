import { ProtocolError } from '../../errors.ts';
import { concatBytes } from '../../media/bytes/bytes.ts';

/** The handshake (5.2), plain and with digests as Flash Player and its successors ask for it. */

export const PACKET: number = 1536;
const VERSION = 3;
/** First bytes from here on are not RTMP but text of some other protocol (5.2.2). */
const TEXT = 32;
const DIGEST = 32;

/** HMAC-SHA256. */
export type Hmac = (key: Uint8Array, data: Uint8Array) => Uint8Array;

export interface HandshakeTools {
  hmac: Hmac;
  random(length: number): Uint8Array;
}

const TAIL = Uint8Array.of(
  ...[0xf0, 0xee, 0xc2, 0x4a, 0x80, 0x68, 0xbe, 0xe8, 0x2e, 0x00, 0xd0, 0xd1, 0x02, 0x9e, 0x7e, 0x57],
  ...[0x6e, 0xec, 0x5d, 0x2d, 0x29, 0x80, 0x6f, 0xab, 0x93, 0xb8, 0xe6, 0x36, 0xcf, 0xeb, 0x31, 0xae],
);
const ascii = (text: string): Uint8Array => new TextEncoder().encode(text);
const PLAYER = ascii('Genuine Adobe Flash Player 001');
const SERVER = ascii('Genuine Adobe Flash Media Server 001');
const SERVER_FULL = concatBytes([SERVER, TAIL]);

/** Where the digest lies in a packet, by the two schemes that are in use. */
const schemes: readonly ((packet: Uint8Array) => number)[] = [
  (packet) => ((packet[8]! + packet[9]! + packet[10]! + packet[11]!) % 728) + 12,
  (packet) => ((packet[772]! + packet[773]! + packet[774]! + packet[775]!) % 728) + 776,
];

/** The server's side: bytes in, bytes out, until it is done. */
export class ServerHandshake {
  readonly #tools: HandshakeTools;
  #input: Uint8Array = new Uint8Array(0);
  #answered = false;

  constructor(tools: HandshakeTools) {
    this.#tools = tools;
  }

  /**
   * Returns what to send, and once it is done the bytes that follow the handshake.
   *
   * @throws ProtocolError when the first byte is not that of RTMP.
   */
  push(bytes: Uint8Array): { send: Uint8Array; rest?: Uint8Array } {
    this.#input = this.#input.length > 0 ? concatBytes([this.#input, bytes]) : bytes;
    let send: Uint8Array = new Uint8Array(0);
    if (this.#input.length > 0 && this.#input[0]! >= TEXT) throw new ProtocolError('This is not RTMP.');
    if (!this.#answered && this.#input.length > PACKET) {
      this.#answered = true;
      send = this.#answer(this.#input.subarray(1, 1 + PACKET));
    }
    if (this.#input.length < 1 + 2 * PACKET) return { send };
    return { send, rest: this.#input.subarray(1 + 2 * PACKET) };
  }

  #answer(c1: Uint8Array): Uint8Array {
    const s0 = Uint8Array.of(VERSION);
    const scheme = this.#schemeOf(c1);
    const s1 = this.#tools.random(PACKET);
    if (!scheme) {
      s1.fill(0, 0, 8);
      return concatBytes([s0, s1, c1]);
    }
    s1.set([0, 0, 0, 0, 5, 0, 1, 1]);
    const at = scheme(s1);
    s1.set(this.#tools.hmac(SERVER, without(s1, at)), at);
    const s2 = this.#tools.random(PACKET);
    const c1At = scheme(c1);
    const key = this.#tools.hmac(SERVER_FULL, c1.subarray(c1At, c1At + DIGEST));
    s2.set(this.#tools.hmac(key, s2.subarray(0, PACKET - DIGEST)), PACKET - DIGEST);
    return concatBytes([s0, s1, s2]);
  }

  /** Finds the scheme whose digest is right; a client without one has a plain handshake. */
  #schemeOf(c1: Uint8Array): ((packet: Uint8Array) => number) | undefined {
    if (c1[4] === 0) return undefined;
    return schemes.find((scheme) => {
      const at = scheme(c1);
      const digest = this.#tools.hmac(PLAYER, without(c1, at));
      return digest.every((byte, index) => byte === c1[at + index]);
    });
  }
}

/** The client's side, plain: what to send first, and the answer to the server's packets. */
export class ClientHandshake {
  readonly #c1: Uint8Array;
  #input: Uint8Array = new Uint8Array(0);

  constructor(tools: Pick<HandshakeTools, 'random'>) {
    this.#c1 = tools.random(PACKET);
    this.#c1.fill(0, 0, 8);
  }

  /** C0 and C1. */
  start(): Uint8Array {
    return concatBytes([Uint8Array.of(VERSION), this.#c1]);
  }

  /** C2 and the bytes that follow the handshake, once S0 to S2 are there. */
  push(bytes: Uint8Array): { send: Uint8Array; rest: Uint8Array } | undefined {
    this.#input = concatBytes([this.#input, bytes]);
    if (this.#input.length > 0 && this.#input[0] !== VERSION)
      throw new ProtocolError('The server does not speak RTMP.');
    if (this.#input.length < 1 + 2 * PACKET) return undefined;
    return { send: this.#input.slice(1, 1 + PACKET), rest: this.#input.subarray(1 + 2 * PACKET) };
  }
}

function without(packet: Uint8Array, at: number): Uint8Array {
  return concatBytes([packet.subarray(0, at), packet.subarray(at + DIGEST)]);
}

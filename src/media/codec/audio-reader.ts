import { equalBytes } from '../bytes/bytes.ts';

/** A message holds one packet or a few. So many are seconds of sound, which no live stream sends at once. */
export const MAX_PACKETS = 256;

/** One packet of sound as frames carry it. */
export interface AudioUnit {
  data: Uint8Array;
  /** Samples of each channel, at the rate of the codec config in force. */
  samples: number;
  /** The codec config from this packet on, where it is new. */
  config?: Uint8Array;
}

/** Turns what one publisher sends of one codec into packets, and keeps the codec config that goes with them. */
export interface AudioReader {
  /** The codec config in force; undefined until it is known. */
  readonly config: Uint8Array | undefined;

  /**
   * Takes a codec config as the publisher sent it. Returns it in the form that tracks have where it is new, undefined
   * where it is the one in force.
   *
   * @throws ProtocolError for what is none.
   */
  configure(bytes: Uint8Array): Uint8Array | undefined;

  /**
   * The whole packets in a message, in order, at most `MAX_PACKETS`; their data are views of `bytes`. What is not whole,
   * or comes before a codec config that it needs, is left out. Throws nothing.
   */
  read(bytes: Uint8Array): AudioUnit[];
}

/** The codec config in force. */
export class CurrentConfig {
  bytes: Uint8Array | undefined;

  /** Puts a config in force. Returns it where it is new, undefined where it was in force already. */
  adopt(bytes: Uint8Array): Uint8Array | undefined {
    if (this.bytes && equalBytes(this.bytes, bytes)) return undefined;
    this.bytes = bytes;
    return bytes;
  }
}

/** A packet, with the codec config that begins with it if there is one. */
export function audioUnit(data: Uint8Array, samples: number, config: Uint8Array | undefined): AudioUnit {
  return config ? { data, samples, config } : { data, samples };
}

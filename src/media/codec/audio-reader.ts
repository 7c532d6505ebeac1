import { equalBytes } from '../bytes/bytes.ts';
import { ConfigBudget } from './config-budget.ts';

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
   * @throws ProtocolError for what is none, and where it changes too often.
   */
  configure(bytes: Uint8Array): Uint8Array | undefined;

  /**
   * The whole packets in a message, in order; their data are views of `bytes`. What is not whole, or comes before a codec
   * config that it needs, is left out, and so is all that lies behind `MAX_PACKETS` packets, be they usable or not.
   *
   * @throws ProtocolError where the codec config changes too often.
   */
  read(bytes: Uint8Array): AudioUnit[];
}

/** The codec config in force. */
export class CurrentConfig {
  bytes: Uint8Array | undefined;
  readonly #budget = new ConfigBudget();

  /** A message of so many bytes of sound came, which pay for changes. */
  earn(bytes: number): void {
    this.#budget.earn(bytes);
  }

  /**
   * Puts a config in force. Returns it where it is new, undefined where it was in force already.
   *
   * @throws ProtocolError where it changes too often.
   */
  adopt(bytes: Uint8Array): Uint8Array | undefined {
    if (this.bytes && equalBytes(this.bytes, bytes)) return undefined;
    this.#budget.spend(bytes.length);
    this.bytes = bytes;
    return bytes;
  }
}

/** A packet, with the codec config that begins with it if there is one. */
export function audioUnit(data: Uint8Array, samples: number, config: Uint8Array | undefined): AudioUnit {
  return config ? { data, samples, config } : { data, samples };
}

import { ProtocolError } from '../../errors.ts';

/** What a change costs beside the bytes of the config: viewers start their decoders anew, and pages are told. */
const CHANGE = 4 * 1024;
/** Bytes that every publisher has at the start, for about a hundred changes, and never more than that. */
const ALLOWANCE = 512 * 1024;

/**
 * Bounds how often a publisher may change its codec config, each change of which goes to every viewer: the bytes of its
 * frames pay for it. No encoder comes near to that; a flood of small messages does not get through.
 */
export class ConfigBudget {
  #left = ALLOWANCE;

  /** A frame of so many bytes came. */
  earn(bytes: number): void {
    this.#left = Math.min(ALLOWANCE, this.#left + bytes);
  }

  /**
   * The config changes to one of so many bytes.
   *
   * @throws ProtocolError where that was not paid for.
   */
  spend(bytes: number): void {
    this.#left -= CHANGE + bytes;
    if (this.#left < 0) throw new ProtocolError('The codec config changes too often.', 'limit-exceeded');
  }
}

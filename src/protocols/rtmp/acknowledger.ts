import { messageType, u32 } from './message.ts';
import { control, WINDOW } from './replies.ts';

/** Smaller windows would have us answer every chunk. */
const MIN_WINDOW = 4096;

/** Tells the peer how many bytes have arrived, each time a window is full (5.4.3). */
export class Acknowledger {
  #window = WINDOW;
  #total = 0;
  #told = 0;

  /** The peer's Window Acknowledgement Size (5.4.4). */
  window(body: Uint8Array): void {
    const size = new DataView(body.buffer, body.byteOffset).getUint32(0);
    this.#window = Math.max(MIN_WINDOW, size);
  }

  /** The message to send, if one is due. The sequence number is modulo 2^32. */
  received(bytes: number): Uint8Array | undefined {
    this.#total += bytes;
    if (this.#total - this.#told < this.#window) return undefined;
    this.#told = this.#total;
    return control(messageType.acknowledgement, u32(this.#total % 2 ** 32));
  }
}

import { messageType, u32 } from './message.ts';
import { control, WINDOW } from './replies.ts';

/** Smaller windows would have us answer every chunk. */
const MIN_WINDOW = 4096;

/** Limit types of Set Peer Bandwidth (5.4.5). */
const limitType = { hard: 0, soft: 1, dynamic: 2 } as const;

/** The windows of both directions (5.4.3 to 5.4.5): tells the peer how much has arrived, and how much it may expect. */
export class Acknowledger {
  #window = WINDOW;
  #total: number;
  #told: number;
  #ours = WINDOW;
  #hard = false;

  /** `total`: bytes that have arrived already. */
  constructor(total = 0) {
    this.#total = total;
    this.#told = total;
  }

  /** The peer's Window Acknowledgement Size (5.4.4). */
  window(body: Uint8Array): void {
    if (body.length >= 4) this.#window = Math.max(MIN_WINDOW, sizeOf(body));
  }

  /** The peer's Set Peer Bandwidth (5.4.5); the Window Acknowledgement Size that answers it, where ours changes. */
  bandwidth(body: Uint8Array): Uint8Array | undefined {
    if (body.length < 5) return undefined;
    const type = body[4]!;
    if (type > limitType.dynamic || (type === limitType.dynamic && !this.#hard)) return undefined;
    const size = Math.max(MIN_WINDOW, sizeOf(body));
    this.#hard = type !== limitType.soft;
    const window = type === limitType.soft ? Math.min(this.#ours, size) : size;
    if (window === this.#ours) return undefined;
    this.#ours = window;
    return control(messageType.windowSize, u32(window));
  }

  /** The message to send, if one is due. The sequence number is modulo 2^32. */
  received(bytes: number): Uint8Array | undefined {
    this.#total += bytes;
    if (this.#total - this.#told < this.#window) return undefined;
    this.#told = this.#total;
    return control(messageType.acknowledgement, u32(this.#total % 2 ** 32));
  }
}

function sizeOf(body: Uint8Array): number {
  return new DataView(body.buffer, body.byteOffset).getUint32(0);
}

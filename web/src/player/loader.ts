import type Mpegts from 'mpegts.js';
import type { Change, FlvGate } from './flv-gate.ts';
import type { Loss, Transport } from './joiner.ts';
import { openSource, type Source } from './source.ts';

/** `LoaderStatus` of the player library. */
const IDLE = 0;
const CONNECTING = 1;
const BUFFERING = 2;
const COMPLETE = 4;

export interface LoaderOptions {
  base: string;
  path: string;
  transport: Transport;
  gate: FlvGate;
  /** So many bytes came. */
  bytes(count: number): void;
  change(change: Change): void;
  over(loss: Loss): void;
}

/** The player library's loader, over our own connection and through the gate. */
export function loaderClass(library: typeof Mpegts, options: LoaderOptions): Mpegts.CustomLoaderConstructor {
  const { gate } = options;
  return class extends library.BaseLoader {
    override _status: number = IDLE;
    #source: Source | undefined;
    #passed = 0;

    constructor() {
      super('roomcast');
      this._needStash = false;
    }

    override open(): void {
      this._status = CONNECTING;
      this.#source = openSource({
        base: options.base,
        path: `${options.path}.flv`,
        transport: options.transport,
        data: (chunk) => this.#take(chunk),
        over: (loss) => {
          this._status = COMPLETE;
          options.over(loss);
        },
      });
    }

    override abort(): void {
      this._status = COMPLETE;
      this.#source?.close();
      this.#source = undefined;
    }

    override destroy(): void {
      this.abort();
      super.destroy();
    }

    #take(chunk: Uint8Array): void {
      this._status = BUFFERING;
      options.bytes(chunk.length);
      try {
        const { bytes, change } = gate.push(chunk);
        const at = this.#passed;
        this.#passed += bytes.length;
        if (bytes.length > 0) this.onDataArrival(bytes.buffer, at, this.#passed);
        if (change) options.change(change);
      } catch {
        options.over({ kind: 'failed' });
      }
    }
  };
}

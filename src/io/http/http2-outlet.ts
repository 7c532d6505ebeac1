import type { ServerHttp2Stream } from 'node:http2';
import type { Traffic } from '../../live/access.ts';
import type { Scheduler } from '../../live/scheduler.ts';
import { MILLISECOND, SECOND } from '../../media/time.ts';
import type { Outlet, OutletListener } from '../outlet.ts';

/** As much is handed to the stream at a time; it is seen to move by each: one that takes long gets less, one that does not more. */
const SLICE = { least: 16 * 1024, first: 32 * 1024, most: 64 * 1024 };
/** A slice that took longer, in µs, is too large. */
const LONG = SECOND;
/** Why a stream is reset that the peer might still have read (RFC 9113 §7). */
const CANCEL = 0x8;

/**
 * One stream of an HTTP/2 connection (RFC 9113). A stream never takes anything at once; it counts as behind when it
 * holds a slice. The connection's own progress says nothing about it, for others share it.
 */
export class Http2Outlet implements Outlet {
  readonly #stream: ServerHttp2Stream;
  readonly #scheduler: Scheduler;
  /** Shared buffers that the stream was not given yet, at most what was written at once. */
  readonly #queue: Uint8Array[] = [];
  #listener: OutletListener | undefined;
  #written = 0;
  #slice = SLICE.first;
  /** When a slice was given that the stream has not taken yet, in monotonic µs. */
  #given: number | undefined;
  /** It moved since the last look. */
  #moved = false;
  #cancelLook: (() => void) | undefined;

  constructor(stream: ServerHttp2Stream, scheduler: Scheduler) {
    this.#stream = stream;
    this.#scheduler = scheduler;
  }

  get busy(): boolean {
    return this.#queue.length > 0 || this.#given !== undefined;
  }

  open(listener: OutletListener): void {
    this.#listener = listener;
  }

  release(): void {
    this.#listener = undefined;
    this.#look(false);
  }

  write(buffers: readonly Uint8Array[], wrap?: (bytes: Uint8Array) => Uint8Array): boolean {
    for (const bytes of buffers) this.#queue.push(wrap ? wrap(bytes) : bytes);
    return this.#go();
  }

  end(linger: number): void {
    this.release();
    const stream = this.#stream;
    if (stream.destroyed) return;
    for (const bytes of this.#queue.splice(0)) this.#give(bytes);
    stream.once(
      'close',
      this.#scheduler.after(linger, () => this.destroy()),
    );
    stream.end();
  }

  destroy(): void {
    this.release();
    this.#queue.length = 0;
    this.#stream.close(CANCEL);
    this.#stream.destroy();
  }

  traffic(): Traffic {
    return { in: 0, out: this.#written };
  }

  /** Gives the stream what it wants to hold. False when some of it waits. */
  #go(): boolean {
    const stream = this.#stream;
    const queue = this.#queue;
    stream.cork();
    while (queue.length > 0 && this.#given === undefined) {
      const bytes = queue[0]!;
      if (bytes.length > this.#slice) {
        queue[0] = bytes.subarray(this.#slice);
        this.#give(bytes.subarray(0, this.#slice));
      } else this.#give(queue.shift()!);
    }
    stream.uncork();
    const all = queue.length === 0 && this.#given === undefined;
    this.#look(!all);
    return all;
  }

  #give(bytes: Uint8Array): void {
    const stream = this.#stream;
    this.#written += bytes.length;
    const isFull = stream.writableLength + bytes.length >= this.#slice;
    if (isFull) this.#given = this.#scheduler.now();
    stream.write(bytes, isFull ? this.#taken : undefined);
  }

  readonly #taken = (error?: Error | null): void => {
    if (error) return;
    this.#moved = true;
    this.#slice = this.#scheduler.now() - (this.#given ?? 0) > LONG ? SLICE.least : SLICE.most;
    this.#given = undefined;
    if (this.#go()) this.#listener?.taken();
  };

  #look(behind: boolean): void {
    if (behind === (this.#cancelLook !== undefined)) return;
    this.#cancelLook?.();
    this.#cancelLook = undefined;
    const listener = this.#listener;
    if (!behind || !listener) return;
    this.#moved = true;
    this.#cancelLook = this.#scheduler.every(listener.lookMs * MILLISECOND, () => {
      if (!this.#moved) listener.still();
      this.#moved = false;
    });
  }
}

import { joined } from './bytes.ts';

/** What has been played is kept for this long, for small steps back by the browser itself. s */
const KEEP = 20;
const KEEP_LEAST = 8;
/** A browser that says its memory is full has to make do with this much of the past. s */
const KEEP_FULL = 1;
/** What waits to be appended, in bytes: half a minute of a rich stream. A buffer that takes nothing for so long is broken. */
const MAX_WAITING = 64 * 1024 * 1024;

/** What is used of a SourceBuffer. */
export interface Target {
  readonly updating: boolean;
  readonly buffered: TimeRanges;
  appendBuffer(bytes: Uint8Array<ArrayBuffer>): void;
  remove(from: number, to: number): void;
  changeType(type: string): void;
}

/** Feeds a SourceBuffer, which does one thing at a time, and keeps it small. */
export class Appender {
  readonly #target: Target;
  /** The media element's time, s. */
  readonly #time: () => number;
  readonly #failed: () => void;
  #waiting: (Uint8Array | { type: string })[] = [];
  #bytes = 0;
  #full = false;

  constructor(options: { target: Target; time: () => number; failed: () => void }) {
    this.#target = options.target;
    this.#time = options.time;
    this.#failed = options.failed;
  }

  /** Bytes, or the type of those that follow. */
  push(next: Uint8Array | { type: string }): void {
    this.#waiting.push(next);
    if (next instanceof Uint8Array) this.#bytes += next.length;
    if (this.#bytes > MAX_WAITING) this.#failed();
    else this.next();
  }

  /** To be called whenever the target has done what it was asked for. */
  next(): void {
    if (this.#target.updating) return;
    try {
      if (!this.#clean()) this.#append();
    } catch (error) {
      if (error instanceof DOMException && error.name === 'QuotaExceededError' && !this.#full) this.#makeRoom();
      else this.#failed();
    }
  }

  /** Lets go of what is long past; true if that is now being done. */
  #clean(): boolean {
    const { buffered } = this.#target;
    if (buffered.length === 0) return false;
    const begin = buffered.start(0);
    const time = this.#time();
    if (time - begin <= KEEP) return false;
    this.#target.remove(begin, time - KEEP_LEAST);
    return true;
  }

  #append(): void {
    const [first] = this.#waiting;
    if (first === undefined) return;
    if (!(first instanceof Uint8Array)) {
      this.#target.changeType(first.type);
      this.#waiting.shift();
      return this.#append();
    }
    const end = this.#waiting.findIndex((each) => !(each instanceof Uint8Array));
    const parts = this.#waiting.slice(0, end < 0 ? undefined : end).filter((each) => each instanceof Uint8Array);
    const bytes = joined(parts);
    this.#target.appendBuffer(bytes);
    this.#waiting.splice(0, parts.length);
    this.#bytes -= bytes.length;
    this.#full = false;
  }

  /** Once: if it is full even so, there is no more that could be done. */
  #makeRoom(): void {
    this.#full = true;
    const { buffered } = this.#target;
    const to = this.#time() - KEEP_FULL;
    if (buffered.length === 0 || buffered.start(0) >= to) return this.#failed();
    this.#target.remove(buffered.start(0), to);
  }
}

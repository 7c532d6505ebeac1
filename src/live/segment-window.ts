import type { Scheduler } from './scheduler.ts';
import type { Init, Segment } from './segment.ts';

export interface WindowOptions {
  scheduler: Scheduler;
  /** Segments that are listed. */
  count: number;
  /** Bytes of all that is kept. */
  bytes: number;
}

/**
 * The newest segments of a rendition. Those that left it can be fetched for as long as they and the list they were in
 * last (rfc8216bis, 6.2.2).
 */
export class SegmentWindow {
  /** The segment that grows. */
  current: Segment | undefined;
  /** Changes with everything that a list shows. */
  version = 0;
  readonly #options: WindowOptions;
  #listed: readonly Segment[] = [];
  #removed: { segment: Segment; until: number }[] = [];
  #peak = 0;
  #bits = 0;
  #time = 0;

  constructor(options: WindowOptions) {
    this.#options = options;
  }

  /** Complete segments, the oldest first. */
  get listed(): readonly Segment[] {
    return this.#listed;
  }

  /** True where decoding can start with each segment that is listed. */
  get independent(): boolean {
    const { current } = this;
    const grows = current === undefined || current.parts.length === 0 || current.independent;
    return grows && this.#listed.every(({ independent }) => independent);
  }

  /** µs of the segments that are listed, with what there is of the current one. */
  get duration(): number {
    return this.#listed.reduce((sum, { duration }) => sum + duration, this.current?.duration ?? 0);
  }

  /** Bit rates in bit/s: of the segment with the highest, and of all. Undefined until there is media. */
  get rates(): { peak: number; average: number } | undefined {
    if (this.#peak > 0) {
      const average = (this.#bits / this.#time) * 1_000_000;
      // Segments that are too short for a rate of their own still have their bits.
      return { peak: Math.max(this.#peak, average), average };
    }
    const { size = 0, duration = 0 } = this.current ?? {};
    if (duration === 0) return undefined;
    const rate = (size * 8_000_000) / duration;
    return { peak: rate, average: rate };
  }

  /** One that is listed, grows, or was removed not long ago. */
  find(sequence: number): Segment | undefined {
    if (this.current?.sequence === sequence) return this.current;
    const first = this.#listed[0];
    if (first && sequence >= first.sequence) return this.#listed[sequence - first.sequence];
    const now = this.#options.scheduler.now();
    return this.#removed.find(({ segment, until }) => segment.sequence === sequence && until > now)?.segment;
  }

  /** The one of a number that a segment needs. */
  initOf(number: number): Init | undefined {
    const segments = [...this.#removed.map(({ segment }) => segment), ...this.#listed];
    return segments.find(({ init }) => init.number === number)?.init;
  }

  /**
   * The current segment is complete. `shortest`: µs below which its bit rate says nothing. `least`: µs that stay listed,
   * however many segments that takes.
   */
  complete({ shortest, least }: { shortest: number; least: number }): void {
    const segment = this.current;
    if (!segment) return;
    segment.complete = true;
    segment.independent ||= segment.size === 0;
    this.current = undefined;
    this.#listed = [...this.#listed, segment];
    this.#count(segment, shortest);
    while (this.#listed.length > this.#options.count && this.duration - this.#listed[0]!.duration >= least)
      this.#remove();
    this.trim();
    this.version++;
  }

  /** Forgets what nobody may ask for any more, and as much as the limit of bytes demands. */
  trim(): void {
    const now = this.#options.scheduler.now();
    this.#removed = this.#removed.filter(({ until }) => until > now);
    let over = this.bytes - this.#options.bytes;
    while (over > 0 && this.#removed.length > 0) over -= this.#removed.shift()!.segment.size;
    while (over > 0 && this.#listed.length > 0) {
      over -= this.#listed[0]!.size;
      this.#listed = this.#listed.slice(1);
      this.version++;
    }
  }

  get bytes(): number {
    let sum = this.current?.size ?? 0;
    for (const { size } of this.#listed) sum += size;
    for (const { segment } of this.#removed) sum += segment.size;
    return sum;
  }

  #remove(): void {
    const list = this.duration;
    const [segment, ...rest] = this.#listed;
    this.#listed = rest;
    const until = this.#options.scheduler.now() + segment!.duration + list;
    this.#removed.push({ segment: segment!, until });
  }

  #count({ size, duration }: Segment, shortest: number): void {
    this.#bits += size * 8;
    this.#time += duration;
    if (duration < shortest && this.#peak > 0) return;
    if (duration > 0) this.#peak = Math.max(this.#peak, (size * 8_000_000) / duration);
  }
}

import type { PlayerError, PlayerPath, Quality } from '../../client/messages.ts';
import { rounded } from '../../media/rounding.ts';
import { percentiles, Sample } from './sample.ts';
import { stallRatio, type Sums, type ViewerQuality } from './viewer-quality.ts';

/** Behind the point, of seconds and shares. */
const DIGITS = 3;

/** What is known of some viewers, one voice each. */
export class QualityBoard {
  readonly #starts = new Sample();
  readonly #latencies = new Sample();
  readonly #ratios = new Sample();
  readonly #errors = new Map<PlayerError, number>();
  #viewers = 0;
  #stalls = 0;
  #dropped = 0;

  add({ start, latency }: Pick<ViewerQuality, 'start' | 'latency'>, sums: Sums): void {
    this.#viewers++;
    if (start !== undefined) this.#starts.add(start);
    if (latency !== undefined) this.#latencies.add(latency);
    const ratio = stallRatio(sums);
    if (ratio !== undefined) this.#ratios.add(ratio);
    this.#stalls += sums.stalls;
    this.#dropped += sums.dropped;
    for (const error of sums.errors) this.#errors.set(error, (this.#errors.get(error) ?? 0) + 1);
  }

  /** The same with those of another one. */
  with(other: QualityBoard): QualityBoard {
    const both = new QualityBoard();
    for (const board of [this, other]) {
      both.#viewers += board.#viewers;
      both.#stalls += board.#stalls;
      both.#dropped += board.#dropped;
      for (const value of board.#starts.values) both.#starts.add(value);
      for (const value of board.#latencies.values) both.#latencies.add(value);
      for (const value of board.#ratios.values) both.#ratios.add(value);
      for (const [error, count] of board.#errors) both.#errors.set(error, (both.#errors.get(error) ?? 0) + count);
    }
    return both;
  }

  read(): Quality {
    const start = percentiles(this.#starts.values);
    const ratio = percentiles(this.#ratios.values);
    const latency = percentiles(this.#latencies.values);
    return {
      viewers: this.#viewers,
      ...(start && { start: told(start, 0) }),
      ...(ratio && { stallRatio: told(ratio, DIGITS) }),
      ...(latency && { latency: told(latency, DIGITS) }),
      stalls: this.#stalls,
      dropped: this.#dropped,
      errors: Object.fromEntries(this.#errors),
    };
  }
}

function told({ p50, p95 }: { p50: number; p95: number }, digits: number): { p50: number; p95: number } {
  return { p50: rounded(p50, digits), p95: rounded(p95, digits) };
}

/** A board for each way to play. */
export type Boards = Map<PlayerPath, QualityBoard>;

/** The board of a way to play; made where there is none yet. */
export function boardOf(boards: Boards, path: PlayerPath): QualityBoard {
  let board = boards.get(path);
  if (!board) boards.set(path, (board = new QualityBoard()));
  return board;
}

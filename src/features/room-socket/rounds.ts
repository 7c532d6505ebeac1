import type { Scheduler } from '../../live/scheduler.ts';
import type { Member } from './member.ts';

/** Sockets that are written to without a break: some 2 ms, in which no picture is told of. */
const SLICE = 200;

interface Round {
  readonly members: readonly Member[];
  readonly write: (member: Member) => void;
  readonly done: () => void;
  at: number;
}

/** Writes to many sockets, round after round, in slices between which everything else has its turn. */
export class Rounds {
  readonly #scheduler: Scheduler;
  readonly #waiting: Round[] = [];
  #cancel: (() => void) | undefined;

  constructor(scheduler: Scheduler) {
    this.#scheduler = scheduler;
  }

  /** Has `write` called for each who is there now, after the rounds before; at once where they are few. Then `done`. */
  start(members: Iterable<Member>, write: (member: Member) => void, done: () => void = () => {}): void {
    this.#waiting.push({ members: [...members], write, done, at: 0 });
    if (!this.#cancel) this.#next();
  }

  /** Nobody is left to be written to. */
  stop(): void {
    this.#cancel?.();
    this.#cancel = undefined;
    for (const { done } of this.#waiting.splice(0)) done();
  }

  #next(): void {
    this.#cancel = undefined;
    let left = SLICE;
    while (left > 0) {
      const round = this.#waiting[0];
      if (!round) return;
      const end = Math.min(round.members.length, round.at + left);
      left -= end - round.at;
      for (; round.at < end; round.at++) round.write(round.members[round.at]!);
      if (round.at < round.members.length) break;
      this.#waiting.shift();
      round.done();
    }
    if (this.#waiting.length > 0) this.#cancel = this.#scheduler.after(0, () => this.#next());
  }
}

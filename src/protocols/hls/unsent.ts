/** An answer of which some bytes wait to be taken. */
export interface Answer {
  readonly queued: number;
  cut(): void;
}

/** Answers that are on their way. One of which nothing is taken for too long is cut: its bytes are kept for it. */
export class Unsent<A extends Answer> {
  readonly #answers = new Map<A, { queued: number; since: number }>();

  get size(): number {
    return this.#answers.size;
  }

  add(answer: A, now: number): void {
    this.#answers.set(answer, { queued: answer.queued, since: now });
  }

  /** It is out, or its connection is gone. */
  remove(answer: A): void {
    this.#answers.delete(answer);
  }

  /** Cuts those that took nothing for as long as `longest`; gives them. Same unit as `now`. */
  sweep(now: number, longest: number): A[] {
    const stalled: A[] = [];
    for (const [answer, last] of this.#answers) {
      const { queued } = answer;
      if (queued === 0 || queued !== last.queued) this.#answers.set(answer, { queued, since: now });
      else if (now - last.since >= longest) stalled.push(answer);
    }
    for (const answer of stalled) {
      this.#answers.delete(answer);
      answer.cut();
    }
    return stalled;
  }
}

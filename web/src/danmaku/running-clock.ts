/** A clock that can stand still. ms */
export class RunningClock {
  #lost = 0;
  #stoppedAt: number | undefined;

  /** Its time when the clock of the wall, or any other that goes on, says `real`. */
  at(real: number): number {
    return (this.#stoppedAt ?? real) - this.#lost;
  }

  get stopped(): boolean {
    return this.#stoppedAt !== undefined;
  }

  stop(real: number): void {
    this.#stoppedAt ??= real;
  }

  start(real: number): void {
    if (this.#stoppedAt !== undefined) this.#lost += real - this.#stoppedAt;
    this.#stoppedAt = undefined;
  }
}

import type { Clock } from '../../../src/client/index.ts';

/** A paused player lets go of the stream after this long. ms */
const PARK = 30_000;

export interface RestOptions {
  clock: Clock;
  /** The pause has become a long one: the stream is let go of. */
  park: () => void;
}

/** The viewer’s pause. */
export class Rest {
  paused: boolean = $state(false);
  /** The stream was let go of. */
  parked = false;
  readonly #options: RestOptions;
  #cancel: (() => void) | undefined;

  constructor(options: RestOptions) {
    this.#options = options;
  }

  begin(): void {
    const { clock, park } = this.#options;
    this.paused = true;
    this.#cancel?.();
    this.#cancel = clock.after(PARK, () => {
      this.parked = true;
      park();
    });
  }

  /** It plays again, or there is nothing any more to be paused. True where the stream has to be joined anew. */
  end(): boolean {
    const { parked } = this;
    this.paused = this.parked = false;
    this.#cancel?.();
    return parked;
  }

  close(): void {
    this.#cancel?.();
  }
}

import type { Clock } from '../../../src/client/index.ts';

/** Between two attempts. ms */
const AGAIN = 2000;

export interface Insistence<T> {
  clock: Clock;
  load: () => Promise<T>;
  came: (loaded: T) => void;
  /** An attempt has failed; another one follows. */
  failed: () => void;
}

/** Loads a part of the page, again and again until it comes: the network may be away. Returns what makes it stop. */
export function insist<T>({ clock, load, came, failed }: Insistence<T>): () => void {
  let over = false;
  let cancel: (() => void) | undefined;
  const ask = (): void => {
    load().then(
      (loaded) => over || came(loaded),
      () => {
        if (over) return;
        cancel = clock.after(AGAIN, ask);
        failed();
      },
    );
  };
  ask();
  return () => {
    over = true;
    cancel?.();
  };
}

/** Told afterwards, never asked: a typed list of listeners. A listener that throws is reported and costs nobody else. */
export class Events<M extends object> {
  readonly #listeners = new Map<keyof M, Set<(value: never) => void>>();
  readonly #failed: (error: unknown) => void;

  constructor(failed: (error: unknown) => void) {
    this.#failed = failed;
  }

  /** Listens until the returned function is called. */
  on<K extends keyof M>(name: K, listener: (value: M[K]) => void): () => void {
    let set = this.#listeners.get(name);
    if (!set) this.#listeners.set(name, (set = new Set()));
    set.add(listener as (value: never) => void);
    return () => set.delete(listener as (value: never) => void);
  }

  emit<K extends keyof M>(name: K, value: M[K]): void {
    const set = this.#listeners.get(name);
    if (!set) return;
    for (const listener of set) {
      try {
        (listener as (value: M[K]) => void)(value);
      } catch (error) {
        this.#failed(error);
      }
    }
  }
}

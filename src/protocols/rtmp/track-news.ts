import type { Stream, StreamSink } from '../../live/stream.ts';

/** Tells the players of one stream when its tracks may be others, whoever plays it. */
export class TrackNews implements StreamSink {
  readonly #listeners = new Set<() => void>();
  readonly #empty: () => void;

  private constructor(empty: () => void) {
    this.#empty = empty;
  }

  /** Calls `listener` until the returned function is called. Listeners must not throw. */
  static listen(stream: Stream, listener: () => void): () => void {
    const news = stream.share('rtmp tracks', (empty) => new TrackNews(empty));
    news.#listeners.add(listener);
    return () => {
      if (news.#listeners.delete(listener) && news.#listeners.size === 0) news.#empty();
    };
  }

  update(): void {
    for (const listener of this.#listeners) listener();
  }

  write(): void {}

  end(): void {}
}

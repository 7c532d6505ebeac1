import type { MediaEvent } from '../containers/demuxer.ts';
import { ProtocolError, RoomcastError } from '../errors.ts';
import type { Scheduler } from '../live/scheduler.ts';
import { SECOND } from '../media/time.ts';
import { Census } from './census.ts';

/** A stream is measured for this long at least, and at most; µs. */
const LEAST = 2 * SECOND;
const MOST = 12 * SECOND;
/** Until the first picture or sound; µs. */
const SILENCE = 10 * SECOND;

/**
 * Watches a stream until it is known well enough: two key frames of every picture, or some seconds of sound. Whole GOPs
 * from the past may come at once, so that what counts is the stream's time, and its patience is ours.
 */
export class Watch {
  readonly census: Census = new Census();
  /** Resolves when it has seen enough. Rejects when nothing comes, or it was told to leave. */
  readonly done: Promise<void>;
  readonly scheduler: Scheduler;
  readonly #done = Promise.withResolvers<void>();
  readonly #signal: AbortSignal | undefined;
  readonly #leave = (): void => this.fail(interrupted());
  #cancel: () => void;
  #began = false;

  constructor(scheduler: Scheduler, signal?: AbortSignal) {
    this.done = this.#done.promise;
    this.done.catch(() => {}); // it may be over before anybody waits
    this.scheduler = scheduler;
    this.#cancel = scheduler.after(SILENCE, () => this.fail(silence()));
    this.#signal = signal;
    signal?.addEventListener('abort', this.#leave, { once: true });
  }

  add(event: MediaEvent): void {
    this.census.add(event);
    if (event.type !== 'frame' || event.frame.track.kind === 'data') return;
    if (!this.#began) {
      this.#began = true;
      this.#cancel();
      this.#cancel = this.scheduler.after(MOST, () => this.end());
    }
    const { span, sawGops, hasVideo } = this.census;
    if (span >= LEAST && (sawGops || (!hasVideo && span >= 2 * LEAST))) this.end();
  }

  /** The stream is over: what was seen has to do. */
  end(): void {
    this.#over();
    if (this.#began) this.#done.resolve();
    else this.#done.reject(silence());
  }

  fail(error: RoomcastError): void {
    this.#over();
    this.#done.reject(error);
  }

  #over(): void {
    this.#cancel();
    this.#signal?.removeEventListener('abort', this.#leave);
  }
}

/** Whoever asked wants to know no more. */
export function interrupted(): RoomcastError {
  return new RoomcastError('bad-request', 'It was interrupted.');
}

function silence(): RoomcastError {
  return new ProtocolError(
    'Neither picture nor sound came within 10 s. Most likely nothing is live there.',
    'time-out',
  );
}

import { ApiError } from './api.ts';
import type { Clock } from './clock.ts';
import type { ErrorMessage, OkMessage } from './messages.ts';

/** A request without an answer for this long is given up: a server that is flooded leaves some unanswered. ms */
const ANSWER_WITHIN = 15_000;
/** Requests that may wait at once, as many as the server takes of one socket. */
const MOST = 32;

interface Waiting {
  resolve(answer: OkMessage): void;
  reject(error: ApiError): void;
  cancel(): void;
}

/** Requests on a socket that have no answer yet. */
export class Pending {
  readonly #clock: Clock;
  readonly #waiting = new Map<number, Waiting>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Waits for the answer to the request of that id. Rejects with an `ApiError`. */
  wait(id: number): Promise<OkMessage> {
    if (this.#waiting.size >= MOST)
      return Promise.reject(new ApiError('too-many-requests', 0, 'Too much is being asked at once.'));
    return new Promise((resolve, reject) => {
      const cancel = this.#clock.after(ANSWER_WITHIN, () => {
        this.#waiting.delete(id);
        reject(new ApiError('time-out', 0, 'The server has not answered.'));
      });
      this.#waiting.set(id, { resolve, reject, cancel });
    });
  }

  /** An answer came; false when nobody waits for it. */
  settle(answer: OkMessage | ErrorMessage): boolean {
    const waiting = answer.id === undefined ? undefined : this.#waiting.get(answer.id);
    if (!waiting) return false;
    this.#waiting.delete(answer.id!);
    waiting.cancel();
    if (answer.type === 'ok') waiting.resolve(answer);
    else waiting.reject(new ApiError(answer.code, 0, answer.message, undefined, answer.detail));
    return true;
  }

  /** The socket is gone: whether what was asked is done nobody knows. */
  drop(): void {
    const all = [...this.#waiting.values()];
    this.#waiting.clear();
    for (const { cancel, reject } of all) {
      cancel();
      reject(new ApiError('unreachable', 0, 'The connection was lost.'));
    }
  }
}

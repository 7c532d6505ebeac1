import type { Scheduler } from '../../live/scheduler.ts';
import { SECOND } from '../../media/time.ts';
import { Places } from './places.ts';
import type { Post, PostResult, SendPost } from './signed-post.ts';

/** Questions to one server at a time: a storm of viewers, and no flood of connections. More are not asked. */
const MAX_ASKED = 32;
/** Of these, about those who are here already: they can wait, and leave the rest to those who come. */
const MAX_ASKED_AGAIN = 8;
/** After so many failures in a row it is not asked for a while, but by one question to see whether it is back. */
const [MAX_FAILURES, REST] = [3, 10 * SECOND];
/** Largest answer that means anything: a few words and a text of the chat. Bytes */
const MAX_ANSWER = 16 * 1024;

export interface EndpointLineOptions {
  send: SendPost;
  scheduler: Pick<Scheduler, 'now'>;
}

/** Asks one other server, so that one that is slow or gone costs those who wait for it little, and all others nothing. */
export class EndpointLine {
  readonly #options: EndpointLineOptions;
  #asked = 0;
  #failures = 0;
  /** Monotonic µs of the last failure. */
  #failed = 0;
  #probing = false;
  readonly #again = new Places(MAX_ASKED_AGAIN);

  constructor(options: EndpointLineOptions) {
    this.#options = options;
  }

  /** The object that it answers; undefined where it gives none in time. `told`: how it went, where it was asked. */
  async ask(post: Post, told: (result: PostResult) => void): Promise<Record<string, unknown> | undefined> {
    if (this.#asked >= MAX_ASKED) return undefined;
    const probes = this.#failures >= MAX_FAILURES;
    if (probes && (this.#probing || this.#options.scheduler.now() - this.#failed < REST)) return undefined;
    this.#asked++;
    this.#probing = probes;
    try {
      const result = await this.#options.send(post);
      const answer = result.answer && objectIn(result.answer.body);
      told(answer || !result.ok ? result : { ...result, ok: false, error: 'Its answer is no JSON object.' });
      this.#count(answer !== undefined);
      return answer;
    } finally {
      this.#asked--;
      if (probes) this.#probing = false;
    }
  }

  /** As `ask`, for what can wait its turn. */
  askAgain(post: Post, told: (result: PostResult) => void): Promise<Record<string, unknown> | undefined> {
    return this.#again.run(() => this.ask(post, told));
  }

  #count(ok: boolean): void {
    if (ok) this.#failures = 0;
    else {
      this.#failures++;
      this.#failed = this.#options.scheduler.now();
    }
  }
}

/** The JSON object of an answer; an empty one has nothing to say. */
function objectIn(body: Buffer): Record<string, unknown> | undefined {
  if (body.length === 0) return {};
  if (body.length > MAX_ANSWER) return undefined;
  try {
    const value: unknown = JSON.parse(body.toString());
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : undefined;
  } catch {
    return undefined;
  }
}

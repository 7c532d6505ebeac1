import { Busy, Denied } from '../../errors.ts';
import type { Scheduler } from '../../live/scheduler.ts';
import { SECOND } from '../../media/time.ts';
import type { Logger } from '../../log.ts';
import { EndpointLine } from './endpoint-line.ts';
import type { Decision, Hook } from './hook.ts';
import type { HookDirectory } from './hook-directory.ts';
import { eventBody } from './hook-event.ts';
import type { SendPost } from './signed-post.ts';
import { readVerdict, type Verdict } from './verdict.ts';

/** A viewer who comes back, or loads list after list, is not asked for again within this. */
const REMEMBERED = 30 * SECOND;
/** Viewers whose decision is remembered at once. */
const MAX_REMEMBERED = 20_000;

/** What somebody wants to do. */
export interface DecisionQuestion {
  readonly what: Decision;
  /** Id and slug of the room. */
  readonly room: string;
  readonly slug: string;
  readonly data: object;
  /** Who asks, where the answer is remembered for a while. */
  readonly who?: string;
}

export interface DecisionHooksOptions {
  hooks: Pick<HookDirectory, 'deciding' | 'secretOf'>;
  scheduler: Pick<Scheduler, 'now' | 'wall'>;
  send: SendPost;
  /** µs */
  time: number;
  /** Ends every question. */
  signal: AbortSignal;
  logger: Logger;
}

/** Asks other servers whether somebody may do something. They can refuse what is allowed here, and allow nothing that is not. */
export class DecisionHooks {
  readonly #options: DecisionHooksOptions;
  readonly #lines = new Map<string, EndpointLine>();
  /** Webhook and viewer → what it said, and until when that holds. The oldest come first. */
  readonly #remembered = new Map<string, { verdict: Verdict; until: number }>();

  constructor(options: DecisionHooksOptions) {
    this.#options = options;
  }

  /** Whether anybody has a say in what is done in a room. */
  concerns(what: Decision, room: string): boolean {
    return this.#options.hooks.deciding(what, room).length > 0;
  }

  /**
   * Asks all who have a say, at the same time. Throws `denied`, or `not-allowed` for a message, with the reason that one
   * gives, and `busy` where one that has to answer does not.
   */
  async ask(question: DecisionQuestion): Promise<{ hold: boolean }> {
    const hooks = this.#options.hooks.deciding(question.what, question.room);
    if (hooks.length === 0) return { hold: false };
    const verdicts = await Promise.all(hooks.map((hook) => this.#verdict(hook, question)));
    for (const [index, verdict] of verdicts.entries()) {
      if (verdict === undefined && hooks[index]!.fail === 'closed')
        throw new Busy('Another server decides about this, and does not answer. Try again in a moment.');
      if (verdict?.allow === false)
        throw new Denied(question.what === 'chat' ? 'not-allowed' : 'denied', verdict.reason);
    }
    return { hold: verdicts.some((verdict) => verdict?.hold) };
  }

  /** It was changed, or is gone: what it said does not hold any more. */
  forget(hook: string): void {
    this.#lines.delete(hook);
    for (const key of this.#remembered.keys()) if (key.startsWith(`${hook} `)) this.#remembered.delete(key);
  }

  async #verdict(hook: Hook, question: DecisionQuestion): Promise<Verdict | undefined> {
    const { scheduler, hooks, time, signal, logger } = this.#options;
    const { what, room, slug, data, who } = question;
    const key = who === undefined ? undefined : `${hook.id} ${room} ${what} ${who}`;
    const known = key === undefined ? undefined : this.#remembered.get(key);
    if (known && scheduler.now() < known.until) return known.verdict;
    const { id, body } = eventBody({ type: `decide.${what}`, room: slug, data, now: scheduler.wall() });
    const secret = hooks.secretOf(hook.id);
    const answer = await this.#line(hook.id).ask({ url: hook.url, secret, id, body, time, signal }, (result) => {
      const { status, error } = result;
      if (!result.ok)
        logger.warn({ hook: hook.id, what, status, error, fail: hook.fail }, 'a webhook that decides gave no answer');
    });
    const verdict = answer && readVerdict(answer);
    if (verdict && key !== undefined) this.#remember(key, verdict);
    return verdict;
  }

  #line(hook: string): EndpointLine {
    let line = this.#lines.get(hook);
    if (!line) this.#lines.set(hook, (line = new EndpointLine(this.#options)));
    return line;
  }

  #remember(key: string, verdict: Verdict): void {
    this.#remembered.delete(key);
    for (const oldest of this.#remembered.keys()) {
      if (this.#remembered.size < MAX_REMEMBERED) break;
      this.#remembered.delete(oldest);
    }
    this.#remembered.set(key, { verdict, until: this.#options.scheduler.now() + REMEMBERED });
  }
}

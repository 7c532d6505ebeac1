import { Busy, Denied } from '../../errors.ts';
import type { Scheduler } from '../../live/scheduler.ts';
import { SECOND } from '../../media/time.ts';
import type { Logger } from '../../log.ts';
import { EndpointLine } from './endpoint-line.ts';
import type { Decision, Hook } from './hook.ts';
import type { HookDirectory } from './hook-directory.ts';
import { eventBody } from './hook-event.ts';
import type { PostResult, SendPost } from './signed-post.ts';
import { readVerdict, type Verdict } from './verdict.ts';

/** A viewer who comes back, or loads list after list, is not asked for again within this. */
const REMEMBERED = 30 * SECOND;
/** Viewers whose decision is remembered at once. */
const MAX_REMEMBERED = 20_000;
/** For so long somebody is let in by a webhook that does not answer and fails open; then it is asked again. */
const UNANSWERED = 60 * SECOND;

/** What somebody wants to do. */
export interface DecisionQuestion {
  readonly what: Decision;
  /** Id and slug of the room. */
  readonly room: string;
  readonly slug: string;
  readonly data: object;
  /** Who asks, where the answer is remembered for a while. */
  readonly who?: string;
  /** They are here already: what is remembered counts for nothing, and the question can wait its turn. */
  readonly again?: boolean;
}

/** That nobody refused. */
export interface Decided {
  /** Of a message: it waits until somebody who looks after the room lets it through. */
  readonly hold: boolean;
  /** Of a session: monotonic µs at which the yes is over. */
  readonly until?: number;
}

/** What one webhook said, and the monotonic µs until which its yes holds. */
interface Said {
  readonly verdict: Verdict;
  readonly until: number;
}

export interface DecisionHooksOptions {
  hooks: Pick<HookDirectory, 'deciding' | 'secretsOf'>;
  scheduler: Pick<Scheduler, 'now' | 'wall'>;
  send: SendPost;
  /** µs */
  time: number;
  /** Ends every question. */
  signal: AbortSignal;
  logger: Logger;
}

/** The refusal of a webhook that has to answer, and does not. */
export function noAnswer(): Busy {
  return new Busy('Another server decides about this, and does not answer. Try again in a moment.');
}

/** Asks other servers whether somebody may do something. They can refuse what is allowed here, and allow nothing that is not. */
export class DecisionHooks {
  readonly #options: DecisionHooksOptions;
  readonly #lines = new Map<string, EndpointLine>();
  /** Webhook and viewer → what it said, and until when that holds. The oldest come first. */
  readonly #remembered = new Map<string, { said: Said; until: number }>();

  constructor(options: DecisionHooksOptions) {
    this.#options = options;
  }

  /** Whether anybody has a say in what is done in a room. */
  concerns(what: Decision, room: string): boolean {
    return this.#options.hooks.deciding(what, room).length > 0;
  }

  /** Whether somebody who has a say refuses by saying nothing. */
  failsClosed(what: Decision, room: string): boolean {
    return this.#options.hooks.deciding(what, room).some(({ fail }) => fail === 'closed');
  }

  /**
   * Asks all who have a say, at the same time. Throws `denied`, or `not-allowed` for a message, with the reason that one
   * gives, and `busy` where one that has to answer does not.
   */
  async ask(question: DecisionQuestion): Promise<Decided> {
    const hooks = this.#options.hooks.deciding(question.what, question.room);
    if (hooks.length === 0) return { hold: false };
    const answers = await Promise.all(hooks.map((hook) => this.#answer(hook, question)));
    for (const said of answers)
      if (said?.verdict.allow === false)
        throw new Denied(question.what === 'chat' ? 'not-allowed' : 'denied', said.verdict.reason);
    if (answers.some((said, index) => !said && hooks[index]!.fail === 'closed')) throw noAnswer();
    const unanswered = this.#options.scheduler.now() + UNANSWERED;
    const until = Math.min(...answers.map((said) => said?.until ?? unanswered));
    return { hold: answers.some((said) => said?.verdict.hold), ...(until < Infinity && { until }) };
  }

  /** It was changed, or is gone: what it said does not hold any more. */
  forget(hook: string): void {
    this.#lines.delete(hook);
    for (const key of this.#remembered.keys()) if (key.startsWith(`${hook} `)) this.#remembered.delete(key);
  }

  async #answer(hook: Hook, question: DecisionQuestion): Promise<Said | undefined> {
    const { room, what, who, again = false } = question;
    const key = who === undefined ? undefined : `${hook.id} ${room} ${what} ${who}`;
    const known = key === undefined || again ? undefined : this.#remembered.get(key);
    if (known && this.#options.scheduler.now() < known.until) return known.said;
    const verdict = await this.#verdict(hook, question);
    if (!verdict) return undefined;
    const { validFor = Infinity } = verdict;
    const said = { verdict, until: this.#options.scheduler.now() + validFor * SECOND };
    if (key !== undefined) this.#remember(key, said);
    return said;
  }

  async #verdict(hook: Hook, { what, slug, data, again }: DecisionQuestion): Promise<Verdict | undefined> {
    const { scheduler, hooks, time, signal, logger } = this.#options;
    const { id, body } = eventBody({ type: `decide.${what}`, room: slug, data, now: scheduler.wall() });
    const post = { url: hook.url, secrets: hooks.secretsOf(hook.id), id, body, time, signal };
    const told = ({ ok, status, error }: PostResult): void => {
      if (!ok)
        logger.warn({ hook: hook.id, what, status, error, fail: hook.fail }, 'a webhook that decides gave no answer');
    };
    const line = this.#line(hook.id);
    const answer = await (again ? line.askAgain(post, told) : line.ask(post, told));
    return answer && readVerdict(answer);
  }

  #line(hook: string): EndpointLine {
    let line = this.#lines.get(hook);
    if (!line) this.#lines.set(hook, (line = new EndpointLine(this.#options)));
    return line;
  }

  #remember(key: string, said: Said): void {
    this.#remembered.delete(key);
    for (const oldest of this.#remembered.keys()) {
      if (this.#remembered.size < MAX_REMEMBERED) break;
      this.#remembered.delete(oldest);
    }
    const until = Math.min(said.until, this.#options.scheduler.now() + REMEMBERED);
    this.#remembered.set(key, { said, until });
  }
}

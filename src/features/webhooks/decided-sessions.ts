import { Denied, type RoomcastError, toRoomcastError } from '../../errors.ts';
import type { Access } from '../../live/access.ts';
import type { Hub } from '../../live/hub.ts';
import type { Scheduler } from '../../live/scheduler.ts';
import type { Session } from '../../live/session.ts';
import { SECOND } from '../../media/time.ts';
import { noAnswer } from './decision-hooks.ts';

/** How often is looked who is to be asked about again. */
const SWEEP = SECOND;
/** So much of a yes passes before it is asked for again: what is left is for a server that is slow, or just starts. */
const PASSES = 2 / 3;
/** Shortest wait between two questions that nobody answers. */
const RETRY = 2 * SECOND;

export interface DecidedSessionsOptions {
  hub: Pick<Hub, 'events' | 'dismiss'>;
  scheduler: Pick<Scheduler, 'now' | 'every'>;
  /** Asks about a session once more: monotonic µs at which the yes is over, if ever. Rejects with `Denied`, or with anything else where there is no answer. */
  ask(session: Session): Promise<number | undefined>;
  /** Whether silence about a session refuses it. */
  failsClosed(session: Session): boolean;
}

/** A yes that ends. Monotonic µs. */
interface Term {
  /** When it is asked for again; never while a question is under way. */
  due: number;
  until: number;
}

/** Sessions that another server has let in for some time: it is asked again before that is over, and its “no” ends them. */
export class DecidedSessions {
  readonly #options: DecidedSessionsOptions;
  /** What was let in and has no session yet; what never gets one is forgotten with it. */
  readonly #admitted = new WeakMap<Access, number>();
  readonly #terms = new Map<Session, Term>();
  readonly #stop: (() => void)[];

  constructor(options: DecidedSessionsOptions) {
    this.#options = options;
    const { events } = options.hub;
    this.#stop = [
      events.on('session-start', (session) => {
        const until = this.#admitted.get(session.access);
        if (until !== undefined) this.#terms.set(session, this.#term(until));
      }),
      events.on('session-end', ({ session }) => void this.#terms.delete(session)),
      options.scheduler.every(SWEEP, () => this.#sweep()),
    ];
  }

  /** What is asked for was allowed, until then or for good. */
  admit(access: Access, until: number | undefined): void {
    if (until === undefined) this.#admitted.delete(access);
    else this.#admitted.set(access, until);
  }

  close(): void {
    for (const off of this.#stop) off();
    this.#terms.clear();
  }

  #sweep(): void {
    const now = this.#options.scheduler.now();
    for (const [session, term] of this.#terms) {
      if (now >= term.due) void this.#ask(session, term);
      else if (term.due === Infinity && now >= term.until && this.#options.failsClosed(session))
        this.#end(session, noAnswer());
    }
  }

  async #ask(session: Session, term: Term): Promise<void> {
    term.due = Infinity;
    const answer = await this.#options.ask(session).then(
      (until) => ({ until }),
      (error: unknown) => ({ error: toRoomcastError(error) }),
    );
    // It is over, or was ended, while the question was under way.
    if (this.#terms.get(session) !== term) return;
    if ('error' in answer) this.#refused(session, term, answer.error);
    else if (answer.until === undefined) this.#terms.delete(session);
    else this.#terms.set(session, this.#term(answer.until));
  }

  #refused(session: Session, term: Term, error: RoomcastError): void {
    const now = this.#options.scheduler.now();
    if (error instanceof Denied || now >= term.until) this.#end(session, error);
    else term.due = Math.min(now + Math.max(RETRY, (term.until - now) / 2), term.until);
  }

  #end(session: Session, error: RoomcastError): void {
    this.#terms.delete(session);
    this.#options.hub.dismiss(session, error);
  }

  #term(until: number): Term {
    const now = this.#options.scheduler.now();
    return { due: now + (until - now) * PASSES, until };
  }
}

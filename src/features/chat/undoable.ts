import type { Scheduler } from '../../live/scheduler.ts';
import { SECOND } from '../../media/time.ts';
import type { MessageRow } from './chat-tables.ts';

/** How long authors may bring back what they took away: the page offers it for six seconds, and the way here takes some. */
const UNDO_TIME = 15 * SECOND;
/** Messages of one room that can be brought back: more than this in that time is no mistake. */
const MAX_UNDOABLE = 500;

/** What authors took away just now, and how it was before. */
export class Undoable {
  readonly #scheduler: Pick<Scheduler, 'now'>;
  readonly #states = new Map<string, { state: MessageRow['state']; at: number }>();

  constructor(scheduler: Pick<Scheduler, 'now'>) {
    this.#scheduler = scheduler;
  }

  add({ id, state }: Pick<MessageRow, 'id' | 'state'>): void {
    this.#states.delete(id);
    this.#states.set(id, { state, at: this.#scheduler.now() });
    for (const oldest of this.#states.keys()) {
      if (this.#states.size <= MAX_UNDOABLE) break;
      this.#states.delete(oldest);
    }
  }

  /** How a message was before it was taken away; undefined where that cannot be undone any more. */
  take(id: string): MessageRow['state'] | undefined {
    const taken = this.#states.get(id);
    this.#states.delete(id);
    return taken && this.#scheduler.now() - taken.at <= UNDO_TIME ? taken.state : undefined;
  }
}

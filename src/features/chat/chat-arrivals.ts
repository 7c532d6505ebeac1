import type { ChatMessage } from '../../client/messages.ts';
import { isAtLeast } from '../../live/access.ts';
import type { ChatLog } from './chat-log.ts';
import type { Author } from './chat-speakers.ts';

/** What was pushed last, for those who come back. */
const RING = 300;
/** Messages that one who comes back is told at most; further back there is a gap. */
const MAX_MISSED = 500;
/** How many stand there for one who comes. */
const RECENT = 50;

/** What there is to know at once for one who comes, or comes back. */
export interface Arrival {
  messages: ChatMessage[];
  /** More was missed than is told. */
  gap?: true;
}

/** What those of one room have missed who come, or come back: of late from memory, else from the log. */
export class ChatArrivals {
  readonly #room: string;
  readonly #log: ChatLog;
  /** What was pushed last, in the order of revisions. */
  #ring: ChatMessage[] = [];
  /** Everything after this revision is in the ring. */
  #ringFrom: string;

  /** `rev`: whatever is pushed has a later one. */
  constructor({ room, log, rev }: { room: string; log: ChatLog; rev: string }) {
    this.#room = room;
    this.#log = log;
    this.#ringFrom = rev;
  }

  /** It is pushed in this moment. */
  push(message: ChatMessage): void {
    this.#ring.push(message);
    if (this.#ring.length <= RING) return;
    const gone = this.#ring.splice(0, this.#ring.length - RING);
    this.#ringFrom = gone.at(-1)!.rev;
  }

  /**
   * Gets ready what one who comes, or comes back, has to know. The function that it gives is called in the moment from which
   * on they hear what is pushed: nothing is lost between the two.
   */
  async arrive({ identity, role }: Author, since: string | undefined): Promise<() => Arrival & { heard: string }> {
    const [log, room] = [this.#log, this.#room];
    const seesHeld = isAtLeast(role, 'moderator');
    let known: ChatMessage[] = [];
    let upTo = since;
    if (since === undefined) known = await log.page(room, { limit: RECENT, held: seesHeld });
    else if (since < this.#ringFrom) known = await log.since(room, since, MAX_MISSED);
    for (const { rev } of known) if (upTo === undefined || rev > upTo) upTo = rev;
    const gap = since !== undefined && known.length >= MAX_MISSED;
    const own = await log.reactedBy(identity?.id, [...known, ...this.#ring]);
    return () => {
      const later = this.#ring.filter(({ rev }) => upTo === undefined || rev > upTo);
      const messages = [...known.filter(({ id }) => !later.some((newer) => newer.id === id)), ...later]
        .filter(({ held }) => !held || seesHeld)
        .map(own);
      const heard = later.at(-1)?.rev ?? upTo ?? this.#ringFrom;
      return { messages, heard, ...(gap ? { gap: true as const } : {}) };
    };
  }
}

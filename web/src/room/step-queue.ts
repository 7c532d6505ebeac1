import type { ChatMessage } from '../../../src/client/index.ts';

/** A message waits no longer for its picture, which may stand still. ms */
const LONGEST = 30_000;
/** Messages that wait at once; the oldest is shown when there are more. */
const MOST = 500;

/** Where somebody’s picture is: seconds of a broadcast. */
export interface Position {
  broadcast: string;
  mediaTime: number;
}

/** Messages that wait until the picture is where it was when they were written. */
export class StepQueue {
  #waiting: { message: ChatMessage; since: number }[] = [];

  get size(): number {
    return this.#waiting.length;
  }

  /** Takes a message if it has to wait. `now`: monotonic, ms. */
  take(message: ChatMessage, position: Position | undefined, now: number): boolean {
    if (!isAhead(message, position)) return false;
    this.#waiting.push({ message, since: now });
    return true;
  }

  /** A message that waits has changed; false if it does not wait. One that was taken away is not shown at all. */
  change(message: ChatMessage): boolean {
    const waiting = this.#waiting.find((other) => other.message.id === message.id);
    if (!waiting) return false;
    if (message.deleted) this.#waiting = this.#waiting.filter((other) => other !== waiting);
    else if (message.rev > waiting.message.rev) waiting.message = message;
    return true;
  }

  /** What is to be shown now; everything without a position. */
  due(position: Position | undefined, now: number): ChatMessage[] {
    const over = this.#waiting.length - MOST;
    const isDue = ({ message, since }: { message: ChatMessage; since: number }, place: number): boolean =>
      place < over || now - since >= LONGEST || !isAhead(message, position);
    const due = this.#waiting.filter(isDue);
    if (due.length > 0) this.#waiting = this.#waiting.filter((waiting) => !due.includes(waiting));
    return due.map(({ message }) => message);
  }
}

/** Written about a picture that is not seen yet. */
function isAhead({ broadcast, mediaTime }: ChatMessage, position: Position | undefined): boolean {
  return (
    position !== undefined &&
    mediaTime !== undefined &&
    broadcast === position.broadcast &&
    mediaTime > position.mediaTime
  );
}

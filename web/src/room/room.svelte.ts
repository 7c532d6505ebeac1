import { type Clock, connectRoom, type RoomConnection } from '../../../src/client/index.ts';
import { reduceRoom, type RoomView, unknownRoom } from './state.ts';

/** The room of the page: what its socket tells, as state. */
export class RoomStore {
  view: RoomView = $state.raw(unknownRoom);
  readonly slug: string;
  #connection: RoomConnection | undefined;
  #closed = false;

  /** `after`: what has to be settled before, the owner's claim. */
  constructor(options: { base: string; slug: string; clock: Clock; after?: Promise<unknown> | undefined }) {
    const { base, slug, clock, after } = options;
    this.slug = slug;
    const open = (): void => {
      if (this.#closed) return;
      this.#connection = connectRoom({
        base,
        slug,
        clock,
        listener: (event) => (this.view = reduceRoom(this.view, event, clock.now())),
      });
    };
    if (after) void after.then(open, open);
    else open();
  }

  get roundTrip(): number {
    return this.#connection?.roundTrip ?? 0;
  }

  /** The server's wall clock minus ours in ms, once measured. */
  get clockOffset(): number | undefined {
    return this.#connection?.clockOffset;
  }

  retry(): void {
    this.#connection?.retry();
  }

  /** Comes anew, as who one is now. */
  reconnect(): void {
    this.#connection?.reconnect();
  }

  close(): void {
    this.#closed = true;
    this.#connection?.close();
  }
}

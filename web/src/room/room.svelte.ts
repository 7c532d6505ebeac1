import { type Clock, connectRoom, type RoomConnection } from '../../../src/client/index.ts';
import { reduceRoom, type RoomView, unknownRoom } from './state.ts';

/** The room of the page: what its socket tells, as state. */
export class RoomStore {
  view: RoomView = $state.raw(unknownRoom);
  readonly slug: string;
  readonly #open: () => RoomConnection;
  #connection: RoomConnection;

  constructor(options: { base: string; slug: string; clock: Clock }) {
    const { base, slug, clock } = options;
    this.slug = slug;
    this.#open = () =>
      connectRoom({ base, slug, clock, listener: (event) => (this.view = reduceRoom(this.view, event, clock.now())) });
    this.#connection = this.#open();
  }

  get roundTrip(): number {
    return this.#connection.roundTrip ?? 0;
  }

  /** The server's wall clock minus ours in ms, once measured. */
  get clockOffset(): number | undefined {
    return this.#connection.clockOffset;
  }

  retry(): void {
    this.#connection.retry();
  }

  /** Connects anew, with the rights that this browser has now. */
  reconnect(): void {
    this.#connection.close();
    this.#connection = this.#open();
  }

  close(): void {
    this.#connection.close();
  }
}

import { onMount } from 'svelte';
import { type Client, type Clock, type Room } from '../../../src/client/index.ts';

/** The list is read this often while it is looked at. ms */
const EVERY = 5000;

/** All rooms: `undefined` until they are known. Stays as it was while the server cannot be reached. */
export class RoomList {
  rooms: Room[] | undefined = $state.raw();
  reached: boolean = $state(true);

  constructor(client: Client, clock: Clock) {
    onMount(() => {
      let cancel: () => void = () => {};
      let over = false;
      const read = async (): Promise<void> => {
        cancel();
        try {
          if (!document.hidden) this.rooms = await client.rooms();
          this.reached = true;
        } catch {
          this.reached = false;
        }
        if (!over) cancel = clock.after(EVERY, () => void read());
      };
      const seen = (): void => void (document.hidden || read());
      document.addEventListener('visibilitychange', seen);
      addEventListener('online', seen);
      void read();
      return () => {
        over = true;
        cancel();
        document.removeEventListener('visibilitychange', seen);
        removeEventListener('online', seen);
      };
    });
  }

  /** The most watched first. */
  get live(): Room[] {
    return this.#sorted((room) => room.state === 'live' || room.state === 'waiting');
  }

  get idle(): Room[] {
    return this.#sorted((room) => room.state !== 'live' && room.state !== 'waiting');
  }

  #sorted(want: (room: Room) => boolean): Room[] {
    return (this.rooms ?? []).filter(want).sort((a, b) => b.viewers - a.viewers || a.slug.localeCompare(b.slug));
  }
}

import type { ServerMessage } from '../../../src/client/index.ts';
import type { RoomStore } from '../room/room.svelte.ts';

interface Follower<Type> {
  /** It is heard from now on: at first, and with each socket anew. */
  began: () => void;
  heard: (message: Extract<ServerMessage, { type: Type }>) => void;
}

/** Listens to a topic of the room for one part of the page, until the returned function is called. */
export function follow<Type extends ServerMessage['type']>(
  room: Pick<RoomStore, 'ask' | 'hear' | 'say'>,
  topic: Type,
  { began, heard }: Follower<Type>,
): () => void {
  let over = false;
  const begin = (): void =>
    void room.ask({ type: 'subscribe', topics: [topic] }).then(
      () => !over && began(),
      // One that is refused, or has no socket, is asked for again with the next.
      () => {},
    );
  const unhear = room.hear((message) => {
    // Who one is, and so what one may listen to, is known from here on.
    if (message.type === 'hello') begin();
    if (message.type === topic) heard(message as Extract<ServerMessage, { type: Type }>);
  });
  begin();
  return () => {
    over = true;
    unhear();
    room.say({ type: 'unsubscribe', topics: [topic] });
  };
}

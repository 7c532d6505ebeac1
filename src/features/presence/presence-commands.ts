import type { Beacon } from '../../client/messages.ts';
import type { App } from '../../plugin.ts';
import { beaconFields } from './beacon.ts';
import type { PresenceRooms } from './presence-rooms.ts';
import { looksAfter } from './room-presence.ts';

/** What is pushed on a room's socket of those who watch, and what their players say. */
export function addPresence({ services }: App, rooms: PresenceRooms): void {
  const { sockets } = services;
  sockets.topic({
    name: 'presence',
    access: 'anyone',
    unasked: true,
    summary:
      'How many watch, at once and at each change, once a second at most. Those who look after the room are told by which protocols, and of this broadcast how many different viewers there were and the most at once.',
    joined: (peer) => peer.say(rooms.of(peer.slug).presence(looksAfter(peer))),
  });
  sockets.topic({
    name: 'people',
    access: 'anyone',
    unasked: false,
    summary:
      'Names of those who came and went, once a second at most and not where more than a hundred watch; where the room does not show its viewers, for those who look after it.',
  });
  sockets.topic({
    name: 'audience',
    access: 'moderator',
    unasked: false,
    summary:
      'Who has signed in, the broadcast that is on and, for moderators, the viewers’ sessions with networks for addresses: at once, once a second while something is live, and else when it has changed. Two hundred of each at most.',
    joined: (peer) => peer.say(rooms.of(peer.slug).audience(peer.role)),
  });
  sockets.topic({
    name: 'qoe',
    access: 'moderator',
    unasked: false,
    summary: 'How well it plays, as players tell, every five seconds while something is live.',
  });
  sockets.topic({
    name: 'timeline',
    access: 'moderator',
    unasked: false,
    summary: 'Rates, latency and viewers, a point every two seconds while something is live.',
  });
  sockets.command({
    type: 'beacon',
    access: 'anyone',
    scope: 'read',
    summary:
      'What a player says of itself, every ten seconds and when something happens, once a second at most. Times are ms, “latency” seconds; counts are since the beacon before.',
    fields: beaconFields,
    required: ['path', 'state', 'played', 'stalls', 'stalled', 'frames', 'dropped'],
    handle(message: Beacon & { id?: unknown; type?: unknown }, peer) {
      const { id: _id, type: _type, ...beacon } = message;
      const said = rooms.of(peer.slug).say(peer, beacon);
      if (said) rooms.players.add(said);
      return {};
    },
  });
}

import type { Remote } from '../../live/access.ts';
import type { SocketPeer } from '../../plugin.ts';

/** Where somebody is: what a page and its player have in common. */
export function placeOf({ address, agent = '' }: Remote): string {
  return `${address} ${agent}`;
}

/** Who is in a room by its sockets, looked through once. */
export interface Here {
  peers: ReadonlySet<object>;
  /** Those with a name, by id. */
  names: ReadonlyMap<string, string>;
  /** Ids of those at a place. */
  places: ReadonlyMap<string, ReadonlySet<string>>;
  /** Topics that somebody listens to. */
  wanted: ReadonlySet<string>;
}

/** Looks at the sockets of one room. */
export function lookAround(peers: Iterable<SocketPeer>): Here {
  const names = new Map<string, string>();
  const places = new Map<string, Set<string>>();
  const wanted = new Set<string>();
  const all = new Set<object>();
  for (const peer of peers) {
    all.add(peer);
    for (const topic of peer.topics) wanted.add(topic);
    const { identity, remote } = peer.caller;
    if (!identity) continue;
    if (identity.name !== undefined) names.set(identity.id, identity.name);
    const place = placeOf(remote);
    const ids = places.get(place);
    if (ids) ids.add(identity.id);
    else places.set(place, new Set([identity.id]));
  }
  return { peers: all, names, places, wanted };
}

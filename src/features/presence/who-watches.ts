import type { RoomViewer } from '../../client/messages.ts';
import { type Identity, isAtLeast, type Remote, type RoomRole } from '../../live/access.ts';
import { pathOfSlug } from '../../live/path.ts';
import type { Session, SessionRecord } from '../../live/session.ts';
import type { App } from '../../plugin.ts';
import { shownNetwork } from '../../io/shown-network.ts';

/** Those who have signed in and are in a room, by its sockets or as viewers; `most` of them. */
export function signedIn({ hub, services }: Pick<App, 'hub' | 'services'>, slug: string, most: number): RoomViewer[] {
  const viewers = new Map<string, RoomViewer & { protocols: string[] }>();
  const see = (identity: Identity | undefined, remote: Remote, protocol?: string): void => {
    if (identity?.kind !== 'account') return;
    let viewer = viewers.get(identity.id);
    if (!viewer) {
      if (viewers.size >= most) return;
      const { id, name = '' } = identity;
      const role = services.rooms.roleOf(slug, { identity, remote }) ?? 'viewer';
      viewers.set(id, (viewer = { id, name, role, protocols: [] }));
    }
    if (protocol !== undefined && !viewer.protocols.includes(protocol)) viewer.protocols.push(protocol);
  };
  for (const { action, access, grant, protocol } of hub.sessionsOf(pathOfSlug(slug)))
    if (action === 'play') see(grant.identity, access.remote, protocol);
  for (const { caller } of services.sockets.peers(slug)) see(caller.identity, caller.remote);
  return [...viewers.values()];
}

/** The sessions of a room as somebody may see them; `most` of them. Who publishes, and from where people come, is for the owner to know. */
export function sessionsFor(
  role: RoomRole,
  sessions: Iterable<Session>,
  most: number = Number.POSITIVE_INFINITY,
): SessionRecord[] {
  const shown: SessionRecord[] = [];
  for (const session of sessions) {
    if (shown.length >= most) break;
    const record = session.toJSON();
    if (isAtLeast(role, 'owner')) shown.push(record);
    else if (session.action === 'play') shown.push({ ...record, remote: shownNetwork(record.remote) });
  }
  return shown;
}

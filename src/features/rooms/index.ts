import { CallLimit } from '../../io/call-limit.ts';
import { Passwords } from '../../io/passwords.ts';
import { PendingWrites } from '../../io/pending-writes.ts';
import type { Room } from '../../client/messages.ts';
import { NotFound } from '../../errors.ts';
import { isAtLeast } from '../../live/access.ts';
import { Events } from '../../live/events.ts';
import { pathOfSlug } from '../../live/path.ts';
import { SECOND } from '../../media/time.ts';
import type { App, Plugin, RoomsService, Running } from '../../plugin.ts';
import { createRooms } from './0001-rooms.ts';
import { addRoomTitle } from './0003-room-title.ts';
import { addRoomSettings } from './0005-room-settings.ts';
import { addShowViewers } from './0010-show-viewers.ts';
import { addEntryViewers } from './0014-entry-viewers.ts';
import { doorRoutes } from './door-routes.ts';
import { roomGate } from './gate.ts';
import { keyRoutes } from './key-routes.ts';
import { peopleRoutes } from './people-routes.ts';
import { RateGuard } from './rate-guard.ts';
import { roomActs } from './room-acts.ts';
import { RoomBans } from './room-bans.ts';
import { RoomControl } from './room-control.ts';
import { RoomDirectory } from './room-directory.ts';
import { RoomDoor } from './room-door.ts';
import { RoomEntries } from './room-entries.ts';
import { roomInfo, type Standing, streamInfo } from './room-info.ts';
import { RoomMembers } from './room-members.ts';
import type { RoomParts } from './room-parts.ts';
import { RoomPasses } from './room-passes.ts';
import type { RoomRecord } from './room-record.ts';
import { RoomRoles } from './room-roles.ts';
import { roomRoutes } from './room-routes.ts';

/** How often is looked whose proof has ended. */
const SWEEP = SECOND;
/** Passwords of one room that one network may try in five minutes. */
const TRIES = { calls: 10, window: 300 * SECOND };

/** Rooms, their keys, who is what in them, and the question at the gate. */
export const rooms: Plugin = {
  name: 'rooms',
  migrations: [createRooms, addRoomTitle, addRoomSettings, addShowViewers, addEntryViewers],
  async start(app: App): Promise<Running> {
    const { hub, http, scheduler, services, settings, log } = app;
    const events = new Events<{ changed: string; described: string }>((error) =>
      log.error({ err: error }, 'a listener of changed rooms failed'),
    );
    const report = (what: string) => (error: unknown) => log.error({ err: error }, what);
    const recheck = (matches: Parameters<typeof hub.recheck>[0]): void =>
      void hub.recheck(matches).catch(report('viewers could not be asked again who they are'));
    const changed = ({ slug }: RoomRecord): void => {
      const path = pathOfSlug(slug);
      recheck((session) => session.path === path && session.action === 'play');
      events.emit('changed', slug);
    };
    const parts = await openParts(app, { changed, described: ({ slug }) => events.emit('described', slug) });
    const { rooms: directory, control, door } = parts;
    if (directory.keys.unreadable > 0) {
      const words =
        'the data folder’s “secret” was lost or replaced: these stream keys still work, but cannot be shown';
      log.warn({ keys: directory.keys.unreadable }, words);
    }
    hub.authorize(
      roomGate({
        rooms: directory,
        door,
        hub,
        control,
        publish: settings.publish,
        identify: (credentials) => http.identify(credentials),
      }),
    );
    hub.nameable((path) => directory.ofPath(path) !== undefined);
    services.rooms = serviceOf(app, parts, {
      onChange: (listener) => events.on('changed', listener),
      onDescribed: (listener) => events.on('described', listener),
    });
    http.rolesBy((slug, caller) => services.rooms.roleOf(slug, caller));
    const routes = [roomRoutes, keyRoutes, peopleRoutes, doorRoutes].flatMap((make) => make(app, parts));
    for (const route of routes) http.route(route);
    const guard = new RateGuard({ hub, scheduler, limitOf: (path) => directory.ofPath(path)?.maxBitRate });
    const writes = new PendingWrites(log);
    const stop = [
      hub.events.on('stream', (stream) => {
        const writing = control.remember(stream);
        if (writing) writes.add(writing, 'the end of a broadcast was not stored');
      }),
      hub.events.on('session-start', ({ action, grant, path }) => {
        if (action !== 'publish' || grant.keyId === undefined) return;
        control.published(path, grant.keyId);
        writes.add(directory.keys.used(grant.keyId), 'the use of a key was not stored');
      }),
      services.accounts.onChange(() => recheck(({ grant }) => grant.identity !== undefined)),
      scheduler.every(SWEEP, () => {
        const now = scheduler.wall();
        recheck(({ grant }) => grant.ends !== undefined && grant.ends <= now);
      }),
      () => guard.close(),
    ];
    return {
      async close() {
        for (const off of stop) off();
        await writes.drain();
      },
    };
  },
};

async function openParts(app: App, events: Pick<RoomParts, 'changed' | 'described'>): Promise<RoomParts> {
  const { hub, scheduler, settings, store } = app;
  const directory = await RoomDirectory.open({ store, settings, scheduler });
  const members = await RoomMembers.open(store, scheduler);
  const bans = await RoomBans.open(store, scheduler);
  const entries = await RoomEntries.open(store, scheduler);
  const passes = new RoomPasses((text) => store.seal.mac(text, 'room passes'), scheduler);
  const roles = new RoomRoles({ members, bans, passes, entries });
  const door = new RoomDoor({ roles, entries, passes });
  return {
    rooms: directory,
    control: new RoomControl({ rooms: directory, hub, scheduler, restTime: settings.kickTime * SECOND }),
    members,
    bans,
    entries,
    passes,
    roles,
    door,
    info(room, caller) {
      const role = roles.of(room, caller);
      return shown(app, room, { role, admitted: door.admits(room, caller), ban: roles.banOf(room, caller) });
    },
    passwords: new Passwords(),
    tries: new CallLimit({ scheduler, ...TRIES }),
    ...events,
  };
}

/** A room as somebody may see it, with what other features know of it. */
function shown({ hub, services }: App, room: RoomRecord, standing: Pick<Standing, 'role' | 'admitted' | 'ban'>): Room {
  const cover = services.pictures?.coverOf(room.slug);
  const viewers = services.presence?.viewers(room.slug);
  return roomInfo(room, hub, { ...standing, cover, viewers });
}

function serviceOf(
  app: App,
  parts: RoomParts,
  { onChange, onDescribed }: Pick<RoomsService, 'onChange' | 'onDescribed'>,
): RoomsService {
  const { hub, services } = app;
  const { rooms, bans, roles, door, info, described } = parts;
  return {
    has: (slug) => rooms.find(slug) !== undefined,
    idOf: (slug) => rooms.find(slug)?.id,
    slugOf: (id) => rooms.withId(id)?.slug,
    guestsOf: (slug) => rooms.find(slug)?.guests ?? 'off',
    showsViewers: (slug) => rooms.find(slug)?.showViewers ?? false,
    isTrusted(slug, account) {
      const room = rooms.find(slug);
      if (!room) return false;
      const identity = {
        id: account,
        kind: 'account',
        admin: services.accounts.find(account)?.admin === true,
      } as const;
      return isAtLeast(roles.of(room, { identity, remote: { address: '' } }), 'moderator');
    },
    room(slug, caller) {
      const room = rooms.find(slug);
      return room && info(room, caller);
    },
    roomFor(slug, role) {
      const room = rooms.find(slug);
      return room && shown(app, room, { role, admitted: true });
    },
    checkEntry(slug, caller) {
      const room = rooms.find(slug);
      if (!room) throw new NotFound('There is no such room.');
      return door.enter(room, caller).ends;
    },
    roleOf(slug, caller) {
      const room = rooms.find(slug);
      return room && roles.of(room, caller);
    },
    bansOf(slug, who) {
      const room = rooms.find(slug);
      return room ? bans.list(room.id).filter((ban) => ban.who === who) : [];
    },
    stream(slug) {
      const room = rooms.find(slug);
      return room && streamInfo(room, hub);
    },
    onChange,
    describe(slug) {
      const room = rooms.find(slug);
      if (room) described(room);
    },
    onDescribed,
    ...roomActs(app, parts),
  };
}

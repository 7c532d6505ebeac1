import type {
  AudienceMessage,
  Beacon,
  BroadcastRecord,
  PresenceMessage,
  Qoe,
  RoomViewer,
  TimelinePoint,
} from '../../client/messages.ts';
import { Pace } from '../../io/pace.ts';
import { isAtLeast, type RoomRole } from '../../live/access.ts';
import { pathOfSlug } from '../../live/path.ts';
import type { Session } from '../../live/session.ts';
import type { Stream } from '../../live/stream.ts';
import { SECOND } from '../../media/time.ts';
import type { App, SocketPeer } from '../../plugin.ts';
import { Audience, HLS } from './audience.ts';
import { recordOf } from './broadcast-log.ts';
import type { BroadcastRow } from './broadcast-tables.ts';
import { BroadcastTally } from './broadcast-tally.ts';
import { type Here, lookAround, placeOf } from './here.ts';
import { MAX_ANNOUNCED, People } from './people.ts';
import { RoomQuality } from './room-quality.ts';
import { RoomTimeline } from './room-timeline.ts';
import type { UniqueCount } from './unique-count.ts';
import { sum } from './watch-tally.ts';
import { sessionsFor, signedIn } from './who-watches.ts';

/** Numbers change with every viewer; nobody reads faster than this. */
const PRESENCE_EVERY = SECOND;
/** Looks between two words on how well it plays. */
const QOE_EVERY = 5;
/** Viewers and sessions that one push names: who reads more asks for it. */
const MAX_TOLD = 200;

export interface RoomPresenceOptions {
  slug: string;
  app: Pick<App, 'hub' | 'scheduler' | 'services'>;
  /** Makes the numbers by which people are counted worthless elsewhere. */
  salt: Uint8Array;
  /** Keeps how a broadcast ended. */
  ended(row: BroadcastRow): void;
}

/** Who watches in one room, for how long, and how well. `look` is called once a second. */
export class RoomPresence {
  readonly #options: RoomPresenceOptions;
  readonly #audience = new Audience();
  readonly #quality = new RoomQuality();
  readonly #people = new People();
  readonly #timeline: RoomTimeline;
  readonly #pace: Pace;
  readonly #sessions = new Set<Session>();
  /** Sessions whose people are not counted yet: their pages may tell who they are. */
  readonly #uncounted = new Set<Session>();
  #tally: BroadcastTally | undefined;
  #places: Here['places'] = new Map();
  #looks = 0;
  /** Who had signed in when that was told last. */
  #told = '';

  constructor(options: RoomPresenceOptions) {
    this.#options = options;
    const { scheduler } = options.app;
    this.#pace = new Pace({ scheduler, every: PRESENCE_EVERY, run: () => this.#push() });
    this.#timeline = new RoomTimeline();
  }

  get viewers(): number {
    return sum(this.#audience.counts);
  }

  get points(): readonly TimelinePoint[] {
    return this.#timeline.points;
  }

  /** The broadcast that is on. */
  get broadcast(): BroadcastRecord | undefined {
    const row = this.row();
    return row && recordOf(row);
  }

  qoe(): Qoe {
    return this.#quality.read(this.#now);
  }

  enter(session: Session): void {
    this.#sessions.add(session);
    this.#uncounted.add(session);
    this.#audience.enter(session.protocol, placeOf(session.access.remote));
    this.#changed();
  }

  leave(session: Session): void {
    if (!this.#sessions.delete(session)) return;
    if (this.#uncounted.delete(session)) this.#tally?.unique.add(this.#nameOf(session));
    this.#timeline.left(session);
    const before = this.viewers;
    this.#audience.leave(session.protocol, placeOf(session.access.remote));
    if (this.viewers < before) this.#takeBack(session);
    this.#changed();
  }

  /** A page says how it plays. Throws `too-many-requests`; gives what of it can be true, and nothing while nothing is on. */
  say(peer: SocketPeer, beacon: Beacon): Beacon | undefined {
    if (!this.#tally) return undefined;
    const { remote } = peer.caller;
    const said = this.#quality.say(peer, remote.address, beacon, this.#now);
    if (this.#audience.say(peer, placeOf(remote), said, this.#now)) this.#changed();
    return said;
  }

  /** Somebody has said something in the chat. */
  hear(): void {
    if (this.#tally) this.#tally.messages++;
  }

  streamChanged({ broadcast, state, last }: Stream): void {
    if (this.#tally && this.#tally.broadcast.id !== broadcast?.id) this.#end(last?.endedAt);
    if (broadcast && !this.#tally) this.#begin(new BroadcastTally(broadcast, this.#options.salt));
    if (state === 'live') this.#tally?.watch.resume(this.#now);
    else this.#tally?.watch.pause(this.#now);
  }

  /** As somebody may hear it. */
  presence(looksAfter: boolean): PresenceMessage {
    const { counts } = this.#audience;
    const message = { type: 'presence', viewers: sum(counts) } as const;
    if (!looksAfter) return message;
    const of = this.#tally && { unique: this.#tally.different, peak: this.#tally.watch.peak };
    return { ...message, protocols: Object.fromEntries(counts), ...of };
  }

  /** Who watches, as one of those may hear it who look after the room. */
  audience(role: RoomRole, viewers: readonly RoomViewer[] = this.#signedIn): AudienceMessage {
    const { broadcast } = this;
    const sessions = isAtLeast(role, 'owner') ? {} : { sessions: sessionsFor(role, this.#sessions, MAX_TOLD) };
    return { type: 'audience', viewers, ...(broadcast && { broadcast }), ...sessions };
  }

  /** The broadcast that is on, as it is kept; undefined where there is none. */
  row(ended?: number): BroadcastRow | undefined {
    const { app, slug } = this.#options;
    const room = app.services.rooms.idOf(slug);
    if (!this.#tally || room === undefined) return undefined;
    return this.#tally.row(room, { now: this.#now, wall: app.scheduler.wall(), ended });
  }

  /** Looks around. False when nobody is here and nothing is on, so that there is nothing to keep. */
  look(): boolean {
    const { app, slug } = this.#options;
    const { hub, scheduler, services } = app;
    const stream = hub.stream(pathOfSlug(slug));
    const here = lookAround(services.sockets.peers(slug));
    this.#places = here.places;
    this.#looks++;
    this.#forget(here);
    if (this.#countPeople()) this.#pace.ask();
    this.#tellPeople(here);
    if (stream?.active) this.#measure(stream, here);
    if (here.wanted.has('audience')) this.#tellAudience(stream?.active === true);
    this.#timeline.trim(scheduler.wall());
    return this.#sessions.size > 0 || stream?.active === true || here.peers.size > 0 || this.points.length > 0;
  }

  close(): void {
    this.#pace.stop();
  }

  get #now(): number {
    return this.#options.app.scheduler.now();
  }

  get #signedIn(): RoomViewer[] {
    return signedIn(this.#options.app, this.#options.slug, MAX_TOLD);
  }

  #begin(tally: BroadcastTally): void {
    this.#tally = tally;
    this.#quality.begin();
    tally.watch.count(this.#audience.counts, this.#now);
    for (const session of this.#sessions) this.#uncounted.add(session);
    this.#pace.ask();
  }

  #end(at: number | undefined): void {
    this.#countPeople();
    if (this.#audience.counts.has(HLS)) for (const session of this.#sessions) this.#takeBack(session);
    const row = this.row(at ?? this.#options.app.scheduler.wall());
    this.#tally = undefined;
    if (row) this.#options.ended(row);
    this.#pace.ask();
  }

  /** Who is known to be gone by silence alone has watched until they were heard last. */
  #takeBack({ protocol, heard }: Session): void {
    if (heard !== undefined) this.#tally?.watch.takeBack(protocol, heard, this.#now);
  }

  #changed(): void {
    this.#tally?.watch.count(this.#audience.counts, this.#now);
    this.#pace.ask();
  }

  /** Those who are gone, and what was said too long ago. */
  #forget({ peers }: Here): void {
    let changed = this.#audience.sweep(this.#now);
    for (const peer of [...this.#audience.pages])
      if (!peers.has(peer)) changed = this.#audience.forget(peer) || changed;
    for (const peer of [...this.#quality.peers]) if (!peers.has(peer)) this.#quality.leave(peer);
    if (changed) this.#changed();
  }

  /** Gives whether there are more of them than before. */
  #countPeople(): boolean {
    const sessions = [...this.#uncounted];
    this.#uncounted.clear();
    if (!this.#tally) return false;
    const { unique } = this.#tally;
    const before = unique.count;
    for (const session of sessions) unique.add(this.#nameOf(session));
    for (const { page, place } of this.#audience.playing())
      unique.add((page as SocketPeer).caller.identity?.id ?? this.#aloneAt(place) ?? place);
    this.#countNamed(unique);
    return unique.count !== before;
  }

  /** An account or a guest, or who else is at the place from which they watch, or the place. */
  #nameOf({ access, grant }: Session): string {
    const place = placeOf(access.remote);
    return grant.identity?.id ?? this.#aloneAt(place) ?? place;
  }

  #aloneAt(place: string): string | undefined {
    const ids = this.#places.get(place);
    return ids?.size === 1 ? [...ids][0] : undefined;
  }

  /** Those who have said who they are since they watch: where as many watch as have a name, each of these does. */
  #countNamed(unique: UniqueCount): void {
    const watching = new Map<string, number>();
    for (const { access } of this.#sessions) {
      const place = placeOf(access.remote);
      if (this.#places.has(place)) watching.set(place, (watching.get(place) ?? 0) + 1);
    }
    for (const [place, sessions] of watching) {
      const ids = this.#places.get(place)!;
      if (ids.size <= sessions) for (const id of ids) unique.addKnown(id, place);
    }
  }

  #tellPeople({ names, peers, wanted }: Here): void {
    if (!wanted.has('people')) {
      this.#people.forget();
      return;
    }
    const { app, slug } = this.#options;
    const { rooms, sockets } = app.services;
    const crowd = this.viewers > MAX_ANNOUNCED || peers.size > MAX_ANNOUNCED;
    const news = this.#people.see(names, { now: this.#now, crowd });
    if (!news) return;
    const shown = rooms.showsViewers(slug);
    sockets.push(slug, 'people', news, (peer) => shown || looksAfter(peer));
  }

  #tellAudience(on: boolean): void {
    const viewers = this.#signedIn;
    const told = JSON.stringify(viewers);
    if (!on && told === this.#told) return;
    this.#told = told;
    const { app, slug } = this.#options;
    for (const role of ['owner', 'moderator'] as const)
      app.services.sockets.push(slug, 'audience', this.audience(role, viewers), (peer) => peer.role === role);
  }

  #measure(stream: Stream, { wanted }: Here): void {
    const { app, slug } = this.#options;
    const { scheduler, services } = app;
    const facts = { sessions: this.#sessions, viewers: this.viewers, quality: this.#quality };
    const point = this.#timeline.look(stream, facts, scheduler);
    if (point && wanted.has('timeline')) services.sockets.push(slug, 'timeline', { type: 'timeline', point });
    if (wanted.has('qoe') && this.#looks % QOE_EVERY === 0)
      services.sockets.push(slug, 'qoe', { type: 'qoe', ...this.qoe() });
  }

  #push(): void {
    const { app, slug } = this.#options;
    const { sockets } = app.services;
    sockets.push(slug, 'presence', this.presence(false), (peer) => !looksAfter(peer));
    sockets.push(slug, 'presence', this.presence(true), looksAfter);
  }
}

/** Whether somebody looks after the room that they are in. */
export function looksAfter({ role }: Pick<SocketPeer, 'role'>): boolean {
  return isAtLeast(role, 'moderator');
}

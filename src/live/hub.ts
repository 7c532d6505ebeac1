import { Busy, Denied, NotFound, type RoomcastError, toRoomcastError } from '../errors.ts';
import type { Muxer } from '../containers/muxer.ts';
import type { EndReason, Track } from '../media/frame.ts';
import type { Access, Authorize, Confirm, Grant } from './access.ts';
import type { Cursor } from './cursor.ts';
import { Events } from './events.ts';
import { Feed } from './feed.ts';
import type { GopLimits } from './gop.ts';
import type { MergeWindow } from './merge.ts';
import { checkPath } from './path.ts';
import { Publisher } from './publisher.ts';
import type { Scheduler } from './scheduler.ts';
import { Session } from './session.ts';
import { Slot } from './slot.ts';
import { Stream } from './stream.ts';
import { Subscription } from './subscription.ts';

/** Told afterwards: nobody can refuse here, and the data path does not use it. */
export interface HubEvents {
  /** State, tracks or reason of a stream changed. */
  stream: Stream;
  'session-start': Session;
  'session-end': { session: Session; reason: EndReason };
  /** Viewers of a path changed. */
  viewers: { path: string; viewers: number };
  /** A peer was refused. `path` is there only where it is a known one: any other may be a key. */
  refused: {
    action: 'publish' | 'play';
    protocol: string;
    path?: string;
    remote: Access['remote'];
    error: RoomcastError;
  };
  /** A stream has a track that a format cannot carry. */
  'left-out': { path: string; feed: string; track: Track };
}

export interface HubOptions {
  scheduler: Scheduler;
  merge: MergeWindow;
  gop: GopLimits;
  /** Bytes a viewer may lag. */
  viewerQueue: number;
  /** µs for which a lost publisher may come back. */
  grace: number;
  /** µs for which a kicked peer is refused. */
  kickTime: number;
  /** At most this many sessions in all. */
  maxSessions: number;
  /** A listener of an event threw. */
  failed(error: unknown): void;
}

/** Where publishers and subscribers meet: asks the gate, keeps the sessions, and holds a slot per path. */
export class Hub {
  readonly events: Events<HubEvents>;
  readonly sessions: Map<string, Session> = new Map();
  readonly #options: HubOptions;
  readonly #slots = new Map<string, Slot>();
  readonly #gates: Authorize[] = [];
  readonly #confirmations: Confirm[] = [];
  /** What was confirmed, and may be asked for again. */
  readonly #sure = new WeakSet<Access>();
  readonly #known: ((path: string) => boolean)[] = [];
  readonly #viewers = new Map<string, number>();
  readonly #onPath = new Map<string, Set<Session>>();
  readonly #members = new Map<Session, Publisher | Subscription>();
  readonly #kicked = new Map<string, number>();
  #closing = false;

  constructor(options: HubOptions) {
    this.#options = options;
    this.events = new Events(options.failed);
  }

  /** Adds a question at the gate. Those added first are asked first. */
  authorize(gate: Authorize): void {
    this.#gates.push(gate);
  }

  /** Adds a question that is asked when the gate has granted and before a session begins. It can only refuse. */
  confirm(question: Confirm): void {
    this.#confirmations.push(question);
  }

  /** Says which paths everybody may read, so that a refusal can name its path where it is not a key in its place. */
  nameable(isKnown: (path: string) => boolean): void {
    this.#known.push(isKnown);
  }

  /** Streams that are on, or waited for. */
  *streams(): Iterable<Stream> {
    for (const slot of this.#slots.values()) yield slot.stream;
  }

  stream(path: string): Stream | undefined {
    return this.#slots.get(path)?.stream;
  }

  publisher(path: string): Publisher | undefined {
    return this.#slots.get(path)?.publisher;
  }

  viewers(path: string): number {
    return this.#viewers.get(path) ?? 0;
  }

  /** Everybody who publishes or watches on a path. */
  sessionsOf(path: string): Iterable<Session> {
    return this.#onPath.get(path) ?? [];
  }

  /** Asks whether a peer would be admitted, and under which path. Throws an error of the list. */
  check(access: Access): Promise<string> {
    return this.#admit(access, (grant, path) => {
      if (access.action === 'play') this.#checkRoom(grant, path);
      return path;
    });
  }

  /** Admits a publisher. Throws an error of the list: refused, too soon, malformed path, stopping. */
  async publish(access: Access): Promise<Publisher> {
    return this.#admit(access, (grant, path) => {
      const slot = this.#slot(path);
      slot.check({ keyId: grant.keyId, priority: access.priority ?? 0 });
      const session = this.#open(access, grant, path);
      const left = (reason: EndReason): void => this.#end(session, reason);
      const publisher = new Publisher({ session, slot, scheduler: this.#options.scheduler, left });
      this.#members.set(session, publisher);
      slot.admit(publisher);
      return publisher;
    });
  }

  /** Admits a viewer, who waits where nothing is live. Throws an error of the list. */
  async play(access: Access): Promise<Subscription> {
    return this.#admit(access, (grant, path) => {
      this.#checkRoom(grant, path);
      const slot = this.#slot(path);
      const session = this.#open(access, grant, path);
      const subscription = new Subscription({
        session,
        stream: slot.stream,
        join: (feed, muxer, ready) => this.#join(slot.stream, feed, muxer, ready),
        left: (reason) => this.#end(session, reason),
      });
      this.#members.set(session, subscription);
      this.#countViewers(path, 1);
      return subscription;
    });
  }

  /** Closes one session; its peer is refused for a while. False when there is no such session. */
  kick(id: string): boolean {
    const session = this.sessions.get(id);
    if (!session) return false;
    this.#refuse(principal(session.access, session.grant, session.path));
    this.#stop(session, 'kicked', new Denied('kicked'));
    return true;
  }

  /** Ends the broadcast on a path at once. False when nothing is on. */
  end(path: string, reason: EndReason = 'ended'): boolean {
    const slot = this.#slots.get(path);
    if (!slot || (slot.free && !slot.stream.active)) return false;
    slot.stop(reason);
    this.#forget(path);
    return true;
  }

  /** As `dismiss`, those that match. */
  revoke(matches: (session: Session) => boolean, error: RoomcastError = new Denied()): void {
    for (const session of [...this.sessions.values()]) if (matches(session)) this.dismiss(session, error);
  }

  /** Closes one session, without the refusal that a kick brings. */
  dismiss(session: Session, error: RoomcastError): void {
    this.#stop(session, 'revoked', error);
  }

  /** Asks the gate again for the sessions that match, and closes those that it refuses now or takes for somebody else. */
  async recheck(matches: (session: Session) => boolean): Promise<void> {
    const asked: Session[] = [];
    for (const session of this.sessions.values()) if (matches(session)) asked.push(session);
    for (const session of asked) {
      const refusal = await this.#ask(session.access).then(
        ({ identity }) => (identity?.id === session.grant.identity?.id ? undefined : new Denied('sign-in')),
        (error: unknown) => toRoomcastError(error),
      );
      if (refusal) this.#stop(session, 'revoked', refusal);
    }
  }

  /** Ends everything cleanly; nobody is admitted any more. */
  close(): void {
    this.#closing = true;
    for (const slot of [...this.#slots.values()]) slot.stop('shutdown');
    for (const session of [...this.sessions.values()])
      this.#stop(session, 'shutdown', new Busy(undefined, 1, 'shutting-down'));
    this.#slots.clear();
  }

  async #admit<T>(access: Access, enter: (grant: Grant, path: string) => T): Promise<T> {
    try {
      const grant = await this.#confirmed(access, await this.#ask(access));
      // Nothing is awaited from here on: what was checked still holds when the session is entered.
      const path = grant.path ?? access.path;
      if (this.#closing) throw new Busy(undefined, 1, 'shutting-down');
      if (this.sessions.size >= this.#options.maxSessions) throw new Busy('The server is full.');
      this.#checkKicked(principal(access, grant, path));
      return enter(grant, path);
    } catch (error) {
      const refusal = toRoomcastError(error);
      const { action, protocol, path, remote } = access;
      const known = this.#known.some((isKnown) => isKnown(path)) ? { path } : {};
      this.events.emit('refused', { action, protocol, ...known, remote, error: refusal });
      throw refusal;
    }
  }

  async #ask(access: Access): Promise<Grant> {
    checkPath(access.path);
    for (const gate of this.#gates) {
      const grant = await gate(access);
      if (grant) return grant;
    }
    throw new NotFound();
  }

  /** What the gate grants once all have confirmed it; where that took time it is asked again, because what it knew may be old by now. */
  async #confirmed(access: Access, grant: Grant): Promise<Grant> {
    if (this.#sure.has(access)) return grant;
    const waits = this.#confirmations.flatMap((confirm) => confirm(access, grant) ?? []);
    if (waits.length === 0) return grant;
    await Promise.all(waits);
    this.#sure.add(access);
    return this.#ask(access);
  }

  /** Refuses a peer for a while; those whose time is over are forgotten. All have the same time, so the oldest come first. */
  #refuse(who: string): void {
    const now = this.#options.scheduler.now();
    for (const [other, until] of this.#kicked) {
      if (until > now) break;
      this.#kicked.delete(other);
    }
    this.#kicked.delete(who);
    this.#kicked.set(who, now + this.#options.kickTime);
  }

  #checkKicked(who: string): void {
    const until = this.#kicked.get(who);
    if (until === undefined) return;
    if (this.#options.scheduler.now() < until) throw new Denied('kicked');
    this.#kicked.delete(who);
  }

  #checkRoom({ maxViewers }: Grant, path: string): void {
    if (maxViewers !== undefined && this.viewers(path) >= maxViewers) throw new Busy('The room is full.');
  }

  #slot(path: string): Slot {
    let slot = this.#slots.get(path);
    if (slot) return slot;
    const { scheduler, gop, grace } = this.#options;
    const changed = (stream: Stream): void => {
      this.events.emit('stream', stream);
      if (!stream.active) this.#forget(path);
    };
    const stream = new Stream({ path, scheduler, gop, grace, newId: () => crypto.randomUUID(), changed });
    this.#slots.set(path, (slot = new Slot(stream, scheduler)));
    return slot;
  }

  /** Frees the slot of a path that nobody publishes, watches or waits for. */
  #forget(path: string): void {
    const slot = this.#slots.get(path);
    if (slot?.free && !slot.stream.active && this.viewers(path) === 0) this.#slots.delete(path);
  }

  #join(stream: Stream, name: string, muxer: () => Muxer, ready: () => void): Cursor {
    const { scheduler, merge, gop, viewerQueue } = this.#options;
    const feed = stream.share(name, (empty) => {
      const told = new Set<string>();
      const leftOut = (track: Track): void => {
        const { id, kind, codec } = track;
        const what = `${id} ${codec}`;
        if (kind === 'data' || told.has(what)) return;
        told.add(what);
        this.events.emit('left-out', { path: stream.path, feed: name, track });
      };
      return new Feed({ muxer: muxer(), scheduler, merge, gop, viewerQueue, leftOut, empty });
    });
    return feed.join(ready);
  }

  #open(access: Access, grant: Grant, path: string): Session {
    const since = this.#options.scheduler.wall();
    const session = new Session({ id: crypto.randomUUID(), path, access, grant, since });
    this.sessions.set(session.id, session);
    const here = this.#onPath.get(path);
    if (here) here.add(session);
    else this.#onPath.set(path, new Set([session]));
    this.events.emit('session-start', session);
    return session;
  }

  #end(session: Session, reason: EndReason): void {
    if (!this.sessions.delete(session.id)) return;
    this.#members.delete(session);
    const here = this.#onPath.get(session.path)!;
    here.delete(session);
    if (here.size === 0) this.#onPath.delete(session.path);
    if (session.action === 'play') this.#countViewers(session.path, -1);
    this.events.emit('session-end', { session, reason });
    this.#forget(session.path);
  }

  #stop(session: Session, reason: EndReason, error: RoomcastError): void {
    this.#members.get(session)?.stop(reason, error);
  }

  #countViewers(path: string, by: number): void {
    const viewers = this.viewers(path) + by;
    if (viewers > 0) this.#viewers.set(path, viewers);
    else this.#viewers.delete(path);
    this.events.emit('viewers', { path, viewers });
  }
}

/** Who a peer is for a kick: the key it publishes with, its account, else its address and program: a guest is soon another. */
function principal(access: Access, grant: Grant, path: string): string {
  const { address, agent } = access.remote;
  const account = grant.identity?.kind === 'guest' ? undefined : grant.identity?.id;
  return `${path} ${grant.keyId ?? account ?? `${address} ${agent ?? ''}`}`;
}

import type { Socket } from 'node:net';
import { Busy, NotFound, type RoomcastError, toRoomcastError } from '../../errors.ts';
import { admit } from '../../io/http/admission.ts';
import { type Caller, refuseUpgrade } from '../../io/http.ts';
import { type Acceptor, closeCodes, socketAcceptor } from '../../io/websocket.ts';
import { pathOfSlug, slugOfPath } from '../../live/path.ts';
import { SECOND } from '../../media/time.ts';
import type { App } from '../../plugin.ts';
import type { ClientMessage } from './client-message.ts';
import { CommandTable } from './command-table.ts';
import { Member, type MemberLimits } from './member.ts';
import { RoomChannel } from './room-channel.ts';
import { Topics } from './topics.ts';
import { UserRate } from './user-rate.ts';

/** The version of what is said on the socket. */
const VERSION = 1;
/** How often connections are looked after. */
const TICK = SECOND;
const CHANGED = 'What you may do here has changed; connect again.';

type Upgrade = Parameters<Acceptor>;

/** Every open socket of every room. */
export class RoomSockets {
  readonly commands: CommandTable = new CommandTable();
  readonly topics: Topics = new Topics();
  readonly #app: App;
  readonly #accept: Acceptor;
  readonly #limits: MemberLimits;
  readonly #channels = new Map<string, RoomChannel>();
  readonly #rate: UserRate;
  /** Address or user → sockets. */
  readonly #counts = new Map<string, number>();
  /** Those that are open, and those that have not closed yet. */
  readonly #members = new Set<Member>();
  readonly #cancelTick: () => void;
  #draining = false;

  constructor(app: App) {
    this.#app = app;
    const { socketFirst, socketFragments, socketIdle, socketMessage, socketMessages, socketWrite } =
      app.settings.limits;
    this.#limits = {
      messages: socketMessages,
      first: socketFirst * SECOND,
      idle: socketIdle * SECOND,
      write: socketWrite * SECOND,
    };
    this.#rate = new UserRate(app.settings.limits.socketMessagesPerUser);
    this.#accept = socketAcceptor({
      maxMessageBytes: socketMessage,
      maxFragments: socketFragments,
      malformed(request, words) {
        const { address } = app.http.remoteOf(request);
        app.log.info({ protocol: 'ws', remote: address, code: 'protocol-error' }, words);
      },
    });
    this.#cancelTick = app.scheduler.every(TICK, () => this.#tick());
  }

  channel(slug: string | undefined): RoomChannel | undefined {
    return slug === undefined ? undefined : this.#channels.get(slug);
  }

  /** The rooms that somebody is in. */
  slugs(): Iterable<string> {
    return this.#channels.keys();
  }

  async open(request: Upgrade[0], socket: Upgrade[1], head: Upgrade[2], slug: string): Promise<void> {
    const { http, services } = this.#app;
    const address = http.limitKeyOf(request);
    const caller = await http.callerOf(request, { strict: true });
    if (socket.destroyed || this.#draining) {
      socket.destroy();
      return;
    }
    const refusal = this.#refusal(slug, address, caller);
    if (refusal) {
      refuseUpgrade(socket, refusal);
      return;
    }
    this.#accept(request, socket, head, (ws) => {
      const { scheduler, log } = this.#app;
      const member = new Member({
        ws,
        socket: socket as Socket,
        slug,
        caller,
        role: services.rooms.roleOf(slug, caller) ?? 'guest',
        log,
        limits: this.#limits,
        scheduler,
        answer: (message, from) => this.#answer(message, from),
        shuttingOut: (from) => this.#tellWhy(from, from.caller),
        left: () => this.#left(member, address),
      });
      this.#members.add(member);
      this.#count(address, 1);
      this.#greet(member);
    });
  }

  /** `undefined`: of all rooms. */
  findingsChanged(path: string | undefined): void {
    if (path !== undefined) this.channel(slugOfPath(path))?.findingsChanged();
    else for (const channel of this.#channels.values()) channel.findingsChanged();
  }

  /** Somebody has become somebody else by their own wish. Throws what keeps them out. */
  become(member: Member, caller: Caller): void {
    const { services } = this.#app;
    const ends = services.rooms.checkEntry(member.slug, caller);
    const user = caller.identity?.id;
    const limit = this.#app.settings.limits.socketsPerUser;
    if (user !== member.caller.identity?.id && limit > 0 && (this.#counts.get(user ?? '') ?? 0) >= limit)
      throw new Busy('You are in too many rooms at once.', 10, 'too-many-requests');
    this.#count(member.caller.identity?.id, -1);
    member.caller = caller;
    member.ends = ends;
    member.role = services.rooms.roleOf(member.slug, caller) ?? 'guest';
    this.#count(user, 1);
    for (const name of member.topics) if (!this.topics.allows(name, member)) member.topics.delete(name);
    for (const { name, became } of this.topics.unasked(member)) {
      if (member.topics.has(name)) became?.(member);
      else this.#join(member, name);
    }
    this.channel(member.slug)?.listened();
  }

  /** Every socket that somebody has in any room. */
  *of(user: string): Iterable<Member> {
    for (const { members } of this.#channels.values())
      for (const member of members) if (member.caller.identity?.id === user) yield member;
  }

  /** Closes the sockets, of one room or all, of those who are not any more who they were or may not be there. */
  async recheck(only?: string): Promise<void> {
    const { http, services } = this.#app;
    for (const [slug, channel] of [...this.#channels]) {
      if (only !== undefined && slug !== only) continue;
      for (const member of [...channel.members]) {
        const { caller, role } = member;
        const now = { ...caller, identity: await http.identify(caller.credentials) };
        const same = now.identity?.id === caller.identity?.id;
        const is = services.rooms.roleOf(slug, now);
        const { refusal, ends } = this.#entry(slug, now);
        member.ends = ends;
        if (same && is === role && !refusal) continue;
        if (same && is === 'banned' && refusal) member.close(closeCodes.kicked, refusal.message);
        else {
          this.#tellWhy(member, now);
          member.close(closeCodes.policy, CHANGED);
        }
      }
    }
  }

  drain(): void {
    this.#draining = true;
  }

  close(): void {
    for (const channel of [...this.#channels.values()]) channel.close(closeCodes.restart, 'The server is stopping.');
    this.#cancelTick();
  }

  #greet(member: Member): void {
    const { services, settings } = this.#app;
    const { slug, caller } = member;
    const channel = this.#enter(member);
    member.ends = this.#entry(slug, caller).ends;
    const limits = { messageBytes: settings.limits.socketMessage };
    const { id, name } = caller.identity ?? {};
    const user = id === undefined ? {} : { user: { id, ...(name === undefined ? {} : { name }) } };
    member.say({ type: 'hello', version: VERSION, room: services.rooms.room(slug, caller), ...user, limits });
    for (const { name } of this.topics.unasked(member)) this.#join(member, name);
    channel.listened();
  }

  /** Has somebody listen, beginning with how things are. */
  #join(member: Member, name: string): void {
    if (member.topics.has(name)) return;
    member.topics.add(name);
    this.topics.rows.find((row) => row.name === name)?.joined?.(member);
  }

  #left(member: Member, address: string | undefined): void {
    const { slug, caller } = member;
    this.#count(address, -1);
    this.#count(caller.identity?.id, -1);
    const channel = this.#channels.get(slug);
    channel?.remove(member);
    if (channel?.members.size === 0) this.#channels.delete(slug);
  }

  #tick(): void {
    const { scheduler } = this.#app;
    const [now, wall] = [scheduler.now(), scheduler.wall()];
    for (const member of this.#members) {
      if (!member.tick(now)) this.#members.delete(member);
      else if (member.ends !== undefined && wall >= member.ends) this.#stay(member);
    }
  }

  /** A pass ends by itself; one may have entered by another since. */
  #stay(member: Member): void {
    const { refusal, ends } = this.#entry(member.slug, member.caller);
    member.ends = ends;
    if (!refusal) return;
    this.#tellWhy(member, member.caller);
    member.close(closeCodes.policy, CHANGED);
  }

  /** Tells one who may not come back why: no socket will be there to say it. A room that was renamed is gone from here. */
  #tellWhy(member: Member, caller: Caller): void {
    const room = this.#app.services.rooms.room(member.slug, caller);
    if (room?.admitted === false) member.say({ type: 'room', room });
  }

  /** What keeps somebody out, or until when they may stay. */
  #entry(slug: string, caller: Caller): { refusal?: RoomcastError; ends?: number | undefined } {
    try {
      return { ends: this.#app.services.rooms.checkEntry(slug, caller) };
    } catch (error) {
      return { refusal: toRoomcastError(error) };
    }
  }

  #refusal(slug: string, address: string | undefined, caller: Caller): RoomcastError | undefined {
    const { services, settings } = this.#app;
    const { socketsPerAddress, socketsPerUser } = settings.limits;
    const user = caller.identity?.id;
    if (!services.rooms.has(slug)) return new NotFound('There is no such room.');
    if (this.#isAt(address, socketsPerAddress))
      return new Busy('Too many pages of rooms are open at this address.', 10, 'too-many-requests');
    if (this.#isAt(user, socketsPerUser))
      return new Busy('You are in too many rooms at once.', 10, 'too-many-requests');
    return this.#entry(slug, caller).refusal;
  }

  async #answer(message: ClientMessage, member: Member): Promise<object> {
    if (!this.#rate.take(member.caller.identity?.id, this.#app.scheduler.now()))
      throw new Busy('Too many messages on all of your sockets; wait ten seconds.', 10, 'too-many-requests');
    const command = this.commands.find(message.type);
    const { access, scope } = command;
    const { caller, slug, role } = member;
    admit({ route: { access, scope, method: 'POST' }, caller, slug, local: false, roleOf: () => role });
    await this.commands.check(command, message);
    const before = await command.before?.(message as never, member);
    const answer = await command.handle(message as never, member);
    if (access !== 'anyone') {
      const { id: _id, type, ...details } = message;
      this.#app.services.audit.record({ action: type, caller, room: slug, details, ...(before && { before }) });
    }
    return answer;
  }

  #enter(member: Member): RoomChannel {
    const { slug } = member;
    let channel = this.#channels.get(slug);
    if (!channel) {
      const { hub, scheduler, services } = this.#app;
      channel = new RoomChannel({
        slug,
        hub,
        scheduler,
        room: (role) => services.rooms.roomFor(slug, role)!,
        stream: () => services.rooms.stream(slug)!,
        findings: () => services.doctor?.findings(pathOfSlug(slug)) ?? [],
      });
      this.#channels.set(slug, channel);
    }
    this.#count(member.caller.identity?.id, 1);
    channel.add(member);
    return channel;
  }

  #isAt(whose: string | undefined, limit: number): boolean {
    return limit > 0 && whose !== undefined && (this.#counts.get(whose) ?? 0) >= limit;
  }

  #count(whose: string | undefined, by: number): void {
    if (whose === undefined) return;
    const count = (this.#counts.get(whose) ?? 0) + by;
    if (count > 0) this.#counts.set(whose, count);
    else this.#counts.delete(whose);
  }
}

import type { Credentials, Identity, includesScope } from '../../live/access.ts';
import type { Logger } from '../../log.ts';
import type { Services } from '../../plugin.ts';
import { Channel, type Member } from './channel.ts';
import { foldNick, nickOf } from './nick.ts';
import { hostOf, type Occupant, type Person, sourceOf } from './person.ts';

/** People of a room that are listed and searched; a crowd is not read by anybody. */
const MAX_PEOPLE = 2000;
/** Held messages that are remembered, so that they are said once they are let through. */
const MAX_HELD = 1000;

export interface GatewayOptions {
  services: Services;
  log: Logger;
  /** What the server calls itself. */
  name: string;
  /** Wall time when it started, ISO 8601. */
  started: string;
  limits: { channels: number; history: number };
  /** Seconds for which somebody who was thrown out is silent. */
  kickTime: number;
  includes: typeof includesScope;
  identify(credentials: Credentials): Promise<Identity | undefined>;
  /** Wall time, ISO 8601. */
  time(): string;
}

/** All clients of IRC, and the rooms that they are in. */
export class Gateway {
  readonly options: GatewayOptions;
  readonly channels: Map<string, Channel> = new Map();
  /** Ids of messages that wait to be let through. */
  readonly held: Set<string> = new Set();
  /** Those who have a nick, by what it is compared by. */
  readonly #nicks = new Map<string, Set<Member>>();
  readonly #stop: (() => void)[];

  constructor(options: GatewayOptions) {
    this.options = options;
    const { services } = options;
    this.#stop = [
      services.accounts.onChange(() => void this.recheck().catch((error: unknown) => this.fault(error))),
      services.rooms.onChange((slug) => this.#guard(() => this.#recheckRoom(slug))),
      services.rooms.onDescribed((slug) => this.#guard(() => this.#described(slug))),
    ];
  }

  get name(): string {
    return this.options.name;
  }

  get services(): Services {
    return this.options.services;
  }

  get peers(): IterableIterator<Set<Member>> {
    return this.#nicks.values();
  }

  close(): void {
    for (const stop of this.#stop) stop();
  }

  /** Logs what nobody expected. Lines of clients are no part of it: they have passwords in them. */
  fault(error: unknown): void {
    this.options.log.error({ err: error }, 'IRC failed');
  }

  /** Those who are connected with a nick. */
  withNick(nick: string): ReadonlySet<Member> | undefined {
    return this.#nicks.get(foldNick(nick));
  }

  /**
   * Gives somebody a nick, and tells those who see them. Only clients of one person share one: a guest who has the name of
   * an account that was made since gives it up.
   */
  rename(peer: Member, nick: string): void {
    for (const other of [...(this.withNick(nick) ?? [])])
      if (other.id !== peer.id) this.rename(other, apart(nick, other.id));
    const source = sourceOf(peer);
    const line = { source, command: 'NICK', params: [nick] };
    const others = peer.isRegistered ? this.#audienceOf(peer) : new Set<Member>();
    if (peer.isRegistered) peer.send(line);
    this.#forgetNick(peer);
    peer.nick = nick;
    const key = foldNick(nick);
    const known = this.#nicks.get(key);
    if (known) known.add(peer);
    else this.#nicks.set(key, new Set([peer]));
    for (const other of others) other.send(line);
  }

  channel(slug: string): Channel {
    let channel = this.channels.get(slug);
    if (!channel) {
      channel = new Channel(slug, { server: this.name, topic: this.titleOf(slug) });
      this.channels.set(slug, channel);
    }
    return channel;
  }

  /** A room that nobody of IRC is in any more is forgotten. */
  tidy(channel: Channel): void {
    if (channel.members.size === 0 && channel.arriving.size === 0) this.channels.delete(channel.slug);
  }

  titleOf(slug: string): string {
    const nobody = { identity: undefined, credentials: {}, remote: { address: '' } };
    return this.services.rooms.room(slug, nobody)?.title ?? '';
  }

  /** Who says something, as IRC sees them. A guest who has the name of a client’s nick has more in theirs. */
  personOf({ id, name }: { id: string; name: string }): Person {
    const [nick, host] = [nickOf(name), hostOf(id)];
    if (host === 'account') return { id, nick, host };
    const [holder] = this.withNick(nick) ?? [];
    return { id, nick: holder && holder.id !== id ? apart(nick, id) : nick, host };
  }

  /** Who is in a room, over IRC and otherwise, each of them once. */
  people(slug: string): Occupant[] {
    const found = new Map<string, Occupant>();
    for (const [peer, role] of this.channels.get(slug)?.members ?? [])
      found.set(peer.id, { id: peer.id, nick: peer.nick, host: peer.host, role });
    for (const { caller, role } of this.services.sockets.peers(slug)) {
      if (found.size >= MAX_PEOPLE) break;
      const { id, name } = caller.identity ?? {};
      if (id === undefined || name === undefined || found.has(id)) continue;
      found.set(id, { ...this.personOf({ id, name }), role });
    }
    return [...found.values()];
  }

  /** Remembers that a message waits to be let through. */
  hold(id: string): void {
    this.held.add(id);
    const [oldest] = this.held;
    if (this.held.size > MAX_HELD) this.held.delete(oldest!);
  }

  /** Somebody goes for good. */
  quit(peer: Member, reason: string): void {
    if (peer.isGone) return;
    const source = sourceOf(peer);
    const audience = this.#audienceOf(peer);
    const others = [...(this.withNick(peer.nick) ?? [])].some((other) => other !== peer && other.id === peer.id);
    const channels = [...peer.channels.values()];
    peer.left();
    this.#forgetNick(peer);
    for (const channel of channels) {
      if (others && !channel.hasOther(peer))
        channel.tell([{ source, command: 'PART', params: [channel.name] }], {}, (other) => other !== peer);
      channel.forget(peer);
      this.tidy(channel);
    }
    if (!others) for (const other of audience) other.send({ source, command: 'QUIT', params: [reason] });
  }

  /** Has somebody out of a room, with all clients. */
  remove(channel: Channel, id: string, { by, reason }: { by: string; reason: string }): void {
    const peers = [...channel.members.keys()].filter((peer) => peer.id === id);
    const [first] = peers;
    if (!first) return;
    channel.tell([{ source: by, command: 'KICK', params: [channel.name, first.nick, reason] }], {});
    for (const peer of peers) channel.forget(peer);
    this.tidy(channel);
  }

  /** Asks of everybody who they are now, and whether they may be where they are. */
  async recheck(): Promise<void> {
    for (const peer of [...this.#nicks.values()].flatMap((peers) => [...peers])) {
      const identity = await this.options.identify(peer.credentials);
      if (peer.isGone) continue;
      if (!identity || identity.id !== peer.id) {
        peer.close('You are signed out.');
        continue;
      }
      peer.identity = identity;
      const nick = peer.account;
      if (nick !== undefined && nick !== peer.nick) this.rename(peer, nick);
    }
    for (const slug of [...this.channels.keys()]) this.#recheckRoom(slug);
  }

  /** Gives a room another title, by its owner. */
  async retitle(channel: Channel, by: Member, title: string): Promise<void> {
    channel.titledBy = by;
    try {
      await this.services.rooms.retitle(channel.slug, by, title);
    } finally {
      channel.titledBy = undefined;
    }
  }

  /** Tells the title of a room, where it is another; what guests may do is said of it, too. */
  #described(slug: string): void {
    this.#recheckRoom(slug);
    const channel = this.channels.get(slug);
    const topic = this.titleOf(slug);
    if (!channel || topic === channel.topic) return;
    const { titledBy: by } = channel;
    channel.topic = topic;
    const source = by ? sourceOf(by) : this.name;
    channel.tell([{ source, command: 'TOPIC', params: [channel.name, topic] }], { account: by?.account });
  }

  #recheckRoom(slug: string): void {
    const channel = this.channels.get(slug);
    if (!channel) return;
    for (const peer of [...channel.members.keys()]) {
      const refusal = this.#refusal(channel, peer);
      if (refusal !== undefined) this.remove(channel, peer.id, { by: this.name, reason: refusal });
      else channel.promote(peer, this.services.rooms.roleOf(slug, peer) ?? 'guest');
    }
  }

  #refusal({ slug }: Channel, peer: Member): string | undefined {
    const { rooms } = this.services;
    try {
      rooms.checkEntry(slug, peer.visitor(slug));
    } catch (error) {
      return (error as Error).message;
    }
    const isGuest = rooms.roleOf(slug, peer) === 'guest';
    return isGuest && rooms.guestsOf(slug) === 'off' ? 'The chat is for those who have signed in.' : undefined;
  }

  /** Those who see somebody, without them. */
  #audienceOf(peer: Member): Set<Member> {
    const audience = new Set<Member>();
    for (const { members } of peer.channels.values()) for (const other of members.keys()) audience.add(other);
    audience.delete(peer);
    return audience;
  }

  #forgetNick(peer: Member): void {
    const key = foldNick(peer.nick);
    const peers = this.#nicks.get(key);
    if (peers?.delete(peer) && peers.size === 0) this.#nicks.delete(key);
  }

  #guard(run: () => void): void {
    try {
      run();
    } catch (error) {
      this.fault(error);
    }
  }
}

/** The nick of one who cannot have the one of their name: nobody chooses such a one, since names have no `|`. */
function apart(nick: string, id: string): string {
  return `${nick}|${id.slice(-4)}`;
}

import type { Credentials, Identity, Remote, RoomRole } from '../../live/access.ts';
import type { Said } from './chat-text.ts';
import { type Capability, tagsFor } from './capabilities.ts';
import { type Line, writeLine } from './line.ts';
import { modeOf, type Person, sourceOf } from './person.ts';

/** Values of tags by name; who gets which is for their capabilities to say. */
export type Tags = Readonly<Record<string, string | undefined>>;

/** A client as the rooms know it that it is in. */
export interface Member extends Person {
  nick: string;
  identity: Identity | undefined;
  readonly remote: Remote;
  readonly credentials: Credentials;
  readonly caps: ReadonlySet<Capability>;
  /** Equal for those who get the same tags. */
  readonly tagKey: string;
  /** The name of its account; undefined for guests. */
  readonly account: string | undefined;
  readonly isRegistered: boolean;
  readonly isGone: boolean;
  /** Where it is, by slug. */
  readonly channels: Map<string, Channel>;
  /** Passes of links by which it came into rooms. */
  readonly passes: Map<string, string>;
  /** Where it says something just now, and what came under its name meanwhile. */
  readonly saying: { readonly slug: string; readonly unsure: Said[] } | undefined;
  /** Who it is before the door of a room. */
  visitor(slug: string): { identity: Identity | undefined; remote: Remote; credentials: Credentials };
  /** Sends one line; what would be too long is cut. */
  send(line: Line): void;
  /** Sends lines that are complete. */
  write(text: string): void;
  /** Ends the connection, with the reason. */
  close(reason: string): void;
  /** It is gone. */
  left(): void;
}

/** A room as its clients of IRC are in it. */
export class Channel {
  readonly slug: string;
  readonly members: Map<Member, RoomRole> = new Map();
  /** Those who are being told what was said before, and what has come meanwhile. */
  readonly arriving: Map<Member, Said[]> = new Map();
  /** As they were told it. */
  topic: string;
  /** Who is giving it another title just now. */
  titledBy: Member | undefined;
  readonly #server: string;

  constructor(slug: string, options: { server: string; topic: string }) {
    this.slug = slug;
    this.#server = options.server;
    this.topic = options.topic;
  }

  get name(): string {
    return `#${this.slug}`;
  }

  /** Whether somebody is here with another client than this one. */
  hasOther(peer: Member): boolean {
    for (const other of this.members.keys()) if (other !== peer && other.id === peer.id) return true;
    return false;
  }

  /** Somebody comes. They are told so, and the others if they were not here with another client. */
  add(peer: Member, role: RoomRole): void {
    const isNew = !this.hasOther(peer);
    this.members.set(peer, role);
    peer.channels.set(this.slug, this);
    const line: Line = { source: sourceOf(peer), command: 'JOIN', params: [this.name] };
    if (!isNew) peer.send(line);
    else this.tell([line], { account: peer.account });
    if (isNew) this.#tellRank(peer, role, '+', peer);
  }

  /** Somebody goes, and is told so by this line, which the others get unless they stay with another client. */
  remove(peer: Member, line: Line): void {
    if (this.hasOther(peer)) peer.send(line);
    else this.tell([line], { account: peer.account });
    this.forget(peer);
  }

  /** Somebody is not here any more. */
  forget(peer: Member): void {
    this.members.delete(peer);
    this.arriving.delete(peer);
    peer.channels.delete(this.slug);
    peer.passes.delete(this.slug);
  }

  /** Somebody’s role has changed. */
  promote(peer: Member, role: RoomRole): void {
    const before = this.members.get(peer);
    if (before === undefined || before === role) return;
    this.members.set(peer, role);
    this.#tellRank(peer, before, '-');
    this.#tellRank(peer, role, '+');
  }

  /** Sends lines to those who are here. They are made once for all who get the same tags. */
  tell(lines: readonly Line[], tags: Tags, to: (peer: Member) => boolean = () => true): void {
    const made = new Map<string, string>();
    for (const peer of this.members.keys()) {
      if (!to(peer)) continue;
      const { tagKey } = peer;
      let text = made.get(tagKey);
      if (text === undefined) made.set(tagKey, (text = textOf(lines, tags, peer)));
      peer.write(text);
    }
  }

  #tellRank(person: Person, role: RoomRole, sign: '+' | '-', but?: Member): void {
    const mode = modeOf(role);
    if (mode === undefined) return;
    const line: Line = { source: this.#server, command: 'MODE', params: [this.name, sign + mode, person.nick] };
    this.tell([line], {}, (peer) => peer !== but);
  }
}

/** Lines with the tags that somebody gets. A message of several lines has its id on the first alone. */
export function textOf(lines: readonly Line[], tags: Tags, { caps }: Pick<Member, 'caps'>): string {
  const [first, rest] = [tagsFor(caps, tags), tagsFor(caps, { ...tags, msgid: undefined, '+draft/reply': undefined })];
  return lines.map((line, index) => writeLine({ ...line, tags: index === 0 ? first : rest })).join('');
}

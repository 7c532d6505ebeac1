import type {
  Ban,
  ChatMessage,
  Danmaku,
  Emote,
  Finding,
  GuestRight,
  PlayerError,
  PlayerPath,
  Room,
  StreamMessage,
} from './client/messages.ts';
import type { Settings } from './config/settings.ts';
import type { Http } from './io/http.ts';
import type { Intake } from './io/outlet.ts';
import type { Seats } from './io/seats.ts';
import type { Tls } from './io/tls/tls.ts';
import type { Before, Caller, SocketCommand, SocketTopic } from './io/routes.ts';
import type { Credentials, Identity, Remote, RoomRole } from './live/access.ts';
import type { Hub } from './live/hub.ts';
import type { MergeWindow } from './live/merge.ts';
import type { Scheduler } from './live/scheduler.ts';
import type { Logger } from './log.ts';
import type { Migration, Store } from './store/store.ts';

/** What every plugin is handed. Nothing in it is global: two servers in one process have two of everything. */
export interface App {
  readonly settings: Settings;
  /** Where each option was set, by its full name, in words; the rest are defaults. */
  readonly origins: ReadonlyMap<string, string>;
  readonly hub: Hub;
  readonly http: Http;
  readonly store: Store;
  readonly scheduler: Scheduler;
  readonly merge: MergeWindow;
  /** What the process has for connections; a protocol with a listener of its own counts there. */
  readonly seats: Seats;
  /** The identity that secure listeners show; undefined where TLS is off, and nothing listens over it. */
  readonly tls: Tls | undefined;
  readonly log: Logger;
  /** What plugins offer to others and to the server, by name. A plugin adds its own when it starts. */
  readonly services: Services;
}

/** The services that exist; each plugin's types are here so that nobody imports a feature for them. */
export interface Services {
  accounts: AccountsService;
  rooms: RoomsService;
  audit: AuditService;
  sockets: SocketsService;
  chat: ChatService;
  pictures?: PicturesService;
  presence?: PresenceService;
  doctor?: DoctorService;
  rtmp?: { readonly port: number };
}

/** Who people are. */
export interface AccountsService {
  /** True once somebody has opened the owner's link. */
  readonly claimed: boolean;
  /** A link that opens a room's page as the server's owner; works once and ends after 24 h or with the next start. */
  linkTo(slug: string): string;
  /** Told when what somebody could prove may be worth nothing any more, until the returned function is called. */
  onChange(listener: () => void): () => void;
  /** The address of our pages, once it is known. */
  readonly base: string;
  find(id: string): AccountRecord | undefined;
  /** By a name as somebody typed it. */
  named(name: string): AccountRecord | undefined;
  /** Gives a name to a guest, a new one without `id`, and what lets them be the same again. Throws `bad-request`, `name-taken`. */
  guest(name: string, id?: string): { guest: Identity; pass: string };
  /**
   * Signs a program in by name and password, as a browser would, until `end` is called or somebody signs it out. Throws
   * `wrong-password`, and `too-many-requests` or `busy` where too much is tried.
   */
  signIn(attempt: { name: string; password: string; remote: Remote; agent: string }): Promise<{
    identity: Identity;
    credentials: Credentials;
    end(): void;
  }>;
  /** A guest without a name, and the Set-Cookie header that makes a browser theirs. */
  newGuest(options: { secure: boolean }): { guest: Identity; cookie: string };
}

/** An account, as other features may know it. */
export interface AccountRecord {
  readonly id: string;
  readonly kind: 'person' | 'bot';
  readonly name?: string;
  readonly admin: boolean;
  readonly disabled: boolean;
}

/** What everyone may know of rooms. */
export interface RoomsService {
  has(slug: string): boolean;
  /** What stays when a room's address changes, and the address that it has now. */
  idOf(slug: string): string | undefined;
  slugOf(id: string): string | undefined;
  /** What guests may do in its chat. */
  guestsOf(slug: string): GuestRight;
  /** Whether everybody in it may see who has signed in. */
  showsViewers(slug: string): boolean;
  /** Whether somebody looks after a room, by the id of their account. */
  isTrusted(slug: string, account: string): boolean;
  /** As the one who asks sees it; undefined when there is no such room. */
  room(slug: string, caller: Caller): Room | undefined;
  /** As those who are in it with a role see it. */
  roomFor(slug: string, role: RoomRole): Room | undefined;
  /** Those that one may know of, the most viewers first. */
  shown(caller: Caller): Room[];
  /** Lets somebody in by the room's password. Throws `wrong-password`, `denied`, `too-many-requests`. */
  unlock(slug: string, caller: Caller, password: string): Promise<void>;
  /** Gives it another title. Throws `denied` for who is not its owner, and `declared-in-file`. */
  retitle(slug: string, by: Speaker, title: string): Promise<void>;
  /** Who may not enter it, for those who look after it; others are `denied`. */
  bans(slug: string, by: Speaker): readonly RoomBan[];
  /** Bans somebody by their id, or a network, for good. Throws `denied`, `bad-request`, `limit-exceeded`. */
  ban(
    slug: string,
    by: Speaker,
    ban: { who?: string; name?: string; network?: string; reason?: string },
  ): Promise<void>;
  /** Lifts a ban by its id. Throws `denied`, `not-found`. */
  unban(slug: string, by: Speaker, id: string): Promise<void>;
  /**
   * Until when somebody may be in it, by the wall clock in ms; undefined where that has no end. Throws `denied`, or `sign-in`,
   * for those who may not enter it, and `not-found` when there is no such room.
   */
  checkEntry(slug: string, caller: Caller): number | undefined;
  /** What somebody may do in it; undefined when there is no such room. */
  roleOf(slug: string, caller: Speaker & Partial<Pick<Caller, 'credentials'>>): RoomRole | undefined;
  /** The bans of an account or guest that hold in it; empty when there is no such room. */
  bansOf(slug: string, who: string): readonly Ban[];
  /** The state of its stream, as the room's socket says it. */
  stream(slug: string): StreamMessage | undefined;
  /** Told, with its slug, when those who are in a room may not be allowed to any more, until the returned function is called. */
  onChange(listener: (slug: string) => void): () => void;
  /** Something else is said of it by now: those who are in it are told. */
  describe(slug: string): void;
  /** Told, with its slug, when something else is said of a room, until the returned function is called. */
  onDescribed(listener: (slug: string) => void): () => void;
}

/** Somebody, or a network, that may not enter a room. */
export interface RoomBan {
  readonly id: string;
  readonly who?: string;
  readonly name?: string;
  readonly network?: string;
  /** Account of who did it. */
  readonly by: string;
  /** ISO 8601 in UTC. */
  readonly created: string;
}

/** Keeps who changed what. Calls of the API are kept by themselves. */
export interface AuditService {
  /** `room` is its slug; secrets in `details` are left out, and what is not changed by them as `before` has it. */
  record(deed: {
    action: string;
    caller: Pick<Caller, 'identity' | 'remote'>;
    room?: string;
    details: object;
    before?: Before;
  }): void;
  /** Told of each that is kept, until the returned function is called. */
  onRecord(listener: (deed: AuditedDeed) => void): () => void;
}

/** What is kept of a deed: who, what, in which room (its slug), and what was asked for, without secrets. */
export interface AuditedDeed {
  readonly action: string;
  readonly who?: string;
  readonly name?: string;
  readonly room?: string;
  readonly details: object;
}

/** The rooms' sockets: what clients may say on them, and what is pushed to those who listen. */
export interface SocketsService {
  /** Adds a message that clients may say. What `handle` gives is the answer, with `id` and, unless it has one, the type `ok`. */
  command<Message extends object>(
    command: SocketCommand & {
      /** What the audit log is told of how things are before `handle` changes them. */
      before?(message: Message, peer: SocketPeer): Before | Promise<Before>;
      handle(message: Message, peer: SocketPeer): object | Promise<object>;
    },
  ): void;
  /** Adds something that is pushed. */
  topic(topic: SocketTopic & TopicHooks): void;
  /** Pushes one message to those who listen to a topic in a room; `to` may leave some out. */
  push(slug: string, topic: string, message: object, to?: (peer: SocketPeer) => boolean): void;
  /**
   * Pushes to each who listens to a topic in a room the parcel that is theirs, and then calls `done`: at once where they are
   * few. One parcel is made into bytes once.
   */
  deliver(slug: string, topic: string, parcelFor: (peer: SocketPeer) => Parcel | undefined, done: () => void): void;
  /** The rooms that somebody is in. */
  slugs(): Iterable<string>;
  /** Those who are in a room. */
  peers(slug: string): Iterable<SocketPeer>;
  /** How many they are. */
  count(slug: string): number;
  /** The sockets that somebody, account or guest, has in all rooms. */
  of(user: string): Iterable<SocketPeer>;
}

/** Somebody who speaks, over whichever protocol. */
export type Speaker = Pick<Caller, 'identity' | 'remote'>;

/** What somebody says. */
export interface Saying {
  readonly text: string;
  /** Id of the message that it answers. */
  readonly replyTo?: string;
  readonly danmaku?: Danmaku;
  /** Where the picture of its author is, in seconds of the broadcast. */
  readonly mediaTime?: number;
}

/** What is said in rooms. A room is named by its slug; each call throws `not-found` where there is none. */
export interface ChatService {
  /** Says something, under all rules of the room. Resolves once it is durable. Throws what keeps the speaker from it. */
  say(slug: string, speaker: Speaker, saying: Saying): Promise<ChatMessage>;
  /** Takes a message away: the speaker's own, or as one who looks after the room any. Throws `not-found`, `denied`. */
  delete(slug: string, speaker: Speaker, id: string): Promise<ChatMessage>;
  /** What was said last, the oldest first. Throws `sign-in`, `denied` for those who may not read. */
  history(slug: string, speaker: Speaker, limit: number): Promise<ChatMessage[]>;
  /** Has somebody be silent for a while, as one who looks after the room. Throws `denied`. */
  silence(
    slug: string,
    by: Speaker,
    order: { user: string; name?: string; seconds: number; reason?: string },
  ): Promise<{ until: string }>;
  /** Told of each message that was said or changed, held ones too, until the returned function is called. */
  onMessage(listener: (slug: string, message: ChatMessage) => void): () => void;
  /**
   * Asks before something is said, after the room's own rules; what is thrown, of the list of errors, refuses it, and
   * `hold` has it wait until it is let through.
   */
  ask(question: (slug: string, speaker: Speaker, text: string) => Promise<'hold' | undefined | void>): void;
  /** Answers `/name rest` in place of saying it; undefined for a name that it does not know. */
  command(answer: (slug: string, speaker: Speaker, command: ChatCommand) => Promise<CommandAnswer> | undefined): void;
}

/** What somebody typed that begins with a slash. `name` is in lower case. */
export interface ChatCommand {
  readonly name: string;
  readonly rest: string;
}

/** What is said to a command: to the room, by `by`, or to the one who typed it alone. Nothing where the text is empty. */
export interface CommandAnswer {
  readonly text: string;
  readonly to: 'room' | 'me';
  readonly by: Identity;
}

/** Several messages that are pushed in one piece. */
export interface Parcel<Message extends object = object> {
  /** One by one, to those who want no more. */
  readonly each: readonly Message[];
  /** As one message, to those who asked for that. */
  readonly batch: Message;
}

/** What happens when somebody listens to a topic. */
export interface TopicHooks {
  /** They get it without asking: tells them at once how things are. */
  joined?(peer: SocketPeer): void;
  /** They got it before, and have become somebody else. */
  became?(peer: SocketPeer): void;
  /**
   * They ask for it: gets ready what they have to know. The function that it gives is called in the moment from which on
   * they hear what is pushed; what that gives is in the answer.
   */
  prepare?(peer: SocketPeer, since: string | undefined): Promise<() => object>;
}

/** One socket in a room. */
export interface SocketPeer {
  readonly slug: string;
  readonly caller: Caller;
  readonly role: RoomRole;
  /** What it listens to. */
  readonly topics: ReadonlySet<string>;
  /** Sends to this socket alone. */
  say(message: object): void;
  /** Where its binary frames go, each written whole; what is said goes between them. One at a time may write. */
  readonly outlet: Intake;
  /** Runs something right after the answer to the message that is being handled. */
  afterwards(run: () => void): void;
  /** ms from a ping to its answer, as it was last measured; it is measured anew whenever somebody asks. */
  roundTrip(): number | undefined;
  /** Closes it, with a code (RFC 6455 §7.4) and words for people. */
  close(code: number, reason: string): void;
  /** Calls `listener` once it is over, from whichever side, unless the returned function is called before. */
  onEnd(listener: () => void): () => void;
  /** Has it hear a topic no more. */
  leave(topic: string): void;
}

/** Pictures that people have given. */
export interface PicturesService {
  /** What can be written as `:name:` in the chat of a room: its own, and those of the server. */
  emotesOf(slug: string): Emote[];
  /** Address of what a room is shown by, within the server. */
  coverOf(slug: string): string | undefined;
}

/** Who watches in rooms. */
export interface PresenceService {
  /** How many watch in a room, over all protocols; players that are paused are none. */
  viewers(slug: string): number;
  readonly players: PlayerCounts;
}

/** What the players of all rooms told since the server started. `played` and `stalled` in seconds. */
export interface PlayerCounts {
  readonly paths: ReadonlyMap<PlayerPath, Readonly<{ beacons: number; played: number; stalled: number }>>;
  readonly errors: ReadonlyMap<PlayerError, number>;
}

/** What could be better about streams. */
export interface DoctorService {
  /** Of a path, the worst first; empty where all is well or nothing is known. */
  findings(path: string): readonly Finding[];
  /** Tells each path whose findings changed, or `undefined` for all of them, until the returned function is called. */
  onChange(listener: (path: string | undefined) => void): () => void;
}

/** A protocol or a feature: one folder, one line in `plugins.ts`. */
export interface Plugin {
  readonly name: string;
  /** Tables that it owns. */
  readonly migrations?: readonly Migration[];
  start(app: App): Promise<Running>;
}

export interface Running {
  /** Where it listens, for the start line and tests. */
  readonly address?: { readonly host: string; readonly port: number } | undefined;
  /** The same over TLS, where that is on. */
  readonly secureAddress?: { readonly host: string; readonly port: number } | undefined;
  /** Told once everything listens; `https` where TLS is on. */
  listening?(at: { http: { host: string; port: number }; https?: { host: string; port: number } | undefined }): void;
  /** Stops taking anything new; called before the hub ends the sessions. */
  drain?(): void;
  /** Resolves when all is gone; what is left when `deadline` resolves is cut. */
  close(deadline: Promise<void>): Promise<void>;
}

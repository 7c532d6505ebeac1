import type { Kysely } from 'kysely';
import type { ChatMessage } from '../../client/messages.ts';
import { NotFound } from '../../errors.ts';
import { type Identity, isAtLeast, type RoomRole } from '../../live/access.ts';
import { pathOfSlug } from '../../live/path.ts';
import { SECOND } from '../../media/time.ts';
import type { App, ChatService, SocketPeer } from '../../plugin.ts';
import { ChatDelivery, seenByAnyone } from './chat-delivery.ts';
import { ChatLog } from './chat-log.ts';
import { ChatPins } from './chat-pins.ts';
import { ChatRoom } from './chat-room.ts';
import { type ChatSettings, defaultSettings } from './chat-settings.ts';
import type { ChatTables } from './chat-tables.ts';
import { ChatTimeouts } from './chat-timeouts.ts';

/** The conversations of all rooms. One is made when it is first asked for. */
export class ChatRooms {
  readonly timeouts: ChatTimeouts;
  readonly log: ChatLog;
  readonly pins: ChatPins;
  /** Told of each message. */
  readonly listeners: Set<Parameters<ChatService['onMessage']>[0]> = new Set();
  /** Asked before something is said. */
  readonly questions: Parameters<ChatService['ask']>[0][] = [];
  /** Asked for an answer to a command. */
  readonly commands: Parameters<ChatService['command']>[0][] = [];
  readonly #app: App;
  readonly #db: Kysely<ChatTables>;
  readonly #rooms = new Map<string, ChatRoom>();
  readonly #settings = new Map<string, ChatSettings>();
  /** As the server found them when it started. */
  #lastRevs: ReadonlyMap<string, string> = new Map();
  readonly #deliveries = new Map<string, ChatDelivery>();

  private constructor(app: App, { timeouts, log, pins }: Pick<ChatRooms, 'timeouts' | 'log' | 'pins'>) {
    this.#app = app;
    this.#db = app.store.db.withTables<ChatTables>();
    this.timeouts = timeouts;
    this.log = log;
    this.pins = pins;
  }

  static async open(app: App): Promise<ChatRooms> {
    const { scheduler, store } = app;
    const log = new ChatLog(store, scheduler);
    const pins = await ChatPins.open(store, { log, scheduler });
    const rooms = new ChatRooms(app, { log, pins, timeouts: await ChatTimeouts.open(store, scheduler) });
    rooms.#lastRevs = await rooms.log.lastRevs();
    for (const { room, settings } of await rooms.#db.selectFrom('chat_settings').selectAll().execute())
      rooms.#settings.set(room, { ...defaultSettings, ...(JSON.parse(settings) as Partial<ChatSettings>) });
    return rooms;
  }

  /** The conversation of a room by its slug. Throws `not-found`. */
  of(slug: string): ChatRoom {
    const id = this.idOf(slug);
    let room = this.#rooms.get(id);
    if (!room) this.#rooms.set(id, (room = this.#make(id)));
    return room;
  }

  /** What stays when the address of a room changes. Throws `not-found`. */
  idOf(slug: string): string {
    const id = this.#app.services.rooms.idOf(slug);
    if (id === undefined) throw new NotFound('There is no such room.');
    return id;
  }

  /** What somebody is called in a room, as far as it is known. */
  async nameOf(slug: string, who: string): Promise<string | undefined> {
    const account = this.#app.services.accounts.find(who)?.name;
    const room = this.idOf(slug);
    return account ?? (await this.log.nameOf(room, who)) ?? this.timeouts.of(room, who)?.name;
  }

  /** Changes the rules of a room. */
  async change(slug: string, change: Partial<ChatSettings>): Promise<ChatSettings> {
    const room = this.of(slug);
    const id = this.idOf(slug);
    const settings = { ...room.settings, ...change };
    const text = JSON.stringify(settings);
    await this.#db
      .insertInto('chat_settings')
      .values({ room: id, settings: text })
      .onConflict((conflict) => conflict.column('room').doUpdateSet({ settings: text }))
      .execute();
    this.#settings.set(id, settings);
    room.change(settings);
    return settings;
  }

  /** Somebody has come, and was told everything up to a revision: that is not told twice. */
  joined(peer: SocketPeer, heard: string): void {
    this.#deliveries.get(this.idOf(peer.slug))?.joined(peer, heard);
  }

  #make(id: string): ChatRoom {
    const { hub, scheduler, services, settings } = this.#app;
    const { commands } = this;
    const slug = (): string => services.rooms.slugOf(id) ?? '';
    const delivery = this.#deliveryTo(slug);
    this.#deliveries.set(id, delivery);
    return new ChatRoom({
      room: id,
      log: this.log,
      lastRev: this.#lastRevs.get(id),
      scheduler,
      settings: this.#settings.get(id),
      maxLength: settings.limits.chatMessage,
      accepted: settings.limits.chatAccepted,
      moment() {
        const stream = hub.stream(pathOfSlug(slug()));
        const { broadcast, edge } = stream ?? {};
        return broadcast && edge && { broadcast: broadcast.id, mediaTime: edge.media / SECOND };
      },
      guests: () => services.rooms.guestsOf(slug()),
      accountNamed: (name) => services.accounts.named(name)?.id,
      silentUntil: (who) => this.timeouts.until(id, who),
      ask: async (author, text) => {
        let held = false;
        for (const question of this.questions) if ((await question(slug(), author, text)) === 'hold') held = true;
        return { held };
      },
      answer(author, command) {
        for (const answer of commands) {
          const given = answer(slug(), author, command);
          const roleOf = (identity: Identity): RoomRole =>
            services.rooms.roleOf(slug(), { identity, remote: author.remote }) ?? 'viewer';
          if (given) return given.then((said) => ({ ...said, role: roleOf(said.by) }));
        }
        return undefined;
      },
      push: (message) => {
        for (const listener of this.listeners) listener(slug(), message);
        delivery.tell(message);
      },
    });
  }

  #deliveryTo(slug: () => string): ChatDelivery {
    const { scheduler, services, settings } = this.#app;
    return new ChatDelivery({
      scheduler,
      shown: settings.limits.chatShown,
      count: () => services.sockets.count(slug()),
      deliver: (parcelFor, done) => services.sockets.deliver(slug(), 'chat', parcelFor, done),
      random: Math.random,
    });
  }
}

/** A message as somebody may see it. */
export function seenBy(message: ChatMessage, role: RoomRole): ChatMessage {
  return isAtLeast(role, 'moderator') ? message : seenByAnyone(message);
}

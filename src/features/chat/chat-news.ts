import type { ChatStanding, PublicChatSettings } from '../../client/messages.ts';
import type { App, SocketPeer } from '../../plugin.ts';
import { type ChatRooms, seenBy } from './chat-rooms.ts';

/** How things are in a chat beside what is said, and who is told when they change. */
export class ChatNews {
  readonly #app: Pick<App, 'services' | 'settings'>;
  readonly #rooms: ChatRooms;
  /** Slug → settings as they were told last: nobody is told twice. */
  readonly #told = new Map<string, string>();

  constructor(app: Pick<App, 'services' | 'settings'>, rooms: ChatRooms) {
    this.#app = app;
    this.#rooms = rooms;
  }

  /** For one who comes. What stands above the chat was got ready before. */
  standing({ slug, caller }: SocketPeer): ChatStanding {
    const { pictures } = this.#app.services;
    const room = this.#rooms.idOf(slug);
    const pinned = this.#rooms.pins.now(room);
    const silenced = caller.identity && this.#rooms.timeouts.of(room, caller.identity.id);
    return {
      settings: this.settings(slug),
      ...(pinned ? { pinned: seenBy(pinned, 'viewer') } : {}),
      ...(silenced ? { silenced: { until: silenced.until, ...reasonOf(silenced) } } : {}),
      ...(pictures ? { emotes: pictures.emotesOf(slug) } : {}),
    };
  }

  /** The rules that everybody should know. */
  settings(slug: string): PublicChatSettings {
    const { slow, links, danmaku } = this.#rooms.of(slug).settings;
    const { services, settings } = this.#app;
    return { slow, links, danmaku, guests: services.rooms.guestsOf(slug), maxLength: settings.limits.chatMessage };
  }

  /** Other rules hold: everyone is told, where it is one that they should know. Guests may have to hear no more. */
  settingsChanged(slug: string): void {
    const settings = this.settings(slug);
    const text = JSON.stringify(settings);
    if (this.#told.get(slug) === text) return;
    this.#told.set(slug, text);
    this.#push(slug, { settings });
    if (settings.guests !== 'off') return;
    for (const peer of this.#app.services.sockets.peers(slug)) if (peer.role === 'guest') peer.leave('chat');
  }

  /** Another message stands above the chat, or none. */
  pinChanged(slug: string): void {
    const pinned = this.#rooms.pins.now(this.#rooms.idOf(slug));
    this.#push(slug, { pinned: pinned ? seenBy(pinned, 'viewer') : null });
  }

  /** Somebody is to be silent, or may speak again: they alone are told. */
  silenceChanged(slug: string, who: string): void {
    const silenced = this.#rooms.timeouts.of(this.#rooms.idOf(slug), who);
    const told = silenced ? { until: silenced.until, ...reasonOf(silenced) } : null;
    this.#push(slug, { silenced: told }, ({ caller }) => caller.identity?.id === who);
  }

  #push(slug: string, news: object, to?: (peer: SocketPeer) => boolean): void {
    this.#app.services.sockets.push(slug, 'chat', { type: 'chat', ...news }, to);
  }
}

function reasonOf({ reason }: { reason?: string }): { reason?: string } {
  return reason === undefined ? {} : { reason };
}

import { Busy, NotFound, RoomcastError } from '../../errors.ts';
import { refuseUpgrade } from '../../io/http.ts';
import { type Acceptor, closeCodes, socketAcceptor } from '../../io/websocket.ts';
import { pathOfSlug, slugOfPath } from '../../live/path.ts';
import { isoTime } from '../../live/wall-time.ts';
import type { App } from '../../plugin.ts';
import type { ClientMessage } from './client-message.ts';
import { Member } from './member.ts';
import { RoomChannel } from './room-channel.ts';

/** The version of what is said on the socket. */
const VERSION = 1;

type Upgrade = Parameters<Acceptor>;

/** Every open socket of every room. */
export class RoomSockets {
  readonly #app: App;
  readonly #accept: Acceptor;
  readonly #channels = new Map<string, RoomChannel>();
  readonly #perAddress = new Map<string, number>();
  #draining = false;

  constructor(app: App) {
    this.#app = app;
    const { socketMessage, socketFragments } = app.settings.limits;
    this.#accept = socketAcceptor({
      maxMessageBytes: socketMessage,
      maxFragments: socketFragments,
      malformed(request, words) {
        const { address } = app.http.remoteOf(request);
        app.log.info({ protocol: 'ws', remote: address, code: 'protocol-error' }, words);
      },
    });
  }

  channel(slug: string | undefined): RoomChannel | undefined {
    return slug === undefined ? undefined : this.#channels.get(slug);
  }

  async open(request: Upgrade[0], socket: Upgrade[1], head: Upgrade[2], slug: string): Promise<void> {
    const { http, services, scheduler, settings, log } = this.#app;
    const address = http.limitKeyOf(request);
    const refusal = this.#refusal(slug, address);
    if (refusal) {
      refuseUpgrade(socket, refusal);
      return;
    }
    const { identity, credentials } = await http.callerOf(request, { strict: true });
    if (socket.destroyed || this.#draining) {
      socket.destroy();
      return;
    }
    this.#accept(request, socket, head, (ws) => {
      const channel = this.#join(slug);
      this.#count(address, 1);
      let here = true;
      const member: Member = new Member({
        ws,
        socket,
        identity,
        credentials,
        scheduler,
        log,
        maxMessages: settings.limits.socketMessages,
        answer: (message) => this.#answer(message),
        left: () => {
          if (!here) return;
          here = false;
          this.#count(address, -1);
          channel.remove(member);
          if (channel.members.size === 0) this.#channels.delete(slug);
        },
      });
      channel.add(member);
      const limits = { messageBytes: settings.limits.socketMessage };
      member.say({ type: 'hello', version: VERSION, room: services.rooms.room(slug, identity), limits });
      member.say(services.rooms.stream(slug)!);
      member.say(channel.presence());
      if (identity?.role === 'owner') member.say(channel.doctor());
    });
  }

  /** `undefined`: of all rooms. */
  findingsChanged(path: string | undefined): void {
    if (path !== undefined) this.channel(slugOfPath(path))?.findingsChanged();
    else for (const channel of this.#channels.values()) channel.findingsChanged();
  }

  /** Closes the sockets of those who are not any more who they were. */
  async recheck(): Promise<void> {
    for (const channel of [...this.#channels.values()]) {
      for (const member of [...channel.members]) {
        const identity = await this.#app.http.identify(member.credentials);
        if (member.identity && !identity) member.close(closeCodes.policy, 'The token of this connection was revoked.');
      }
    }
  }

  drain(): void {
    this.#draining = true;
  }

  close(): void {
    for (const channel of [...this.#channels.values()]) channel.close(closeCodes.restart, 'The server is stopping.');
  }

  #refusal(slug: string, address: string | undefined): RoomcastError | undefined {
    const { services, settings } = this.#app;
    if (this.#draining) return new Busy(undefined, 1, 'shutting-down');
    if (!services.rooms.has(slug)) return new NotFound('There is no such room.');
    const limit = settings.limits.socketsPerAddress;
    const count = address === undefined ? 0 : (this.#perAddress.get(address) ?? 0);
    if (limit > 0 && count >= limit)
      return new Busy('Too many pages of rooms are open at this address.', 10, 'too-many-requests');
    return undefined;
  }

  #answer({ type }: ClientMessage): object {
    if (type === 'ping') return { type: 'pong', at: isoTime(this.#app.scheduler.wall()) };
    throw new RoomcastError('bad-request', 'This server does not know messages of that type.');
  }

  #join(slug: string): RoomChannel {
    let channel = this.#channels.get(slug);
    if (channel) return channel;
    const { hub, scheduler, services } = this.#app;
    channel = new RoomChannel({
      slug,
      hub,
      scheduler,
      stream: () => services.rooms.stream(slug)!,
      findings: () => services.doctor?.findings(pathOfSlug(slug)) ?? [],
    });
    this.#channels.set(slug, channel);
    return channel;
  }

  #count(address: string | undefined, by: number): void {
    if (address === undefined) return;
    const count = (this.#perAddress.get(address) ?? 0) + by;
    if (count > 0) this.#perAddress.set(address, count);
    else this.#perAddress.delete(address);
  }
}

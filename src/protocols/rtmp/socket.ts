import type { Socket } from 'node:net';
import { publisherMetadata } from '../../containers/flv/index.ts';
import { Busy, RoomcastError, toRoomcastError } from '../../errors.ts';
import { endSocket } from '../../io/end-socket.ts';
import type { Access, Traffic } from '../../live/access.ts';
import type { Publisher } from '../../live/publisher.ts';
import type { Subscription } from '../../live/subscription.ts';
import { codecs as codecTable } from '../../media/codec/table.ts';
import type { EndReason, Track } from '../../media/frame.ts';
import { MILLISECOND, SECOND } from '../../media/time.ts';
import type { App } from '../../plugin.ts';
import type { Asked } from './address.ts';
import type { CodecSets, CodecShare } from './codec-sets.ts';
import { reads } from './negotiation.ts';
import { RtmpPlayer } from './player.ts';
import { TrackNews } from './track-news.ts';
import type { RtmpEvent, RtmpWire } from './wire.ts';

/** After our last byte the peer has this long to close its side; the contract allows 2 s in all. */
const LINGER = 1500 * MILLISECOND;
/** Frames that a publisher lost are told so often. */
const TELL_DAMAGE = SECOND;
/** A peer that asks and never reads the answers is cut when so many bytes of them wait. */
const MAX_UNREAD = 64 * 1024;
/** Characters of an encoder's name that are kept; it is only shown. */
const MAX_AGENT = 200;

export interface RtmpSocketOptions {
  app: App;
  socket: Socket;
  wire: RtmpWire;
  /** The peer's address, without the prefix of a mapped one. */
  address: string;
  codecs: CodecSets;
  /** The peer was admitted and no longer counts as half-open. */
  admitted(): void;
  closed(): void;
}

/** One RTMP peer: moves bytes between socket and wire, and asks the hub what the wire asks. */
export class RtmpSocket {
  readonly #options: RtmpSocketOptions;
  readonly #socket: Socket;
  readonly #wire: RtmpWire;
  #publisher: Publisher | undefined;
  #subscription: Subscription | undefined;
  #player: RtmpPlayer | undefined;
  /** What the player is sent of what it announced. */
  #share: CodecShare | undefined;
  #paused = false;
  #admitted = false;
  #warned = 0;
  /** Damaged frames that were told, and when, in monotonic µs. */
  #damaged = 0;
  #toldDamage = 0;
  /** What the player was told it goes without: `257 h265` for a codec of a track, whatever its configurations. */
  readonly #missed = new Set<string>();
  #unlisten: (() => void) | undefined;
  #unread = 0;
  /** What earlier sessions of this connection counted. */
  #counted: Traffic = { in: 0, out: 0 };
  #isEnding = false;

  constructor(options: RtmpSocketOptions) {
    this.#options = options;
    const { socket, app } = options;
    this.#socket = socket;
    this.#wire = options.wire;
    socket.on('data', (bytes: Buffer) => {
      const plain = new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.length);
      this.#handle(this.#wire.receive(plain, app.scheduler.now()));
    });
    socket.on('error', () => socket.destroy());
    socket.on('end', () => this.#leave('lost'));
    socket.on('close', () => {
      this.#leave('lost');
      options.closed();
    });
  }

  /** Lets time-outs happen. */
  tick(now: number): void {
    if (now - this.#toldDamage >= TELL_DAMAGE) this.#tellDamage(now);
    const events = this.#wire.tick(now);
    if (events.length > 0) this.#handle(events);
  }

  /** The server stops: a peer that has no session, which would be ended by the hub, is cut. */
  drain(): void {
    if (this.#wire.state === 'open') this.destroy();
  }

  /** Cuts the connection without another word. */
  destroy(): void {
    this.#socket.destroy();
  }

  #handle(events: readonly RtmpEvent[]): void {
    try {
      for (const event of events) this.#obey(event);
      this.#warn();
      this.#flush();
    } catch (error) {
      this.#fault(error);
    }
  }

  #obey(event: RtmpEvent): void {
    switch (event.type) {
      case 'frame':
        this.#publisher?.write(event.frame);
        return;
      case 'track':
        this.#name(event.track);
        this.#publisher?.announce(event.track);
        return;
      case 'publish':
      case 'play':
        void this.#ask(event.type, event.asked, event.agent).catch((error: unknown) => this.#fault(error));
        return;
      case 'pause':
        this.#paused = event.on;
        if (event.on) this.#player?.pause();
        else this.#player?.start();
        return;
      case 'leave':
        this.#leave('ended');
        return;
      case 'close':
        this.#fail(event.error);
    }
  }

  async #ask(action: 'publish' | 'play', asked: Asked, agent: string | undefined): Promise<void> {
    const { hub, scheduler, seats } = this.#options.app;
    this.#socket.pause();
    this.#flush();
    try {
      if (!seats.keep(this.#socket, action === 'publish' ? 'publisher' : 'viewer'))
        throw new Busy('The server is full.');
      const access = this.#access(action, asked, agent);
      if (action === 'publish') this.#publisher = await hub.publish(access);
      else this.#subscription = await hub.play(access);
    } catch (error) {
      seats.release(this.#socket);
      this.#wire.reject(toRoomcastError(error));
      this.#hangUp();
      return;
    }
    if (this.#socket.destroyed || this.#wire.state !== 'asking') {
      this.#leave('lost');
      return;
    }
    this.#admitted = true;
    this.#options.admitted();
    this.#socket.resume();
    this.#handle(this.#wire.accept(scheduler.now()));
    if (this.#subscription) this.#play(this.#subscription);
  }

  /** Encoders tell their own name in the metadata only. */
  #name(track: Track): void {
    if (track.codec !== 'amf' || !this.#publisher) return;
    const { encoder } = publisherMetadata([track]);
    if (typeof encoder === 'string' && encoder !== '') this.#publisher.session.agent = encoder.slice(0, MAX_AGENT);
  }

  #access(action: 'publish' | 'play', asked: Asked, agent: string | undefined): Access {
    const { socket, address } = this.#options;
    const { remotePort: port } = socket;
    const before = this.#counted;
    return {
      action,
      protocol: 'rtmp',
      path: asked.path,
      credentials: {
        ...(asked.key ? { key: asked.key } : {}),
        ...(asked.token ? { bearer: asked.token } : {}),
        ...(asked.pass ? { pass: asked.pass } : {}),
      },
      remote: { address, ...(port ? { port } : {}), ...(agent ? { agent } : {}) },
      close: (reason, error) => this.#finish(reason, error),
      traffic: () => ({ in: socket.bytesRead - before.in, out: socket.bytesWritten - before.out }),
    };
  }

  #play(subscription: Subscription): void {
    const { socket, app, codecs } = this.#options;
    this.#share = codecs.join(subscription.path, this.#wire.reads);
    this.#player = new RtmpPlayer({
      socket,
      scheduler: app.scheduler,
      subscription,
      codecs: this.#share,
      stallMs: app.settings.limits.viewerStall * 1000,
      finish: (reason) => {
        this.#leave(reason);
        this.#finish(reason);
      },
      stalled: () => {
        this.#tell(new RoomcastError('stalled'));
        this.#leave('error');
        socket.destroy();
      },
    });
    this.#unlisten = TrackNews.listen(subscription.stream, () => this.#miss(subscription));
    this.#miss(subscription);
    if (this.#paused) this.#player?.pause();
    else this.#player?.start();
  }

  /** Tells the player which tracks it goes without; where it is left nothing, that is its end. */
  #miss({ stream }: Subscription): void {
    // Until then there may be more to come than what is known.
    if (!this.#share || stream.state !== 'live') return;
    const { reads: codecs } = this.#share;
    const media = stream.tracks.filter(({ kind }) => kind !== 'data');
    const missing = media.filter(({ id, codec }) => !reads(codecs, codec) && !this.#missed.has(`${id} ${codec}`));
    if (missing.length === 0) return;
    try {
      if (media.some(({ codec }) => reads(codecs, codec))) {
        for (const track of missing) {
          this.#missed.add(`${track.id} ${track.codec}`);
          this.#wire.miss(this.#withheld(track));
        }
        this.#flush();
      } else {
        const error = this.#withheld(missing[0]!);
        this.#leave('error');
        this.#finish('error', error);
      }
    } catch (error) {
      this.#fault(error);
    }
  }

  /** Why the player is not sent a track. */
  #withheld({ codec }: Track): RoomcastError {
    const { title } = codecTable[codec];
    return reads(this.#wire.reads, codec)
      ? new Busy(`The stream has ${title}, which too many players with other codecs watch already.`)
      : new RoomcastError('codec-unsupported', `The stream has ${title}, which the player did not announce.`);
  }

  #finish(reason: EndReason, error?: RoomcastError): void {
    this.#player?.stop();
    if (this.#wire.finish(reason, error)) this.#flush();
    else this.#hangUp();
  }

  #fail(error: RoomcastError): void {
    // A peer that has published or played and then stays for nothing is no news.
    if (error.code !== 'time-out' || !this.#admitted || this.#publisher) this.#tell(error);
    this.#leave('lost');
    this.#hangUp();
  }

  /** Costs this peer its connection, and nobody else anything. */
  #fault(error: unknown): void {
    this.#tell(toRoomcastError(error));
    this.#leave('lost');
    this.#socket.destroy();
  }

  #tell(error: RoomcastError): void {
    const { app, address } = this.#options;
    const session = this.#publisher?.session ?? this.#subscription?.session;
    const facts = { protocol: 'rtmp', remote: address, ...(session ? { path: session.path } : {}), code: error.code };
    if (error.code === 'internal') app.log.error({ ...facts, err: error.cause ?? error }, error.message);
    else app.log.info(facts, error.message);
  }

  #tellDamage(now: number): void {
    const frames = this.#wire.damaged - this.#damaged;
    if (!this.#publisher || frames <= 0) return;
    const { app, address } = this.#options;
    this.#damaged += frames;
    this.#toldDamage = now;
    const facts = { protocol: 'rtmp', remote: address, path: this.#publisher.path, code: 'protocol-error', frames };
    app.log.warn(facts, 'frames were damaged, or came before their codec config, and are left out');
  }

  #leave(reason: EndReason): void {
    this.#tellDamage(this.#options.app.scheduler.now());
    this.#damaged = 0;
    this.#player?.stop();
    this.#subscription?.leave(reason);
    this.#publisher?.end(reason === 'ended' ? 'ended' : 'lost');
    this.#share?.leave();
    this.#unlisten?.();
    this.#unlisten = undefined;
    this.#missed.clear();
    this.#player = undefined;
    this.#share = undefined;
    this.#subscription = undefined;
    this.#publisher = undefined;
    this.#paused = false;
    this.#warned = 0;
    this.#counted = { in: this.#socket.bytesRead, out: this.#socket.bytesWritten };
  }

  #flush(): void {
    const out = this.#wire.toSend();
    if (out.length === 0 || !this.#socket.writable) return;
    this.#socket.cork();
    for (const bytes of out) {
      this.#unread += bytes.length;
      this.#socket.write(bytes, () => (this.#unread -= bytes.length));
    }
    this.#socket.uncork();
    if (this.#unread > MAX_UNREAD) this.#unreadable();
  }

  #unreadable(): void {
    this.#tell(new RoomcastError('stalled', 'The peer asks and does not read the answers.'));
    this.#leave('lost');
    this.#socket.destroy();
  }

  /** FIN after what was said; a peer that keeps its side open is cut. */
  #hangUp(): void {
    this.#flush();
    if (this.#isEnding) return;
    this.#isEnding = true;
    this.#socket.resume();
    endSocket(this.#socket, this.#options.app.scheduler, LINGER);
  }

  #warn(): void {
    const { unsupported } = this.#wire;
    if (unsupported.length <= this.#warned) return;
    const { log } = this.#options.app;
    for (const { kind, codec } of unsupported.slice(this.#warned)) {
      const facts = { protocol: 'rtmp', path: this.#publisher?.path, code: 'codec-unsupported', kind, codec };
      if (kind !== 'data') this.#publisher?.leaveOut(kind, codec);
      log.warn(facts, 'a codec cannot be carried, its frames are left out');
    }
    this.#warned = unsupported.length;
  }
}

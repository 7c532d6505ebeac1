import type { Socket } from 'node:net';
import { type RoomcastError, toRoomcastError } from '../../errors.ts';
import { Pump } from '../../io/pump.ts';
import { plainAddress } from '../../io/request.ts';
import type { Access } from '../../live/access.ts';
import type { Publisher } from '../../live/publisher.ts';
import type { Subscription } from '../../live/subscription.ts';
import type { EndReason } from '../../media/frame.ts';
import type { App } from '../../plugin.ts';
import type { Asked } from './address.ts';
import { RtmpMuxer } from './rtmp-muxer.ts';
import type { RtmpEvent, RtmpWire } from './wire.ts';

/** After our last byte the peer has this long to close its side. ms */
const LINGER_MS = 1500;

export interface ConnectionOptions {
  app: App;
  socket: Socket;
  wire: RtmpWire;
  /** The peer was admitted and no longer counts as half-open. */
  admitted(): void;
  closed(): void;
}

/** One RTMP peer: moves bytes between socket and wire, and asks the hub what the wire asks. */
export class RtmpConnection {
  readonly #options: ConnectionOptions;
  readonly #socket: Socket;
  readonly #wire: RtmpWire;
  readonly #remote: { address: string; port: number };
  #publisher: Publisher | undefined;
  #subscription: Subscription | undefined;
  #pump: Pump | undefined;
  #warned = 0;

  constructor(options: ConnectionOptions) {
    this.#options = options;
    this.#socket = options.socket;
    this.#wire = options.wire;
    const { remoteAddress = '', remotePort = 0 } = options.socket;
    this.#remote = { address: plainAddress(remoteAddress), port: remotePort };
    this.#socket.on('data', (bytes: Buffer) => {
      this.#handle(this.#wire.receive(bytes, options.app.scheduler.now()));
      this.#flush();
    });
    this.#socket.on('error', () => this.#socket.destroy());
    this.#socket.on('end', () => this.#leave('lost'));
    this.#socket.on('close', () => {
      this.#leave('lost');
      options.closed();
    });
  }

  /** Lets time-outs happen. */
  tick(now: number): void {
    const events = this.#wire.tick(now);
    if (events.length === 0) return;
    this.#handle(events);
    this.#flush();
  }

  /** Cuts the connection without another word. */
  destroy(): void {
    this.#socket.destroy();
  }

  #handle(events: RtmpEvent[]): void {
    for (const event of events) {
      switch (event.type) {
        case 'frame':
          this.#publisher?.write(event.frame);
          break;
        case 'track':
          this.#publisher?.announce(event.track);
          break;
        case 'publish':
        case 'play':
          void this.#ask(event.type, event.asked, event.agent);
          break;
        case 'pause':
          this.#pause(event.on);
          break;
        case 'unpublish':
        case 'stop':
          this.#leave('ended');
          this.#hangUp();
          break;
        case 'close':
          this.#fail(event.error);
      }
    }
    this.#warn();
  }

  async #ask(action: 'publish' | 'play', asked: Asked, agent: string | undefined): Promise<void> {
    const { hub, scheduler } = this.#options.app;
    const access = this.#access(action, asked, agent);
    this.#socket.pause();
    try {
      if (action === 'publish') this.#publisher = await hub.publish(access);
      else this.#subscription = await hub.play(access);
    } catch (error) {
      this.#wire.reject(toRoomcastError(error));
      this.#flush();
      this.#hangUp();
      return;
    }
    if (this.#socket.destroyed) {
      this.#leave('lost');
      return;
    }
    this.#options.admitted();
    this.#socket.resume();
    const events = this.#wire.accept(scheduler.now());
    this.#flush();
    this.#handle(events);
    this.#flush();
    if (this.#subscription && this.#wire.state === 'playing') this.#play();
  }

  #access(action: 'publish' | 'play', asked: Asked, agent: string | undefined): Access {
    const socket = this.#socket;
    return {
      action,
      protocol: 'rtmp',
      path: asked.path,
      credentials: { ...(asked.key ? { key: asked.key } : {}), ...(asked.token ? { bearer: asked.token } : {}) },
      remote: { ...this.#remote, ...(agent ? { agent } : {}) },
      close: (_reason, error) => this.#finish(error),
      traffic: () => ({ in: socket.bytesRead, out: socket.bytesWritten }),
    };
  }

  #play(): void {
    const subscription = this.#subscription!;
    this.#pump = new Pump({
      socket: this.#socket,
      join: (ready) => subscription.join('rtmp', () => new RtmpMuxer(), ready),
      finish: (reason) => {
        this.#leave(reason);
        this.#finish();
      },
      stalled: () => {
        this.#leave('error');
        this.#socket.destroy();
      },
      stallMs: this.#options.app.settings.limits.viewerStall * 1000,
    });
  }

  #pause(on: boolean): void {
    this.#pump?.stop();
    if (!on) this.#play();
  }

  #finish(error?: RoomcastError): void {
    this.#pump?.stop();
    this.#wire.finish(error);
    this.#flush();
    this.#hangUp();
  }

  #fail(error: RoomcastError): void {
    this.#options.app.log.info({ protocol: 'rtmp', remote: this.#remote.address, code: error.code }, error.message);
    this.#leave(error.code === 'time-out' ? 'lost' : 'error');
    this.#flush();
    this.#hangUp();
  }

  #leave(reason: EndReason): void {
    this.#pump?.stop();
    this.#subscription?.leave(reason);
    this.#publisher?.end(reason === 'ended' || reason === 'error' ? reason : 'lost');
    this.#subscription = undefined;
    this.#publisher = undefined;
  }

  #flush(): void {
    const out = this.#wire.toSend();
    if (out.length === 0 || this.#socket.destroyed || this.#socket.writableEnded) return;
    this.#socket.cork();
    for (const bytes of out) this.#socket.write(bytes);
    this.#socket.uncork();
  }

  /** FIN after what was said; a peer that keeps its side open is cut. */
  #hangUp(): void {
    this.#socket.resume();
    this.#socket.end();
    this.#socket.setTimeout(LINGER_MS, () => this.#socket.destroy());
  }

  #warn(): void {
    const { unsupported } = this.#wire;
    if (unsupported.length === this.#warned) return;
    this.#warned = unsupported.length;
    const { app } = this.#options;
    app.log.warn({ protocol: 'rtmp', path: this.#publisher?.path, codec: unsupported.at(-1) }, 'a codec cannot be carried, its frames are left out');
  }
}

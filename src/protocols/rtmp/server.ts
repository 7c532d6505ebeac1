import { createHmac, randomBytes } from 'node:crypto';
import type { AddressInfo, Server } from 'node:net';
import { Entrance, type Newcomer } from '../../io/entrance.ts';
import { proxiesOf } from '../../io/request.ts';
import { MILLISECOND, SECOND } from '../../media/time.ts';
import type { App } from '../../plugin.ts';
import type { ChunkLimits } from './chunk-reader.ts';
import { CodecSets } from './codec-sets.ts';
import { RtmpSocket } from './socket.ts';
import { RtmpWire, type WireOptions } from './wire.ts';

/** Time-outs are looked at this often, for all connections at once. */
const TICK = SECOND / 2;
/** A look that is later than this comes after a stall of this process: what peers sent meanwhile is still unread. */
const LATE = 2 * TICK;
/** By then it was read: between two timers that are not due together Node reads what has come. */
const READ = 50 * MILLISECOND;
/** Accepts RTMP connections. */
export class RtmpServer {
  readonly #app: App;
  readonly #entrance: Entrance;
  readonly #sockets = new Set<RtmpSocket>();
  readonly #wire: Omit<WireOptions, 'now'>;
  readonly #codecs = new CodecSets();
  readonly #cancel: () => void;
  /** Monotonic µs of the last tick. */
  #ticked: number;
  #cancelLook: (() => void) | undefined;

  constructor(app: App) {
    const { limits, trustedProxies } = app.settings;
    this.#app = app;
    this.#wire = wireOptions(limits);
    // There is no name for RTMP over TLS (IANA, TLS ALPN Protocol IDs).
    const names = { protocol: 'rtmp', speaks: [] };
    const { log, scheduler, seats, tls } = app;
    this.#entrance = new Entrance({
      ...{ ...names, tls, log, scheduler, seats, limits, proxies: proxiesOf(trustedProxies) },
      accept: (newcomer) => this.#accept(newcomer),
    });
    this.#ticked = app.scheduler.now();
    const cancelTick = app.scheduler.every(TICK, () => this.#tick());
    this.#cancel = () => (cancelTick(), this.#cancelLook?.());
  }

  /** Throws `port-taken` or `bad-config` for an address that cannot be listened on. */
  listen(): Promise<AddressInfo> {
    return this.#entrance.listen(this.#app.settings.rtmp);
  }

  /** The same over TLS; undefined where that is off. */
  listenSecurely(): Promise<AddressInfo | undefined> {
    return this.#entrance.listenSecurely(this.#app.settings.rtmps);
  }

  /** Where connections come from. */
  get listener(): Server {
    return this.#entrance.listener;
  }

  /** Takes nobody new. */
  drain(): void {
    this.#entrance.drain();
  }

  /** Waits until every peer has gone; those left at the deadline are cut. */
  async close(deadline: Promise<void>): Promise<void> {
    await this.#entrance.close(deadline, {
      ask: () => this.#sockets.forEach((socket) => socket.drain()),
      cut: () => this.#sockets.forEach((socket) => socket.destroy()),
    });
    this.#cancel();
  }

  #accept({ socket, address, admitted, left }: Newcomer): void {
    const peer = new RtmpSocket({
      app: this.#app,
      socket,
      address,
      codecs: this.#codecs,
      wire: new RtmpWire({ ...this.#wire, now: this.#app.scheduler.now() }),
      admitted,
      closed: () => {
        left();
        this.#sockets.delete(peer);
      },
    });
    this.#sockets.add(peer);
  }

  #tick(): void {
    const { scheduler } = this.#app;
    const now = scheduler.now();
    const late = now - this.#ticked > LATE;
    this.#ticked = now;
    this.#cancelLook?.();
    this.#cancelLook = undefined;
    if (late) this.#cancelLook = scheduler.after(READ, () => this.#look());
    else this.#look();
  }

  #look(): void {
    const now = this.#app.scheduler.now();
    for (const socket of this.#sockets) socket.tick(now);
  }
}

function wireOptions(limits: App['settings']['limits']): Omit<WireOptions, 'now'> {
  const common = { chunkStreams: limits.rtmpChunkStreams, chunkRate: limits.rtmpChunkRate };
  const early: ChunkLimits = { ...common, message: limits.rtmpEarlyMessage, partial: limits.rtmpEarlyPartial };
  return {
    hmac: (key, data) => createHmac('sha256', key).update(data).digest(),
    random: (length) => randomBytes(length),
    early,
    limits: { ...common, message: limits.rtmpMessage, partial: limits.rtmpPartial },
    amf: { depth: limits.amfDepth, nodes: limits.amfNodes, string: limits.amfString, total: limits.amfBytes },
    tags: {
      nal: { nal: limits.nalUnit, unit: limits.accessUnit, count: limits.nalUnits, parameterSet: limits.parameterSet },
    },
    handshakeTime: limits.handshakeTime * SECOND,
    handshakeIdle: limits.handshakeIdle * SECOND,
    publisherSilence: limits.publisherSilence * SECOND,
  };
}

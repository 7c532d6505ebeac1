import { createHmac, randomBytes } from 'node:crypto';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { listen } from '../../io/listen.ts';
import { PendingConnections } from '../../io/pending.ts';
import { limitKey, plainAddress, type Proxies, proxiesOf } from '../../io/request.ts';
import { TlsDoor } from '../../io/tls/door.ts';
import { TurnedAway } from '../../io/turned-away.ts';
import { MILLISECOND, SECOND } from '../../media/time.ts';
import type { Tls } from '../../io/tls/tls.ts';
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
/** A peer that says nothing is asked by TCP whether it is still there after this long, ms; it is gone about 10 s later. */
const KEEP_ALIVE_MS = 20_000;

/** Accepts RTMP connections. */
export class RtmpServer {
  /** Where connections come from. */
  readonly listener: Server;
  readonly #app: App;
  /** Where they come from over TLS. */
  readonly #door: TlsDoor | undefined;
  readonly #proxies: Proxies;
  readonly #sockets = new Set<RtmpSocket>();
  readonly #pending: PendingConnections;
  readonly #wire: Omit<WireOptions, 'now'>;
  readonly #codecs = new CodecSets();
  readonly #turnedAway: TurnedAway;
  readonly #cancel: () => void;
  /** Monotonic µs of the last tick. */
  #ticked: number;
  #cancelLook: (() => void) | undefined;

  constructor(app: App) {
    const { limits, trustedProxies } = app.settings;
    this.#app = app;
    this.#proxies = proxiesOf(trustedProxies);
    this.#wire = wireOptions(limits);
    this.#pending = new PendingConnections(limits.pendingPerAddress);
    this.#turnedAway = new TurnedAway({ protocol: 'rtmp', log: app.log, scheduler: app.scheduler });
    const options = { noDelay: true, keepAlive: true, keepAliveInitialDelay: KEEP_ALIVE_MS };
    this.listener = createServer(options, (socket) => this.#accept(socket));
    this.listener.maxConnections = limits.connections;
    this.listener.on('drop', () => this.#turnedAway.add());
    this.#door = app.tls && this.#makeDoor(app.tls);
    this.#ticked = app.scheduler.now();
    const cancelTick = app.scheduler.every(TICK, () => this.#tick());
    this.#cancel = () => (cancelTick(), this.#cancelLook?.());
  }

  /** Throws `port-taken` or `bad-config` for an address that cannot be listened on. */
  async listen(): Promise<AddressInfo> {
    const address = await listen(this.listener, this.#app.settings.rtmp);
    this.listener.on('error', (error) => this.#app.log.error({ error: error.message }, 'rtmp listener failed'));
    return address;
  }

  /** The same over TLS; undefined where that is off. */
  async listenSecurely(): Promise<AddressInfo | undefined> {
    const { rtmps } = this.#app.settings;
    return rtmps && this.#door?.listen(rtmps);
  }

  /** Takes nobody new. */
  drain(): void {
    this.listener.close();
    this.#door?.drain();
  }

  /** Waits until every peer has gone; those left at the deadline are cut. */
  async close(deadline: Promise<void>): Promise<void> {
    const plain = new Promise<void>((resolve) => this.listener.close(() => resolve()));
    this.#door?.drain();
    const closed = Promise.all([plain, this.#door?.closed]);
    for (const socket of this.#sockets) socket.drain();
    await Promise.race([closed, deadline]);
    this.#door?.close();
    for (const socket of this.#sockets) socket.destroy();
    await closed;
    this.#cancel();
    this.#turnedAway.say();
  }

  #makeDoor(tls: Tls): TlsDoor {
    const { settings, log, scheduler, seats } = this.#app;
    const { limits } = settings;
    return new TlsDoor({
      tls,
      protocol: 'rtmps',
      // There is no name for RTMP (IANA, TLS ALPN Protocol IDs): who names another came for another server.
      speaks: [],
      log,
      scheduler,
      proxies: this.#proxies,
      seats,
      maxConnections: limits.connections,
      pendingPerAddress: limits.pendingPerAddress,
      handshakeMs: limits.handshakeTime * 1000,
      accept: (socket) => this.#accept(socket),
    });
  }

  #accept(socket: Socket): void {
    const address = plainAddress(socket.remoteAddress ?? '');
    if (!this.#pending.add(socket, limitKey(address, this.#proxies))) {
      this.#turnedAway.add();
      socket.destroy();
      return;
    }
    const { seats } = this.#app;
    if (!seats.enter(socket)) {
      this.#pending.remove(socket);
      return;
    }
    const peer = new RtmpSocket({
      app: this.#app,
      socket,
      address,
      codecs: this.#codecs,
      wire: new RtmpWire({ ...this.#wire, now: this.#app.scheduler.now() }),
      admitted: () => this.#pending.remove(socket),
      closed: () => {
        this.#pending.remove(socket);
        seats.leave(socket);
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

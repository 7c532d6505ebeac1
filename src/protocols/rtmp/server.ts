import { createHmac, randomBytes } from 'node:crypto';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { isLoopback } from '../../config/address.ts';
import { plainAddress } from '../../io/request.ts';
import { SECOND } from '../../media/time.ts';
import type { App } from '../../plugin.ts';
import type { ChunkLimits } from './chunk-reader.ts';
import { RtmpConnection } from './connection.ts';
import { RtmpWire, type WireOptions } from './wire.ts';

/** Time-outs are looked at this often, for all connections at once. */
const TICK = SECOND / 2;

/** Accepts RTMP connections. */
export class RtmpServer {
  readonly #app: App;
  readonly #server: Server;
  readonly #connections = new Set<RtmpConnection>();
  /** Connections that are not admitted yet, by address. */
  readonly #pending = new Map<string, number>();
  readonly #cancel: () => void;

  constructor(app: App) {
    this.#app = app;
    this.#server = createServer({ noDelay: true, keepAlive: true }, (socket) => this.#accept(socket));
    this.#server.maxConnections = app.settings.limits.connections;
    this.#cancel = app.scheduler.every(TICK, () => this.#tick());
  }

  async listen(): Promise<AddressInfo> {
    const { host, port } = this.#app.settings.rtmp;
    await new Promise<void>((resolve, reject) => {
      this.#server.once('error', reject);
      this.#server.listen({ port, ...(host ? { host } : {}), backlog: 4096 }, () => {
        this.#server.off('error', reject);
        resolve();
      });
    });
    this.#server.on('error', (error) => this.#app.log.error({ error: error.message }, 'rtmp listener failed'));
    return this.#server.address() as AddressInfo;
  }

  drain(): void {
    this.#server.close();
  }

  /** Waits until every peer has gone; those left at the deadline are cut. */
  async close(deadline: Promise<void>): Promise<void> {
    const closed = new Promise<void>((resolve) => this.#server.close(() => resolve()));
    await Promise.race([closed, deadline]);
    for (const connection of this.#connections) connection.destroy();
    await closed;
    this.#cancel();
  }

  #accept(socket: Socket): void {
    const address = plainAddress(socket.remoteAddress ?? '');
    const { limits } = this.#app.settings;
    const waiting = this.#pending.get(address) ?? 0;
    if (waiting >= limits.pendingPerAddress && !isLoopback(address)) {
      socket.destroy();
      return;
    }
    this.#pending.set(address, waiting + 1);
    let pending = true;
    const admitted = (): void => {
      if (!pending) return;
      pending = false;
      const left = (this.#pending.get(address) ?? 1) - 1;
      if (left > 0) this.#pending.set(address, left);
      else this.#pending.delete(address);
    };
    const connection = new RtmpConnection({
      app: this.#app,
      socket,
      wire: new RtmpWire(wireOptions(this.#app)),
      admitted,
      closed: () => {
        admitted();
        this.#connections.delete(connection);
      },
    });
    this.#connections.add(connection);
  }

  #tick(): void {
    const now = this.#app.scheduler.now();
    for (const connection of this.#connections) connection.tick(now);
  }
}

function wireOptions({ settings: { limits }, scheduler }: App): WireOptions {
  const common = { chunkStreams: limits.rtmpChunkStreams, chunkRate: limits.rtmpChunkRate };
  const early: ChunkLimits = { ...common, message: limits.rtmpEarlyMessage, partial: limits.rtmpEarlyPartial };
  return {
    hmac: (key, data) => createHmac('sha256', key).update(data).digest(),
    random: (length) => randomBytes(length),
    early,
    limits: { ...common, message: limits.rtmpMessage, partial: limits.rtmpPartial },
    amf: { depth: limits.amfDepth, nodes: limits.amfNodes, string: limits.amfString, total: limits.amfBytes },
    tags: { nal: { nal: limits.nalUnit, unit: limits.accessUnit, count: limits.nalUnits, parameterSet: limits.parameterSet } },
    handshakeTime: limits.handshakeTime * SECOND,
    handshakeIdle: limits.handshakeIdle * SECOND,
    publisherSilence: limits.publisherSilence * SECOND,
    now: scheduler.now(),
  };
}

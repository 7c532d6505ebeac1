import { createHmac } from 'node:crypto';
import type { AmfValue } from '../../../src/containers/amf/index.ts';
import type { RoomcastError } from '../../../src/errors.ts';
import type { Frame, Track } from '../../../src/media/frame.ts';
import { SECOND } from '../../../src/media/time.ts';
import { RtmpWire, type RtmpEvent, type WireOptions } from '../../../src/protocols/rtmp/wire.ts';
import { command, connect, greeting, Talk } from './talk.ts';

const common = { chunkStreams: 64, chunkRate: 200_000 };

export const wireOptions: Omit<WireOptions, 'now'> = {
  hmac: (key, data) => createHmac('sha256', key).update(data).digest(),
  random: (length) => new Uint8Array(length).fill(0x5a),
  early: { ...common, message: 2 ** 18, partial: 2 ** 23 },
  limits: { ...common, message: 0xff_ffff, partial: 2 ** 25 },
  amf: { depth: 32, nodes: 4096, string: 65_536, total: 262_144 },
  tags: {},
  handshakeTime: 10 * SECOND,
  handshakeIdle: 5 * SECOND,
  publisherSilence: 10 * SECOND,
};

/** A peer at the wire itself: no socket, and a clock that stands until it is moved. What it asks is granted at once. */
export class WirePeer {
  readonly wire: RtmpWire;
  readonly talk: Talk = new Talk();
  readonly events: RtmpEvent[] = [];
  now = 0;
  /** Refuses what is asked with this. */
  refusal: RoomcastError | undefined;

  constructor(options: Partial<WireOptions> = {}) {
    this.wire = new RtmpWire({ ...wireOptions, now: 0, ...options });
  }

  /** Past the handshake, and connected. */
  static connected(offer: Record<string, AmfValue> = {}, options: Partial<WireOptions> = {}): WirePeer {
    const peer = new WirePeer(options);
    peer.send(greeting, connect(offer));
    return peer;
  }

  /** Publishing `live/a`. */
  static publishing(options: Partial<WireOptions> = {}): WirePeer {
    const peer = WirePeer.connected({}, options);
    peer.say('createStream', 2, null);
    peer.say('publish', 3, null, 'a', 'live');
    return peer;
  }

  send(...parts: Uint8Array[]): RtmpEvent[] {
    const before = this.events.length;
    for (const part of parts) this.#take(this.wire.receive(part, this.now));
    return this.events.slice(before);
  }

  say(...values: AmfValue[]): RtmpEvent[] {
    return this.send(command(...values));
  }

  /** Moves the clock. */
  pass(us: number): RtmpEvent[] {
    const before = this.events.length;
    this.now += us;
    this.#take(this.wire.tick(this.now));
    return this.events.slice(before);
  }

  get frames(): Frame[] {
    return this.events.flatMap((event) => (event.type === 'frame' ? [event.frame] : []));
  }

  get tracks(): Track[] {
    return this.events.flatMap((event) => (event.type === 'track' ? [event.track] : []));
  }

  /** Why the wire closed the connection. */
  get closed(): string | undefined {
    const last = this.events.find((event) => event.type === 'close');
    return last?.error.code;
  }

  #take(events: RtmpEvent[]): void {
    this.events.push(...events);
    this.#listen();
    const asked = events.some(({ type }) => type === 'publish' || type === 'play');
    if (!asked) return;
    if (this.refusal) this.wire.reject(this.refusal);
    else this.#take(this.wire.accept(this.now));
    this.#listen();
  }

  #listen(): void {
    for (const bytes of this.wire.toSend()) this.talk.hear(bytes);
  }
}

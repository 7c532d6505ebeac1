import { type RoomcastError, toRoomcastError } from '../src/errors.ts';
import type { Access, Authorize } from '../src/live/access.ts';
import type { Cursor } from '../src/live/cursor.ts';
import type { GopLimits } from '../src/live/gop.ts';
import { Hub, type HubOptions } from '../src/live/hub.ts';
import { MergeWindow } from '../src/live/merge.ts';
import type { Publisher } from '../src/live/publisher.ts';
import type { Session } from '../src/live/session.ts';
import type { Subscription } from '../src/live/subscription.ts';
import type { EndReason, Frame } from '../src/media/frame.ts';
import { MILLISECOND, SECOND } from '../src/media/time.ts';
import { settle, VirtualScheduler } from './virtual-scheduler.ts';
import { WordMuxer, wordsOf } from './word-muxer.ts';

export interface StageOptions extends Partial<HubOptions> {
  gop?: GopLimits;
  /** Default: every path is known, and a publisher's key names it (`KEY`), whatever it is. */
  gate?: Authorize;
}

/** A hub in virtual time, with publishers and viewers that need no protocol. */
export class LiveStage {
  readonly scheduler: VirtualScheduler = new VirtualScheduler();
  readonly hub: Hub;
  readonly muxer: WordMuxer = new WordMuxer();
  /** What the hub told its listeners, one line each: `live/a starting`, `start publish live/a`, `end play live/a kicked`. */
  readonly told: string[] = [];
  readonly faults: unknown[] = [];

  constructor(options: StageOptions = {}) {
    this.hub = new Hub({
      scheduler: this.scheduler,
      merge: new MergeWindow(0),
      gop: { duration: 10 * SECOND, bytes: 32 * 1024 * 1024 },
      viewerQueue: 4 * 1024 * 1024,
      grace: 15 * SECOND,
      kickTime: 60 * SECOND,
      maxSessions: 100_000,
      failed: (error) => this.faults.push(error),
      ...options,
    });
    this.hub.authorize(options.gate ?? (({ credentials: { key } }) => (key === undefined ? {} : { keyId: key })));
    const { events } = this.hub;
    events.on('stream', ({ path, state, reason }) => this.told.push(`${path} ${state}${reason ? ` ${reason}` : ''}`));
    events.on('session-start', ({ action, path }) => this.told.push(`start ${action} ${path}`));
    events.on('session-end', ({ session, reason }) =>
      this.told.push(`end ${session.action} ${session.path} ${reason}`),
    );
    events.on('refused', ({ action, error }) => this.told.push(`refused ${action} ${error.code}`));
  }

  async publish(options: Partial<PeerOptions> = {}): Promise<StagePublisher> {
    const peer = new StagePublisher(this, 'publish', { key: 'KEY', ...options });
    peer.publisher = await this.hub.publish(peer.access);
    return peer;
  }

  async play(options: Partial<PeerOptions> = {}): Promise<StageViewer> {
    const viewer = new StageViewer(this, 'play', options);
    viewer.subscription = await this.hub.play(viewer.access);
    viewer.cursor = viewer.subscription.join('words', () => this.muxer, viewer.ready);
    viewer.ready();
    return viewer;
  }

  /** The code with which a request is refused. */
  async refusal(request: Promise<unknown>): Promise<string> {
    return request.then(
      () => 'admitted',
      (error: unknown) => toRoomcastError(error).code,
    );
  }

  /**
   * Lets each of the publishers write its frames, all at the times that stand in them, counted from now. The clock ends
   * where the next frame of a `film` would be due.
   */
  async run(...parts: { by: StagePublisher; frames: readonly Frame[] }[]): Promise<void> {
    const start = this.scheduler.now();
    const all = parts.flatMap(({ by, frames }) => frames.map((frame) => ({ by, frame })));
    all.sort((a, b) => a.frame.dts - b.frame.dts);
    const first = all[0]!.frame.dts;
    for (const { by, frame } of all) {
      this.scheduler.advanceTo(start + frame.dts - first);
      by.publisher.write(frame);
      await Promise.resolve();
    }
    this.scheduler.advance(20 * MILLISECOND);
    await settle();
  }
}

interface PeerOptions {
  path: string;
  key: string;
  address: string;
  agent: string;
  priority: number;
}

class Peer {
  readonly stage: LiveStage;
  readonly access: Access;
  /** How the hub ended it. */
  closed: { reason: EndReason; code: RoomcastError['code'] | undefined } | undefined;

  constructor(stage: LiveStage, action: 'publish' | 'play', options: Partial<PeerOptions>) {
    this.stage = stage;
    const { path = 'live/a', key, address = '192.0.2.1', agent, priority } = options;
    this.access = {
      action,
      protocol: 'test',
      path,
      credentials: key === undefined ? {} : { key },
      remote: agent === undefined ? { address } : { address, agent },
      ...(priority === undefined ? {} : { priority }),
      close: (reason, error) => (this.closed = { reason, code: error?.code }),
      traffic: () => ({ in: 0, out: 0 }),
    };
  }
}

export class StagePublisher extends Peer {
  publisher!: Publisher;

  get session(): Session {
    return this.publisher.session;
  }

  /** Writes these now, whatever times stand in them. */
  async write(...frames: Frame[]): Promise<void> {
    for (const frame of frames) this.publisher.write(frame);
    await settle();
  }
}

/** A viewer that takes everything as soon as it can. */
export class StageViewer extends Peer {
  subscription!: Subscription;
  cursor: Cursor | undefined;
  readonly words: string[] = [];
  /** Monotonic time in µs at which the last bytes came. */
  last = 0;
  readonly #buffers: Uint8Array[] = [];

  readonly ready = (): void => {
    const buffers = this.cursor?.take(Infinity) ?? [];
    if (buffers.length === 0) return;
    this.last = this.stage.scheduler.now();
    this.#buffers.push(...buffers);
    this.words.push(...wordsOf(buffers));
  };

  get ended(): EndReason | undefined {
    return this.cursor?.ended;
  }

  /** Times in ms of the frames of that kind that it got: `K` and `P` for pictures, `A` for sound. */
  times(kind: RegExp = /^[KP]/): number[] {
    return this.words.filter((word) => kind.test(word)).map((word) => Number(word.slice(1)));
  }

  get bytes(): number {
    return this.#buffers.reduce((sum, { length }) => sum + length, 0);
  }

  leave(): void {
    this.subscription.leave();
  }
}

import type { Socket } from 'node:net';
import { Pump } from '../../io/pump.ts';
import { SocketOutlet } from '../../io/socket-outlet.ts';
import type { Scheduler } from '../../live/scheduler.ts';
import type { Subscription } from '../../live/subscription.ts';
import type { EndReason } from '../../media/frame.ts';
import type { CodecShare } from './codec-sets.ts';
import { RtmpMuxer } from './rtmp-muxer.ts';

export interface PlayerOptions {
  socket: Socket;
  scheduler: Scheduler;
  subscription: Subscription;
  codecs: Pick<CodecShare, 'reads' | 'name'>;
  /** A player that takes no bytes for this long while some are queued is stalled. ms */
  stallMs: number;
  /** Everything was written and the broadcast has ended. */
  finish(reason: EndReason): void;
  stalled(): void;
}

/** Writes a stream's shared RTMP bytes to one player. */
export class RtmpPlayer {
  readonly #options: PlayerOptions;
  /** What it shares with all players that read the same. */
  readonly #feed: string;
  #pump: Pump | undefined;
  /** Stops listening for the end, while it is paused. */
  #unwatch: (() => void) | undefined;

  constructor(options: PlayerOptions) {
    this.#options = options;
    this.#feed = `rtmp ${options.codecs.name}`.trimEnd();
  }

  /** From the newest join point on; a player that gets bytes already stays where it is. */
  start(): void {
    if (this.#pump) return;
    this.stop();
    const { socket, scheduler, subscription, codecs, stallMs, finish, stalled } = this.#options;
    this.#pump = new Pump({
      outlet: new SocketOutlet(socket, scheduler),
      scheduler,
      join: (ready) => subscription.join(this.#feed, () => new RtmpMuxer({ reads: codecs.reads }), ready),
      finish,
      stalled,
      stallMs,
    });
  }

  /** No bytes until `start`, and nothing grows meanwhile; the end of the broadcast is still told. */
  pause(): void {
    this.stop();
    const { subscription, finish } = this.#options;
    this.#unwatch = subscription.stream.add({ update() {}, write() {}, end: finish });
  }

  /** No more bytes, and no end. */
  stop(): void {
    this.#pump?.stop();
    this.#pump = undefined;
    this.#unwatch?.();
    this.#unwatch = undefined;
  }
}

import type Mpegts from 'mpegts.js';
import { type Change, FlvGate, type Plays } from './flv-gate.ts';
import type { Loss, Transport } from './joiner.ts';
import { loaderClass } from './loader.ts';

/** What has been played is kept for this long, for small steps back by the browser itself. s */
const KEEP = 20;
const KEEP_LEAST = 8;

export interface EngineOptions {
  library: typeof Mpegts;
  video: HTMLVideoElement;
  base: string;
  path: string;
  transport: Transport;
  /** Kinds that cannot be played here are left out, and the other one plays alone. */
  plays: Plays;
  bytes(count: number): void;
  /** Joining anew is needed, as the stream's tracks changed. */
  change(change: Change): void;
  over(loss: Loss): void;
  /** Nothing of this can be played here. */
  unsupported(): void;
}

/** One connection's worth of playing: made when the stream is joined, thrown away when it is left. */
export class Engine {
  readonly gate: FlvGate;
  readonly #player: Mpegts.Player;

  constructor(options: EngineOptions) {
    const { library, video, base, path, transport, plays, bytes, over, unsupported } = options;
    const gate = (this.gate = new FlvGate(plays));
    const change = (what: Change): void => (what === 'unplayable' ? unsupported() : options.change(what));
    this.#player = library.createPlayer(
      { type: 'flv', isLive: true, url: `${base}/${path}.flv` },
      {
        customLoader: loaderClass(library, { base, path, transport, gate, bytes, change, over }),
        enableStashBuffer: false,
        lazyLoad: false,
        // A tab that was opened in the background is not given its media source until it is looked at.
        deferLoadAfterSourceOpen: false,
        autoCleanupSourceBuffer: true,
        autoCleanupMaxBackwardDuration: KEEP,
        autoCleanupMinBackwardDuration: KEEP_LEAST,
      },
    );
    const { Events, ErrorTypes, ErrorDetails } = library;
    this.#player.on(Events.ERROR, (type: string, detail: string, info: { code?: number; msg?: string } | undefined) => {
      if (type === ErrorTypes.NETWORK_ERROR) return;
      const cannot =
        detail === ErrorDetails.MEDIA_CODEC_UNSUPPORTED || /unsupported|not support/i.test(info?.msg ?? '');
      if (cannot) unsupported();
      else over({ kind: 'failed' });
    });
    this.#player.attachMediaElement(video);
    this.#player.load();
  }

  /** Stream time in ms of what the media element shows at `time` s. */
  mediaTime(time: number): number | undefined {
    return this.gate.base === undefined ? undefined : this.gate.base + time * 1000;
  }

  destroy(): void {
    this.#player.destroy();
  }
}

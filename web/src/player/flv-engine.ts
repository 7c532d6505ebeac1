import type Mpegts from 'mpegts.js';
import type { Edge, Engine, EngineOptions, Moment } from './engine.ts';
import { type Change, FlvGate } from './flv-gate.ts';
import type { Kind } from './flv-tag.ts';
import { loaderClass } from './loader.ts';

/** What has been played is kept for this long, for small steps back by the browser itself. s */
const KEEP = 20;
const KEEP_LEAST = 8;
/** Frames come one by one. s */
const LEAST = 0.4;

/** FLV through the player library. */
export class FlvEngine implements Engine {
  readonly edge: Edge = { by: 'page', least: LEAST };
  readonly #gate: FlvGate;
  readonly #player: Mpegts.Player;

  constructor(library: typeof Mpegts, options: EngineOptions) {
    const { way, video, base, path, plays, bytes, over, unsupported } = options;
    const gate = (this.#gate = new FlvGate(plays));
    const transport = way === 'http-flv' ? 'http' : 'ws';
    const change = (what: Change): void => (what === 'unplayable' ? unsupported() : options.change());
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

  get latest(): number | undefined {
    return this.#gate.base === undefined ? undefined : this.#gate.latest;
  }

  get kinds(): readonly Kind[] {
    return this.#gate.kinds;
  }

  /** What the encoder holds back for reordering counts as delay, what it computes does not. */
  moment(time: number): Moment | undefined {
    const { base, reorder } = this.#gate;
    return base === undefined ? undefined : { media: base + time * 1000 - reorder };
  }

  /** FLV brings one picture and one sound. */
  choose(): void {}

  destroy(): void {
    this.#player.destroy();
  }
}

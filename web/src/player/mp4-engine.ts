import { Appender } from './appender.ts';
import type { Edge, Engine, EngineOptions, Moment } from './engine.ts';
import type { Kind } from './flv-tag.ts';
import { rangesOf } from './frames.ts';
import { beginsWithInit, type Mp4Track, reorderIn, tracksOf } from './mp4-boxes.ts';
import { mediaSource } from './playable.ts';
import { openSource, type Source } from './source.ts';

/** Frames come one by one. s */
const LEAST = 0.4;

/** Fragmented MP4 from a WebSocket: messages of whole boxes, of which the first begins with the init segment. */
export class Mp4Engine implements Engine {
  readonly edge: Edge = { by: 'page', least: LEAST };
  readonly #options: EngineOptions;
  readonly #media: MediaSource;
  readonly #url: string;
  readonly #source: Source;
  readonly #stop = new AbortController();
  #appender: Appender | undefined;
  #tracks: readonly Mp4Track[] = [];
  #type = '';
  #reorder = 0;
  /** What came before there was a place for it. */
  #early: Uint8Array[] | undefined = [];

  constructor(options: EngineOptions) {
    this.#options = options;
    const { base, path, video, over } = options;
    const Media = mediaSource()!;
    this.#media = new Media();
    this.#url = URL.createObjectURL(this.#media);
    this.#media.addEventListener('sourceopen', () => this.#opened(), { signal: this.#stop.signal, once: true });
    video.src = this.#url;
    this.#source = openSource({
      base,
      path: `${path}.mp4`,
      transport: 'ws',
      data: (bytes) => this.#take(bytes),
      over,
    });
  }

  get latest(): number | undefined {
    const end = rangesOf(this.#options.video).at(-1)?.[1];
    return end === undefined ? undefined : end * 1000;
  }

  get kinds(): readonly Kind[] {
    return this.#tracks.map(({ kind }) => kind);
  }

  /** Times are the stream's own. */
  moment(time: number): Moment {
    return { media: time * 1000 - this.#reorder };
  }

  /** MP4 brings one picture and one sound. */
  choose(): void {}

  destroy(): void {
    this.#stop.abort();
    this.#source.close();
    this.#early = undefined;
    this.#appender = undefined;
    URL.revokeObjectURL(this.#url);
    this.#options.video.removeAttribute('src');
    this.#options.video.load();
  }

  #opened(): void {
    const early = this.#early ?? [];
    this.#early = undefined;
    for (const bytes of early) this.#append(bytes);
  }

  #take(bytes: Uint8Array): void {
    this.#options.bytes(bytes.length);
    if (this.#early) this.#early.push(bytes);
    else this.#append(bytes);
  }

  #append(bytes: Uint8Array): void {
    if (this.#stop.signal.aborted) return;
    try {
      if (beginsWithInit(bytes) && !this.#begin(bytes)) return;
      const picture = this.#tracks.find(({ kind }) => kind === 'video');
      if (picture) this.#reorder = Math.max(this.#reorder, reorderIn(bytes, picture) ?? 0);
    } catch {
      // These bytes are not what they seem, or the browser has closed their place.
      return this.#options.over({ kind: 'failed' });
    }
    if (this.#appender) this.#appender.push(bytes);
    else this.#options.over({ kind: 'failed' });
  }

  /** Takes up an init segment; false if what it announces cannot be played. */
  #begin(bytes: Uint8Array): boolean {
    const tracks = tracksOf(bytes);
    const type = `${tracks.some(({ kind }) => kind === 'video') ? 'video' : 'audio'}/mp4; codecs="${tracks.map(({ codecs }) => codecs).join()}"`;
    if (tracks.length === 0 || !mediaSource()!.isTypeSupported(type)) {
      this.#options.unsupported();
      return false;
    }
    this.#tracks = tracks;
    this.#reorder = 0;
    if (!this.#appender) this.#appender = this.#open(type);
    else if (type !== this.#type) this.#appender.push({ type });
    this.#type = type;
    return true;
  }

  #open(type: string): Appender {
    const { video, over } = this.#options;
    const target = this.#media.addSourceBuffer(type);
    const failed = (): void => over({ kind: 'failed' });
    const appender = new Appender({ target, time: () => video.currentTime, failed });
    const { signal } = this.#stop;
    target.addEventListener('updateend', () => appender.next(), { signal });
    target.addEventListener('error', failed, { signal });
    return appender;
  }
}

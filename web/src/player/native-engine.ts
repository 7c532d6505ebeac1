import { errorOf } from '../../../src/client/api.ts';
import { Captions } from './captions.ts';
import { noChoices, type Wanted } from './choices.ts';
import type { Edge, Engine, EngineOptions, Moment } from './engine.ts';
import type { Kind } from './flv-tag.ts';

/** A film that comes without end is played as it comes: what is kept is also what covers the gaps between its pieces. s */
const LEAST = 1;

/** Safari knows by EXT-X-PROGRAM-DATE-TIME when the media began. */
interface DatedVideo extends HTMLVideoElement {
  getStartDate?(): Date;
}

/** What the media element plays by itself: a playlist, or an MP4 without end. */
export class NativeEngine implements Engine {
  readonly edge: Edge;
  /** The media element does not tell what it has read. */
  readonly latest: undefined;
  readonly #video: DatedVideo;
  readonly #options: EngineOptions;
  readonly #captions: Captions;
  readonly #stop = new AbortController();

  constructor(options: EngineOptions) {
    const { way, video, base, path, wanted, choices, over } = options;
    this.#options = options;
    this.#video = video;
    const list = way === 'native-hls';
    this.edge = list ? { by: 'itself' } : { by: 'speed', least: LEAST };
    this.#captions = new Captions({
      video,
      on: wanted.captions,
      changed: () => choices({ ...noChoices, captions: this.#captions.there }),
    });
    const { signal } = this.#stop;
    for (const event of ['loadedmetadata', 'progress', 'timeupdate'])
      video.addEventListener(event, () => options.bytes(0), { signal });
    video.addEventListener('ended', () => over({ kind: 'ended' }), { signal });
    video.addEventListener('error', () => this.#failed(), { signal });
    if (list) void this.#open(`${base}/${path}/index.m3u8`);
    else this.#play(`${base}/${path}.mp4`);
  }

  get kinds(): readonly Kind[] {
    if (this.#video.readyState < HTMLMediaElement.HAVE_METADATA) return [];
    return this.#video.videoWidth > 0 ? ['video', 'audio'] : ['audio'];
  }

  moment(time: number): Moment | undefined {
    const { seekable } = this.#video;
    const began = this.#video.getStartDate?.().getTime() ?? NaN;
    if (!Number.isNaN(began)) return { wall: began + time * 1000 };
    if (this.edge.by === 'speed') return { media: time * 1000 };
    const end = seekable.length > 0 ? seekable.end(seekable.length - 1) : NaN;
    return Number.isFinite(end) ? { behind: Math.max(0, end - time) * 1000 } : undefined;
  }

  choose({ captions }: Wanted): void {
    this.#captions.show(captions);
  }

  destroy(): void {
    this.#stop.abort();
    this.#captions.close();
    this.#video.removeAttribute('src');
    this.#video.load();
  }

  /** Asks for the playlist first: a media element does not tell why it was refused. */
  async #open(url: string): Promise<void> {
    const { signal } = this.#stop;
    try {
      const response = await fetch(url, { signal, cache: 'no-store' });
      if (!response.ok) {
        const { code, retryAfter } = await errorOf(response);
        if (signal.aborted) return;
        return this.#options.over({ kind: 'refused', code, ...(retryAfter === undefined ? {} : { retryAfter }) });
      }
      await response.body?.cancel();
    } catch {
      if (!signal.aborted) this.#options.over({ kind: 'failed' });
      return;
    }
    if (!signal.aborted) this.#play(url);
  }

  #play(url: string): void {
    this.#video.src = url;
  }

  #failed(): void {
    const decoder = this.#video.error?.code === MediaError.MEDIA_ERR_DECODE;
    // A decoder that gave up is the player’s business.
    if (!decoder) this.#options.over({ kind: 'failed' });
  }
}

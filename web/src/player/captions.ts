/**
 * The texts that can be shown over a picture. Only those count that have come since this was made: a media element never
 * forgets its text tracks, and each connection tells of its own.
 */
export class Captions {
  readonly #video: HTMLVideoElement;
  readonly #changed: () => void;
  readonly #stop = new AbortController();
  readonly #tracks = new Set<TextTrack>();
  #on: boolean;

  constructor(options: { video: HTMLVideoElement; on: boolean; changed: () => void }) {
    this.#video = options.video;
    this.#on = options.on;
    this.#changed = options.changed;
    const { signal } = this.#stop;
    this.#video.textTracks.addEventListener('addtrack', ({ track }) => track && this.#add(track), { signal });
  }

  get there(): boolean {
    return this.#tracks.size > 0;
  }

  show(on: boolean): void {
    this.#on = on;
    this.#apply();
  }

  close(): void {
    this.#stop.abort();
    for (const track of this.#tracks) track.mode = 'disabled';
    this.#tracks.clear();
  }

  #add(track: TextTrack): void {
    if (track.kind !== 'captions' && track.kind !== 'subtitles') return;
    this.#tracks.add(track);
    this.#apply();
    this.#changed();
  }

  /** One at a time: that in the language of the page where there is one, else the first. */
  #apply(): void {
    const lang = document.documentElement.lang.slice(0, 2);
    const all = [...this.#tracks];
    const shown = this.#on ? (all.find(({ language }) => language.startsWith(lang)) ?? all[0]) : undefined;
    for (const track of all) {
      const mode = track === shown ? 'showing' : 'disabled';
      if (track.mode !== mode) track.mode = mode;
    }
  }
}

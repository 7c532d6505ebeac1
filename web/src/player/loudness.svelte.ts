import type { Settings } from '../settings/settings.svelte.ts';

/** The player's sound: how loud the viewer wants it, and what the browser allows before a tap. */
export class Loudness {
  /** The browser allows no sound before a tap. */
  soundNeeded: boolean = $state(false);
  /** The browser allows no playing at all before a tap. */
  tapNeeded: boolean = $state(false);
  readonly #settings: Settings;
  readonly #video: () => HTMLVideoElement | undefined;

  constructor(options: { settings: Settings; video: () => HTMLVideoElement | undefined }) {
    this.#settings = options.settings;
    this.#video = options.video;
  }

  get muted(): boolean {
    return this.soundNeeded || this.#settings.muted;
  }

  /** Plays: with sound if the browser lets it, else without, else after a tap. */
  async play(): Promise<void> {
    const video = this.#video();
    if (!video) return;
    this.#apply();
    try {
      await video.play();
      this.tapNeeded = false;
    } catch (error) {
      if (!(error instanceof DOMException) || error.name !== 'NotAllowedError') return;
      if (video.muted) {
        this.tapNeeded = true;
      } else {
        this.soundNeeded = true;
        void this.play();
      }
    }
  }

  /** The tap that the browser wants before there is sound. */
  give(): void {
    this.soundNeeded = false;
    this.#settings.setVolume(this.#settings.volume || 1, false);
    this.#apply();
  }

  set(volume: number): void {
    this.soundNeeded = false;
    this.#settings.setVolume(volume, volume === 0);
    this.#apply();
  }

  mute(): void {
    this.#settings.setVolume(this.#settings.volume, true);
    this.#apply();
  }

  #apply(): void {
    const video = this.#video();
    if (!video) return;
    video.volume = this.#settings.volume;
    video.muted = this.muted;
  }
}

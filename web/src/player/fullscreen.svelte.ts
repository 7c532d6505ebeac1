/** What iPhones offer instead of the standard. */
interface AppleVideo extends HTMLVideoElement {
  webkitEnterFullscreen?(): void;
}

/** Full screen of the player, of what it stands in with the chat, or of the bare video where only that is possible. */
export class Fullscreen {
  on: boolean = $state(false);
  /** The chat lies on the picture then: not what is chosen for the page, and not remembered. */
  chat: boolean = $state(false);
  #element: HTMLElement | undefined;
  #video: AppleVideo | undefined;
  readonly #stop = new AbortController();

  attach(element: HTMLElement, video: HTMLVideoElement): void {
    this.#element = element;
    this.#video = video;
    document.addEventListener('fullscreenchange', () => (this.on = document.fullscreenElement === element), {
      signal: this.#stop.signal,
    });
  }

  toggle(): void {
    // Not `on`: that follows a frame later, and a second press may come before.
    if (this.#element && document.fullscreenElement === this.#element) void document.exitFullscreen().catch(() => {});
    else if (this.#element?.requestFullscreen)
      void this.#element.requestFullscreen({ navigationUI: 'hide' }).catch(() => {});
    else this.#video?.webkitEnterFullscreen?.();
  }

  close(): void {
    this.#stop.abort();
  }
}

/** What Safari offers instead of, or before, the Remote Playback API. */
interface AppleVideo extends HTMLVideoElement {
  webkitShowPlaybackTargetPicker?(): void;
}

/** Says whether there is a device that could take over the picture: a television, a loudspeaker. */
interface Availability extends Event {
  readonly availability?: 'available' | 'not-available';
}

/** Hands the picture to another device, where what plays can be handed on and a device is there. */
export class Casting {
  possible: boolean = $state(false);
  #video: AppleVideo | undefined;
  #stop: (() => void) | undefined;

  /** Looks for devices for what this media element fetches by itself; undefined: there is nothing to hand on. */
  follow(video: AppleVideo | undefined): void {
    if (video === this.#video) return;
    this.close();
    this.#video = video;
    if (!video) return;
    if (video.webkitShowPlaybackTargetPicker) this.#followApple(video);
    else if ('remote' in video) void this.#followRemote(video);
  }

  /** Asks the viewer for the device. */
  choose(): void {
    const video = this.#video;
    if (video?.webkitShowPlaybackTargetPicker) video.webkitShowPlaybackTargetPicker();
    else void video?.remote.prompt().catch(() => {}); // They have chosen none.
  }

  close(): void {
    this.#stop?.();
    this.#stop = undefined;
    this.#video = undefined;
    this.possible = false;
  }

  #followApple(video: AppleVideo): void {
    video.setAttribute('x-webkit-airplay', 'allow');
    const listen = ({ availability }: Availability): void => {
      this.possible = availability === 'available';
    };
    video.addEventListener('webkitplaybacktargetavailabilitychanged', listen);
    this.#stop = () => video.removeEventListener('webkitplaybacktargetavailabilitychanged', listen);
  }

  async #followRemote(video: AppleVideo): Promise<void> {
    const { remote } = video;
    try {
      const watch = await remote.watchAvailability((there) => {
        if (video === this.#video) this.possible = there;
      });
      const stop = (): void => void remote.cancelWatchAvailability(watch).catch(() => {});
      if (video === this.#video) this.#stop = stop;
      else stop();
    } catch {
      // This browser does not look for devices all the time: there is none, as far as it is known.
    }
  }
}

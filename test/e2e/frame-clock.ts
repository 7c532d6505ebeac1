import { onTestFinished } from 'vitest';
import type { ClipName } from '../clips.ts';
import { publish } from '../publish.ts';
import type { TestServer } from '../servers.ts';
import { until } from '../servers.ts';
import { Watcher } from '../watch.ts';

/** Frames a second of the numbered films, and the number of bits in their pictures. */
const RATE = 25;
const BITS = 16;

/**
 * Reads the number in each frame as it comes onto the screen, and notes the wall time in ms at which it did. Bits are
 * white or black in the first row; the second row is their opposite and proves the reading.
 */
const READ = `(() => {
  const video = document.querySelector('video');
  const canvas = new OffscreenCanvas(320, 180);
  const context = canvas.getContext('2d', { willReadFrequently: true });
  const bit = (x, y) => context.getImageData(x, y, 1, 1).data[1] > 128;
  globalThis.framesSeen = [];
  const read = () => {
    const at = performance.timeOrigin + performance.now();
    context.drawImage(video, 0, 0, 320, 180);
    let number = 0;
    let sure = video.classList.contains('shown');
    for (let i = 0; i < ${BITS}; i++) {
      if (bit(i * 20 + 10, 10)) number += 2 ** i;
      sure &&= bit(i * 20 + 10, 10) !== bit(i * 20 + 10, 30);
    }
    if (sure) framesSeen.push({ number, at });
    video.requestVideoFrameCallback(read);
  };
  video.requestVideoFrameCallback(read);
})()`;

/** A frame on the screen of the page. */
export interface SeenFrame {
  number: number;
  /** How long before it was due at its publisher. ms */
  delay: number;
  /** Since the first one was seen. ms */
  after: number;
}

/** A page that can be asked. */
interface Asked {
  look<T>(expression: string): Promise<T>;
}

/** A publisher of a film whose frames say their number, and a raw viewer that tells when each of them was live. */
export class FrameClock {
  readonly #watcher: Watcher;
  /** Length of a film that is sent over and over, ms. */
  readonly #round: number | undefined;

  private constructor(watcher: Watcher, round: number | undefined) {
    this.#watcher = watcher;
    this.#round = round;
  }

  /** `round`: the film is sent over and over, and has so many seconds. */
  static async start(server: TestServer, film: ClipName, { round }: { round?: number } = {}): Promise<FrameClock> {
    const watcher = new Watcher(`${server.http}/live/lobby.flv`);
    onTestFinished(() => watcher.stop());
    await until('the raw viewer is admitted', () => watcher.status === 200);
    const clock = new FrameClock(watcher, round === undefined ? undefined : round * 1000);
    await publish(film, `${server.rtmp}/live/lobby`, { loop: round !== undefined });
    return clock;
  }

  /** Waits until so many seconds were published. */
  async reaches(seconds: number): Promise<void> {
    const number = seconds * RATE;
    await until(`frame ${number} is live`, () => this.#watcher.pictures.length >= number, seconds * 1000 + 15_000);
  }

  /** Begins to note what this page shows. */
  async watch(room: Asked): Promise<void> {
    await until('there is a player', () => room.look('!!document.querySelector("video")'));
    await room.look(READ);
  }

  /** What the page has shown so far. */
  async seen(room: Asked): Promise<SeenFrame[]> {
    const seen = await room.look<{ number: number; at: number }[]>('framesSeen');
    const begun = this.#begun();
    return seen.map(({ number, at }) => ({
      number,
      delay: this.#within(at - begun - (number * 1000) / RATE),
      after: at - seen[0]!.at,
    }));
  }

  /** Of a film that is sent over and over only the time within a round is known. */
  #within(delay: number): number {
    return this.#round === undefined ? delay : ((delay % this.#round) + this.#round) % this.#round;
  }

  /** Wall time in ms at which frame 0 was due: the raw viewer's frame that was the least late says it. */
  #begun(): number {
    const { pictures } = this.#watcher;
    const wall = Date.now() - performance.now();
    return wall + Math.min(...pictures.map(({ at }, number) => at - (number * 1000) / RATE));
  }
}

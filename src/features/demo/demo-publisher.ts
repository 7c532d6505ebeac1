import { type Access, PROGRAM } from '../../live/access.ts';
import type { Hub } from '../../live/hub.ts';
import type { Publisher } from '../../live/publisher.ts';
import type { Scheduler } from '../../live/scheduler.ts';
import type { Logger } from '../../log.ts';
import type { EndReason } from '../../media/frame.ts';
import { MILLISECOND, SECOND } from '../../media/time.ts';
import type { Clip } from './clip.ts';

/** Below every real publisher, so that each of them takes over at once. */
const PRIORITY = -1;
/** The grace of a lost publisher has to be over before the clip begins a new broadcast. */
const AFTER_GRACE = 100 * MILLISECOND;
/** A machine that slept does not get all that it missed in one burst. */
const MAX_BEHIND = SECOND;

export interface DemoOptions {
  readonly hub: Hub;
  readonly scheduler: Scheduler;
  readonly log: Logger;
  readonly clip: Clip;
  readonly path: string;
  /** µs that a real publisher has to be gone before the clip returns. */
  readonly grace: number;
}

/** Publishes a clip in a loop whenever nobody else publishes on its path. */
export class DemoPublisher {
  readonly #options: DemoOptions;
  #publisher: Publisher | undefined;
  #cancel: () => void = () => {};
  #stopListening: () => void = () => {};
  #closed = false;
  #bytes = 0;
  /** Monotonic µs of the first frame of the first turn. */
  #start = 0;
  #turn = 0;
  #next = 0;

  constructor(options: DemoOptions) {
    this.#options = options;
  }

  async start(): Promise<void> {
    const { hub, path } = this.#options;
    this.#stopListening = hub.events.on('session-end', ({ session }) => {
      if (session.path === path && session.action === 'publish') this.#returnLater();
    });
    await this.#publish();
  }

  close(): void {
    this.#closed = true;
    this.#stopListening();
    this.#cancel();
    this.#publisher?.end('ended');
    this.#publisher = undefined;
  }

  async #publish(): Promise<void> {
    const { hub, path, scheduler, clip, log } = this.#options;
    if (this.#closed || this.#publisher || hub.publisher(path)) return;
    try {
      this.#publisher = await hub.publish(this.#access());
    } catch (error) {
      log.debug({ err: error, path }, 'the demo clip waits');
      this.#returnLater();
      return;
    }
    if (this.#closed) return this.#publisher.end('ended');
    for (const track of clip.tracks) this.#publisher.announce(track);
    this.#start = scheduler.now();
    this.#turn = 0;
    this.#next = 0;
    this.#play();
  }

  #access(): Access {
    return {
      action: 'publish',
      protocol: PROGRAM,
      path: this.#options.path,
      credentials: {},
      remote: { address: '127.0.0.1', agent: 'demo' },
      priority: PRIORITY,
      close: (reason) => this.#ended(reason),
      traffic: () => ({ in: this.#bytes, out: 0 }),
    };
  }

  #ended(reason: EndReason): void {
    this.#publisher = undefined;
    this.#cancel();
    if (reason === 'shutdown') this.#closed = true;
    else this.#returnLater();
  }

  /** Starts waiting anew: of several endings the last one counts. */
  #returnLater(): void {
    if (this.#closed || this.#publisher) return;
    const { scheduler, grace } = this.#options;
    this.#cancel();
    this.#cancel = scheduler.after(grace + AFTER_GRACE, () => void this.#publish());
  }

  /** Writes what is due, and comes back when the next frame is. */
  #play(): void {
    const { clip, scheduler } = this.#options;
    if (clip.frames.length === 0 || clip.duration === 0) return;
    const now = scheduler.now() - this.#start;
    const behind = now - this.#due();
    if (behind > MAX_BEHIND) this.#start += behind;
    while (this.#publisher && this.#due() <= scheduler.now() - this.#start) {
      const frame = clip.frames[this.#next]!;
      const shift = this.#turn * clip.duration;
      this.#next = (this.#next + 1) % clip.frames.length;
      if (this.#next === 0) this.#turn++;
      this.#bytes += frame.data.length;
      this.#publisher.write({ ...frame, dts: frame.dts + shift, pts: frame.pts + shift });
    }
    if (!this.#publisher) return;
    const wait = this.#due() - (scheduler.now() - this.#start);
    this.#cancel = scheduler.after(Math.max(0, wait), () => this.#play());
  }

  /** When the next frame is to be written, in µs since the start. */
  #due(): number {
    const { clip } = this.#options;
    return this.#turn * clip.duration + clip.frames[this.#next]!.dts;
  }
}

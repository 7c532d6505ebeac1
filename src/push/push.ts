import { RoomcastError, toRoomcastError } from '../errors.ts';
import { keepAlive } from '../io/keep-alive.ts';
import { systemScheduler } from '../io/scheduler.ts';
import { Events } from '../live/events.ts';
import type { Scheduler } from '../live/scheduler.ts';
import { type Logger, silent } from '../log.ts';
import { SECOND } from '../media/time.ts';
import { RtmpClient } from '../protocols/rtmp/client.ts';
import { type Film, openFilm } from './film.ts';
import { Pace } from './pace.ts';
import { type PushProgress, Rates } from './progress.ts';
import type { TranscodeOptions } from './transcode.ts';
import { type LinkState, Uplink, type UplinkOptions } from './uplink.ts';

export interface PushOptions {
  /** Plays the file over and over, with times that go on, until it is stopped. */
  loop?: boolean;
  /** Encodes anew, to H.264 and AAC, with the system's ffmpeg. `true`: with its defaults. */
  transcode?: boolean | TranscodeOptions;
  /** Default: none. */
  logger?: Logger;
  /** Default: the real clock. */
  scheduler?: Scheduler;
  /** 0 to 1, spreads the attempts to come back. Default: `Math.random`. */
  random?: () => number;
  /** Makes the connection. Default: RTMP over TCP. */
  connect?: UplinkOptions['connect'];
}

export interface PushEvents {
  /** Once a second. */
  progress: PushProgress;
  /** The connection stands, or is lost. */
  link: LinkState;
  /** Something of the file is not sent, in words. */
  warning: string;
}

/** How it went. */
export interface PushResult {
  /** `stopped`: by `stop()`, before the end. */
  reason: 'done' | 'stopped';
  progress: PushProgress;
}

/** A file that is being published. */
export interface Push {
  /** Listens until the returned function is called. */
  on<K extends keyof PushEvents>(name: K, listener: (value: PushEvents[K]) => void): () => void;
  /** Resolves at the end of the file, or when it was stopped. Rejects with a `RoomcastError` in words. */
  readonly done: Promise<PushResult>;
  /** Ends the broadcast cleanly. Resolves when it is over; never rejects. */
  stop(): Promise<void>;
}

/**
 * Publishes a media file to an RTMP server at the pace at which it is to be seen.
 *
 * @param source Path or `file:` URL of an MP4, MOV, MKV, WebM or FLV file.
 * @param url `rtmp://host[:port]/app/name`, with the key as the server wants it.
 */
export function push(source: string | URL, url: string, options: PushOptions = {}): Push {
  const pusher = new Pusher(source, url, options);
  const release = keepAlive();
  const done = pusher.run().finally(release);
  return {
    on: (name, listener) => pusher.events.on(name, listener),
    done,
    async stop(): Promise<void> {
      pusher.stop();
      await done.catch(() => {});
    },
  };
}

class Pusher {
  readonly events: Events<PushEvents>;
  readonly #source: string | URL;
  readonly #options: PushOptions;
  readonly #scheduler: Scheduler;
  readonly #log: Logger;
  readonly #pace: Pace;
  readonly #rates = new Rates();
  readonly #uplink: Uplink;
  #film: Film | undefined;
  /** Decode time of the last frame, µs. */
  #time = 0;
  #stopped = false;
  #failure: RoomcastError | undefined;

  constructor(source: string | URL, url: string, options: PushOptions) {
    const { scheduler = systemScheduler(), logger = silent, random = Math.random } = options;
    const { connect = (line): RtmpClient => new RtmpClient(line) } = options;
    this.#source = source;
    this.#options = options;
    this.#scheduler = scheduler;
    this.#log = logger;
    this.#pace = new Pace(scheduler);
    this.events = new Events((error) => logger.error({ err: error }, 'a listener of the push failed'));
    this.#uplink = new Uplink({
      url,
      scheduler,
      connect,
      random,
      changed: (state) => this.#changed(state),
      failed: (error) => this.#end(error),
    });
  }

  stop(): void {
    this.#end();
  }

  async run(): Promise<PushResult> {
    // Whoever called has the chance to listen first.
    await Promise.resolve();
    try {
      const { loop = false, transcode = false } = this.#options;
      const how = transcode === true ? {} : transcode || undefined;
      this.#film = await openFilm(this.#source, { loop, transcode: how, scheduler: this.#scheduler });
      for (const what of this.#film.leftOut) this.#warn(`Not sent: ${what}.`);
      if (!this.#stopped) await this.#play(this.#film);
      return this.#result();
    } catch (error) {
      if (this.#stopped && !this.#failure) return this.#result();
      throw toRoomcastError(error);
    } finally {
      await this.#film?.close();
    }
  }

  async #play(film: Film): Promise<void> {
    await this.#uplink.open(film.tracks);
    const cancel = this.#scheduler.every(SECOND, () => this.events.emit('progress', this.#progress()));
    try {
      for await (const frame of film.frames()) {
        await this.#pace.due(frame.dts);
        if (this.#stopped) break;
        this.#uplink.offer(frame);
        this.#time = Math.max(this.#time, frame.dts);
      }
      if (this.#failure) throw this.#failure;
      if (!this.#stopped && !this.#uplink.isLive) throw endedWithout(this.#uplink.error);
    } finally {
      cancel();
      await this.#uplink.leave();
    }
  }

  /** Stops, with an error where it is none of the user's doing. */
  #end(failure?: RoomcastError): void {
    if (this.#stopped) return;
    this.#stopped = true;
    this.#failure = failure;
    this.#pace.wake();
    if (!this.#uplink.isLive) void this.#uplink.leave();
  }

  #result(): PushResult {
    return { reason: this.#stopped ? 'stopped' : 'done', progress: this.#progress() };
  }

  #progress(): PushProgress {
    const { bytes, isLive, frames, reconnects } = this.#uplink;
    const duration = this.#film?.duration;
    return {
      time: this.#time / SECOND,
      ...(duration === undefined ? {} : { duration: duration / SECOND }),
      ...this.#rates.add({ now: this.#scheduler.now(), time: this.#time, bytes }),
      live: isLive,
      frames: frames.sent,
      lost: frames.lost,
      reconnects,
    };
  }

  #changed(state: LinkState): void {
    if (state.state === 'waiting') {
      const { error, retryIn } = state;
      this.#log.warn({ code: error.code, reason: error.message, retryIn }, 'the connection was lost');
    } else this.#log.info({}, state.state === 'live' ? 'publishing' : 'connecting');
    this.events.emit('link', state);
  }

  #warn(message: string): void {
    this.#log.warn({}, message);
    this.events.emit('warning', message);
  }
}

function endedWithout(error: RoomcastError | undefined): RoomcastError {
  const why = error ? ` ${error.message}` : '';
  return new RoomcastError('time-out', `The film ended while there was no connection.${why}`);
}

import { RoomcastError, toRoomcastError } from '../errors.ts';
import { untilAborted } from '../files/until-aborted.ts';
import { keepAlive } from '../io/keep-alive.ts';
import { systemScheduler } from '../io/scheduler.ts';
import { Events } from '../live/events.ts';
import type { Scheduler } from '../live/scheduler.ts';
import { type Logger, silent } from '../log.ts';
import { SECOND } from '../media/time.ts';
import { RtmpClient } from '../protocols/rtmp/client.ts';
import type { Film } from './film.ts';
import { openFilm } from './open-film.ts';
import { Pace } from './pace.ts';
import { type PushProgress, Rates } from './progress.ts';
import type { TranscodeOptions } from './transcode.ts';
import { type LinkState, Uplink, type UplinkOptions } from './uplink.ts';

/** A film that is asked to close has this long; a program that does not end is killed before. */
const CLOSE_TIME = 3 * SECOND;

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
}

export interface PushEvents {
  /** Once a second. */
  progress: PushProgress;
  /** The connection stands, or is lost. */
  link: LinkState;
  /** Something of the file is not sent, or did not arrive, in words. */
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
 * @param source Path or `file:` URL of an MP4, MOV, MKV, WebM, FLV or MPEG-TS file.
 * @param url `rtmp://host[:port]/app/name` or `rtmps://…`, with the key as the server wants it.
 */
export function push(source: string | URL, url: string, options: PushOptions = {}): Push {
  return pushOver((line) => new RtmpClient(line), source, url, options);
}

/** The same over a connection that somebody else makes. */
export function pushOver(
  connect: UplinkOptions['connect'],
  source: string | URL,
  url: string,
  options: PushOptions,
): Push {
  const pusher = new Pusher(connect, source, url, options);
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
  readonly #stopping = new AbortController();
  #failure: RoomcastError | undefined;

  constructor(connect: UplinkOptions['connect'], source: string | URL, url: string, options: PushOptions) {
    const { scheduler = systemScheduler(), logger = silent, random = Math.random } = options;
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
    const { signal } = this.#stopping;
    if (signal.aborted) return this.#result();
    const opening = this.#open();
    try {
      this.#film = await untilAborted(opening, signal);
      if (this.#film) await this.#play(this.#film);
      if (this.#failure) throw this.#failure;
      return this.#result();
    } catch (error) {
      if (signal.aborted && !this.#failure) return this.#result();
      throw toRoomcastError(error);
    } finally {
      await this.#closed(opening);
    }
  }

  #open(): Promise<Film> {
    const { loop = false, transcode = false } = this.#options;
    return openFilm(this.#source, {
      loop,
      transcode: transcode === true ? {} : transcode || undefined,
      scheduler: this.#scheduler,
      signal: this.#stopping.signal,
      warn: (message) => this.#warn(message),
    });
  }

  async #play(film: Film): Promise<void> {
    const { signal } = this.#stopping;
    await this.#uplink.open(film.tracks);
    const cancel = this.#scheduler.every(SECOND, () => this.events.emit('progress', this.#progress()));
    let isWhole = false;
    try {
      await untilAborted(this.#send(film), signal);
      if (!signal.aborted && !this.#uplink.isLive) throw endedWithout(this.#uplink.error);
    } finally {
      cancel();
      isWhole = await this.#uplink.leave();
    }
    if (!signal.aborted && !isWhole) this.#warn('The connection did not take the end of the film in time.');
  }

  async #send(film: Film): Promise<void> {
    for await (const frame of film.frames()) {
      await this.#pace.due(frame.dts);
      if (this.#stopping.signal.aborted) return;
      this.#uplink.offer(frame);
      this.#time = Math.max(this.#time, frame.dts);
    }
  }

  /** Waits until nothing is left of the film; not for ever, since a disk that is away may never answer. */
  async #closed(opening: Promise<Film>): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    const cancel = this.#scheduler.after(CLOSE_TIME, resolve);
    void opening.then((film) => film.close()).then(resolve, () => resolve());
    await promise;
    cancel();
  }

  /** Stops, with an error where it is none of the user's doing. */
  #end(failure?: RoomcastError): void {
    if (this.#stopping.signal.aborted) return;
    this.#failure = failure;
    this.#stopping.abort();
    this.#pace.wake();
    if (!this.#uplink.isLive) void this.#uplink.leave();
  }

  #result(): PushResult {
    return { reason: this.#stopping.signal.aborted ? 'stopped' : 'done', progress: this.#progress() };
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

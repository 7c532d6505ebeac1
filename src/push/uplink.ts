import { Backoff } from '../client/backoff.ts';
import { Denied, type ErrorCode, type RoomcastError } from '../errors.ts';
import type { Scheduler } from '../live/scheduler.ts';
import type { Frame, Track } from '../media/frame.ts';
import { MILLISECOND, SECOND } from '../media/time.ts';
import type { RtmpClient, RtmpClientOptions } from '../protocols/rtmp/client.ts';

/** ms between attempts to come back: soon after a hiccup, and seldom while a server is down. */
const RETRY = { first: 1000, most: 30_000 } as const;
/** A connection that lasted so long was a good one: the next loss is a new one. */
const LASTING = 10 * SECOND;
/** What a socket does not take for so long is too much for the network; frames are left out until it has caught up. */
const MAX_LATE = 5 * SECOND;
/** A socket that takes nothing more at all for so long is dead. */
const MAX_STALL = 15 * SECOND;
/** Bytes that wait for the network at most. */
const MAX_QUEUED = 32 * 2 ** 20;
/** At its end a film has this long to get through. */
const FLUSH_TIME = 5 * SECOND;

/**
 * Refusals that the next attempt would meet again. A server that has let us publish and now only says no is none of them:
 * many do while they hold the connection that was lost.
 */
const FINAL: ReadonlySet<ErrorCode> = new Set([
  'bad-path',
  'bad-request',
  'codec-unsupported',
  'kicked',
  'not-found',
  'sign-in',
  'wrong-key',
] as const);

/** The connection as this needs it. */
export type Line = Pick<
  RtmpClient,
  'ready' | 'ended' | 'announce' | 'write' | 'drained' | 'queued' | 'traffic' | 'leave' | 'destroy'
>;

/** How things stand with the server. */
export type LinkState =
  | { state: 'connecting' }
  | { state: 'live' }
  /** `retryIn`: seconds to the next attempt. */
  | { state: 'waiting'; error: RoomcastError; retryIn: number };

export interface UplinkOptions {
  url: string;
  scheduler: Scheduler;
  /** Makes a connection. */
  connect: (options: RtmpClientOptions) => Line;
  /** 0 to 1, spreads the attempts. */
  random: () => number;
  changed: (state: LinkState) => void;
  /** Something that no further attempt can mend. Called once at most. */
  failed: (error: RoomcastError) => void;
}

/**
 * The way to the server for a film that goes on whether it stands or not: what is sent while it is down, or too slow, is
 * lost, and the picture starts again at the next key frame.
 */
export class Uplink {
  /** Frames that were handed to the network, and those that it was not there, or too slow, for. */
  readonly frames: { sent: number; lost: number } = { sent: 0, lost: 0 };
  /** Times that it came back. */
  reconnects = 0;
  readonly #options: UplinkOptions;
  readonly #backoff: Backoff;
  readonly #tracks = new Map<number, Track>();
  #line: Line | undefined;
  #isLive = false;
  /** The server's last words. */
  #said = '';
  #awaitsKey = true;
  #liveSince = 0;
  /** Since when the socket has had enough. */
  #fullSince: number | undefined;
  #cancelRetry: () => void = () => {};
  #closed = false;
  #error: RoomcastError | undefined;
  /** Where the server sent us, for the next attempt. */
  #moved: RtmpClientOptions['target'];
  /** Bytes of connections that are over. */
  #bytes = 0;

  constructor(options: UplinkOptions) {
    this.#options = options;
    this.#backoff = new Backoff({ ...RETRY, random: options.random });
  }

  /** Bytes that the network took so far. */
  get bytes(): number {
    return this.#bytes + (this.#line ? taken(this.#line) : 0);
  }

  get isLive(): boolean {
    return this.#isLive;
  }

  /** Why it is down; undefined while it is not. */
  get error(): RoomcastError | undefined {
    return this.#error;
  }

  /** The first connection, to publish these tracks. @throws RoomcastError for whatever goes wrong with it. */
  async open(tracks: readonly Track[]): Promise<void> {
    for (const track of tracks) this.#tracks.set(track.id, track);
    this.#options.changed({ state: 'connecting' });
    await this.#connect();
  }

  /** Sends a frame, or loses it. */
  offer(frame: Frame): void {
    const { track } = frame;
    if (this.#tracks.get(track.id) !== track) this.#tracks.set(track.id, track);
    if (!this.#takes(frame)) {
      this.frames.lost++;
      return;
    }
    this.frames.sent++;
    if (this.#line!.write(frame)) this.#fullSince = undefined;
    else if (this.#fullSince === undefined) this.#watch(this.#line!);
  }

  /** Ends the broadcast cleanly, once the network has taken what was sent; false where it did not in time. */
  async leave(): Promise<boolean> {
    this.#closed = true;
    this.#cancelRetry();
    const line = this.#line;
    if (!line) return false;
    if (!this.#isLive) {
      line.destroy();
      return false;
    }
    const isFlushed = await this.#flushed(line);
    const isWhole = isFlushed && this.#line === line;
    await line.leave();
    return isWhole;
  }

  async #connect(): Promise<void> {
    const { url, scheduler, connect, changed } = this.#options;
    const target = this.#moved;
    this.#moved = undefined;
    const status: RtmpClientOptions['status'] = ({ code, description }) => {
      this.#said = `${code} ${description}`.trim();
    };
    const line = connect({ url, ...(target ? { target } : {}), action: 'publish', scheduler, status });
    this.#line = line;
    this.#fullSince = undefined;
    await line.ready;
    if (this.#closed) return;
    this.#isLive = true;
    this.#awaitsKey = true;
    this.#error = undefined;
    this.#liveSince = scheduler.now();
    for (const track of inOrderOfWeight(this.#tracks.values())) line.announce(track);
    changed({ state: 'live' });
    void line.ended.then((end) => this.#over(line, end));
  }

  #over(line: Line, end: Awaited<RtmpClient['ended']>): void {
    if (this.#line !== line) return;
    this.#bytes += taken(line);
    this.#line = undefined;
    this.#isLive = false;
    if (this.#closed || end.reason === 'left') return;
    if (end.reason === 'ended') {
      this.#fail(new Denied('denied', `The RTMP server ended the broadcast. ${this.#said}`.trim()));
      return;
    }
    if (this.#options.scheduler.now() - this.#liveSince >= LASTING) this.#backoff.reset();
    if (end.reason === 'reconnect') this.#moved = end.target;
    this.#wait(end.error);
  }

  #wait(error: RoomcastError): void {
    this.#error = error;
    if (FINAL.has(error.code)) {
      this.#fail(error);
      return;
    }
    const wait = this.#backoff.next() * MILLISECOND;
    this.#options.changed({ state: 'waiting', error, retryIn: wait / SECOND });
    this.#cancelRetry = this.#options.scheduler.after(wait, () => void this.#again());
  }

  async #again(): Promise<void> {
    try {
      await this.#connect();
      this.reconnects++;
    } catch (error) {
      if (this.#line) this.#bytes += taken(this.#line);
      this.#line = undefined;
      if (!this.#closed) this.#wait(error as RoomcastError);
    }
  }

  #fail(error: RoomcastError): void {
    this.#closed = true;
    this.#options.failed(error);
  }

  #takes({ track, key }: Frame): boolean {
    if (!this.#isLive) return false;
    if (this.#isTooSlow()) this.#awaitsKey = true;
    if (this.#awaitsKey && this.#fullSince !== undefined) return false;
    if (track.kind !== 'video' || !this.#awaitsKey) return true;
    if (!key) return false;
    this.#awaitsKey = false;
    return true;
  }

  #isTooSlow(): boolean {
    if (this.#fullSince === undefined) return false;
    return this.#options.scheduler.now() - this.#fullSince > MAX_LATE || this.#line!.queued > MAX_QUEUED;
  }

  /** The socket has enough: waits until it has taken all, and gives it up where it does not. */
  #watch(line: Line): void {
    const { scheduler } = this.#options;
    this.#fullSince = scheduler.now();
    let queued = line.queued;
    let since = scheduler.now();
    const stop = scheduler.every(SECOND, () => {
      if (line.queued < queued) since = scheduler.now();
      else if (scheduler.now() - since > MAX_STALL) line.destroy();
      queued = line.queued;
    });
    void line.drained().then(() => {
      stop();
      if (this.#line === line) this.#fullSince = undefined;
    });
  }

  async #flushed(line: Line): Promise<boolean> {
    const { promise, resolve } = Promise.withResolvers<boolean>();
    const cancel = this.#options.scheduler.after(FLUSH_TIME, () => resolve(false));
    void line.drained().then(() => resolve(true));
    const isFlushed = await promise;
    cancel();
    return isFlushed;
  }
}

/** Bytes that a connection did not only hold, but wrote. */
function taken({ traffic, queued }: Line): number {
  return Math.max(0, traffic.out - queued);
}

/** Metadata first, then pictures, then sound, as encoders send them. */
function inOrderOfWeight(tracks: Iterable<Track>): Track[] {
  const weight = { data: 0, video: 1, audio: 2 } as const;
  return [...tracks].toSorted((a, b) => weight[a.kind] - weight[b.kind]);
}

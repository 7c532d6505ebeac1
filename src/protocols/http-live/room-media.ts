import { RoomcastError } from '../../errors.ts';
import { Pump } from '../../io/pump.ts';
import { sayStalled } from '../../io/stalled.ts';
import { closeCodes } from '../../io/websocket.ts';
import type { Cursor } from '../../live/cursor.ts';
import { pathOfSlug } from '../../live/path.ts';
import type { Subscription } from '../../live/subscription.ts';
import type { EndReason, Track } from '../../media/frame.ts';
import { SECOND } from '../../media/time.ts';
import type { App, SocketPeer } from '../../plugin.ts';
import { type Choice, choosing, effective, feedOf } from './chosen-tracks.ts';
import type { Format } from './formats.ts';

export interface RoomMediaOptions {
  app: App;
  peer: SocketPeer;
  /** Makes frames that all sockets share. */
  frames: (bytes: Uint8Array) => Uint8Array;
  /** It is over. */
  left(): void;
}

/** What somebody is told of their media. Times in seconds, but for the way there and back, which is in ms. */
export interface MediaStats {
  readonly format: string;
  readonly paused: boolean;
  /** Bytes of media that were written to the socket. */
  readonly bytes: number;
  /** Times it jumped ahead because the socket was too slow. */
  readonly skips: number;
  /** Bytes that wait for the socket. */
  readonly queue: number;
  /** Where in the broadcast the newest bytes begin that were written. */
  readonly position?: number;
  readonly roundTrip?: number;
}

/**
 * The media of one room's socket: one session, from when it is asked for until it is stopped or paused, and another one
 * after each pause. It begins with the container's header, and again with each broadcast, format, choice of tracks, and
 * after each pause.
 */
export class RoomMedia {
  readonly #options: RoomMediaOptions;
  #subscription: Subscription | undefined;
  #format: Format | undefined;
  #choice: Choice = {};
  #paused = false;
  #pump: Pump | undefined;
  #cursor: Cursor | undefined;
  #over = false;
  readonly #forget: () => void;
  /** What the socket had sent before this session. */
  #before = 0;
  /** Of the sessions before. */
  #bytesBefore = 0;
  #skipsBefore = 0;

  constructor(options: RoomMediaOptions) {
    const { peer } = options;
    this.#options = options;
    this.#forget = peer.onEnd(() => this.leave('lost'));
  }

  get path(): string {
    return pathOfSlug(this.#options.peer.slug);
  }

  /** Asks the hub, as any player has to, where it has no session. Throws its refusal. False when its socket went meanwhile. */
  async enter(): Promise<boolean> {
    if (this.#subscription) return true;
    const { app, peer } = this.#options;
    const before = peer.outlet.traffic().out;
    const { credentials, remote } = peer.caller;
    const subscription = await app.hub.play({
      action: 'play',
      protocol: 'ws',
      path: this.path,
      credentials,
      remote,
      close: (reason, error) => this.#end(reason, error),
      traffic: () => ({ in: 0, out: peer.outlet.traffic().out - before }),
    });
    this.#subscription = subscription;
    this.#before = before;
    if (this.#over) subscription.leave('lost');
    return !this.#over;
  }

  get tracks(): readonly Track[] {
    return this.#options.app.hub.stream(this.path)?.tracks ?? [];
  }

  /** Begins anew, in another container or after a pause. */
  play(format: Format | undefined = this.#format): void {
    this.#stop();
    this.#format = format;
    this.#paused = false;
    const subscription = this.#subscription;
    if (this.#over || !format || !subscription) return;
    const { app, peer, frames } = this.#options;
    const choice = effective(this.#choice, this.tracks);
    this.#pump = new Pump({
      outlet: peer.outlet,
      scheduler: app.scheduler,
      wrap: frames,
      join: (ready) =>
        (this.#cursor = subscription.join(feedOf(format.feed, choice), () => choosing(format.muxer(), choice), ready)),
      finish: (reason) => this.#ended(reason),
      stalled: () => {
        sayStalled(app.log, subscription.session);
        this.leave('error');
        peer.close(closeCodes.policy, 'Too slow: nothing was read for too long.');
      },
      stallMs: app.settings.limits.viewerStall * 1000,
    });
  }

  /** Nobody watches who gets nothing: its place is for others until it plays again. */
  pause(): void {
    this.#stop();
    this.#paused = true;
    const subscription = this.#subscription;
    if (!subscription) return;
    this.#bytesBefore = this.#bytes;
    this.#skipsBefore += subscription.session.skips;
    this.#subscription = undefined;
    subscription.leave('ended');
  }

  /** Whether a track can be chosen. Throws `not-found`, `codec-unsupported`. */
  check(id: number): void {
    const track = this.tracks.find((other) => other.id === id && other.kind !== 'data');
    if (!track) throw new RoomcastError('not-found', 'The stream has no track of that number.');
    if (!this.#format?.muxer().carries(track)) throw new RoomcastError('codec-unsupported');
  }

  /** The track of that number in place of what is played of its kind; `null`: what is played where nobody chooses. */
  choose(id: number | null): void {
    const track = this.tracks.find((other) => other.id === id);
    this.#choose(track ? { ...this.#choice, [track.kind]: id } : {});
  }

  /** What was chosen may be gone. */
  tracksChanged(): void {
    const { tracks } = this;
    const kept = Object.entries(this.#choice).filter(([, id]) => tracks.some((track) => track.id === id));
    if (kept.length < Object.keys(this.#choice).length) this.#choose(Object.fromEntries(kept));
  }

  get stats(): MediaStats {
    const { peer } = this.#options;
    const roundTrip = peer.roundTrip();
    const position = this.#cursor?.media;
    return {
      format: this.#format!.feed,
      paused: this.#paused,
      bytes: this.#bytes,
      skips: this.#skipsBefore + (this.#subscription?.session.skips ?? 0),
      queue: this.#cursor?.queued ?? 0,
      ...(position === undefined ? {} : { position: position / SECOND }),
      ...(roundTrip === undefined ? {} : { roundTrip }),
    };
  }

  leave(reason: EndReason): void {
    if (this.#over) return;
    this.#over = true;
    this.#stop();
    this.#forget();
    this.#subscription?.leave(reason);
    this.#options.left();
  }

  get #bytes(): number {
    return this.#bytesBefore + (this.#subscription ? this.#options.peer.outlet.traffic().out - this.#before : 0);
  }

  #choose(choice: Choice): void {
    const before = feedOf('', effective(this.#choice, this.tracks));
    this.#choice = choice;
    if (feedOf('', effective(choice, this.tracks)) !== before && !this.#paused) this.play();
  }

  #stop(): void {
    this.#pump?.stop();
    this.#pump = undefined;
    this.#cursor = undefined;
  }

  /** The broadcast is over, or its container cannot tell of what follows: it goes on with the next. */
  #ended(reason: EndReason): void {
    if (reason !== 'shutdown') this.play();
  }

  #end(reason: EndReason, error: RoomcastError | undefined): void {
    this.leave(reason);
    const { peer } = this.#options;
    if (reason === 'kicked' || reason === 'revoked') peer.close(closeCodes.kicked, error?.message ?? '');
    else if (reason === 'shutdown') peer.close(closeCodes.restart, 'The server is stopping.');
  }
}

import type { TrackInfo } from '../../../src/client/index.ts';
import type { App } from '../app.svelte.ts';
import type { RoomStore } from '../room/room.svelte.ts';
import type { Position } from '../room/step-queue.ts';
import { noChoices } from './choices.ts';
import type { Engine, OpenEngine } from './engine.ts';
import { keepFrame, onNextFrame } from './frames.ts';
import type { Joiner } from './joiner.ts';
import { plays } from './playable.ts';
import { Playing } from './playing.ts';
import { positionOf } from './position.ts';
import type { Selection } from './selection.svelte.ts';
import type { Sight } from './sight.svelte.ts';
import type { WayChoice } from './way-choice.svelte.ts';
import { isNative, type Way } from './ways.ts';

/** Numbers on the page change this often. ms */
const SHOW = 500;
/** This much before its end a playlist can be played. s */
const NEAR = 0.2;
/** How long a slow connection is spoken of. ms */
const SLOW_SHOWN = 6_000;

export interface ShowingOptions {
  app: App;
  room: RoomStore;
  sight: Sight;
  joiner: Joiner;
  choice: WayChoice;
  selection: Selection;
  video: HTMLVideoElement;
  /** Keeps the last picture. */
  canvas: HTMLCanvasElement;
  signal: AbortSignal;
  tracks: () => readonly TrackInfo[];
  /** There is a network. */
  online: () => boolean;
  /** The viewer paused. */
  paused: () => boolean;
  /** Plays the media element, as far as the browser lets it. */
  play: () => void;
}

/** Brings the stream into sight: one connection after the other, each of them kept near live and measured. */
export class Showing {
  readonly #options: ShowingOptions;
  readonly #sight: Sight;
  readonly #playing: Playing;
  #engine: Engine | undefined;
  #cancelSlow: (() => void) | undefined;
  #shownAt = 0;

  constructor(options: ShowingOptions) {
    const { app, room, sight, video, signal } = options;
    this.#options = options;
    this.#sight = sight;
    this.#playing = new Playing({ room, clock: app.clock });
    this.#playing.edge.prefer(app.settings.smooth);
    video.addEventListener('error', () => this.#undecodable(), { signal });
    signal.addEventListener('abort', () => this.#cancelSlow?.(), { once: true });
  }

  /** There is a connection. */
  get opened(): boolean {
    return this.#engine !== undefined;
  }

  /** The moment of the broadcast that is on the screen; undefined while none is, or where nothing tells it. */
  get position(): Position | undefined {
    const { app, room, video } = this.#options;
    const { broadcast, clock } = room.view;
    if (!this.#engine || !broadcast || !(this.#sight.picture || this.#sight.soundOnly)) return undefined;
    const wall = app.clock.wall() + (room.clockOffset ?? 0);
    const mediaTime = positionOf(this.#engine.moment(video.currentTime), { clock, wall });
    return mediaTime === undefined ? undefined : { broadcast, mediaTime: Math.max(0, mediaTime) };
  }

  /** Opens a connection that way. `asked`: monotonic time in ms at which it was wanted. */
  start(open: OpenEngine, way: Way, asked: number): void {
    const { joiner, paused, play, video } = this.#options;
    this.#sight.soundOnly = false;
    // Another device can fetch what the media element fetches by itself, but not what comes from the memory of this one.
    video.disableRemotePlayback = !isNative(way);
    const engine = this.#open(open, way);
    this.#engine = engine;
    this.#playing.beacon.wanted(asked);
    this.#playing.begin(engine, isNative(way));
    joiner.opened();
    this.#awaitPicture(engine);
    if (!paused()) play();
  }

  /** Leaves the connection; its last picture stays. */
  leave(): void {
    const engine = this.#engine;
    if (!engine) return;
    const { canvas, selection, video } = this.#options;
    if (this.#sight.picture && keepFrame(video, canvas)) this.#sight.held = true;
    this.#engine = undefined;
    this.#playing.end(video);
    engine.destroy();
    selection.offered = noChoices;
    this.#sight.picture = false;
    this.#sight.starved = false;
  }

  /** Goes to the live edge. `behind`: so far from it that what cannot jump begins anew. */
  goLive(behind: boolean): void {
    this.#playing.edge.catchUp();
    if (!this.#engine || this.#engine.edge.by === 'page') return;
    const { joiner, video } = this.#options;
    const { seekable } = video;
    // What follows the live edge by itself has its own idea of where that is; what cannot jump begins anew.
    if (this.#engine.edge.by === 'itself' && seekable.length > 0)
      video.currentTime = Math.max(seekable.start(0), seekable.end(seekable.length - 1) - NEAR);
    else if (behind) joiner.again();
  }

  /** Goes on where it is, however far behind. */
  stay(): void {
    this.#playing.edge.loose = true;
  }

  prefer(smooth: boolean): void {
    this.#playing.edge.prefer(smooth);
  }

  /** Has the connection bring what is wanted now. */
  choose(): void {
    this.#engine?.choose(this.#options.selection.wanted);
  }

  /** Looks how it plays. `now`: monotonic, ms. */
  tick(now: number): void {
    if (this.#engine) this.#steer(this.#engine, now);
    if (now - this.#shownAt < SHOW) return;
    this.#shownAt = now;
    this.#sight.numbers = this.#playing.numbers(this.#options.video, this.#engine);
    this.#tell();
  }

  #open(open: OpenEngine, way: Way): Engine {
    const { app, room, joiner, choice, selection, tracks, video } = this.#options;
    const engine: Engine = open({
      way,
      video,
      base: app.base,
      path: `live/${room.slug}`,
      plays: (kind, codec) =>
        plays(tracks().find((track) => track.kind === kind && track.codec === codec) ?? { kind, codec }, way),
      wanted: selection.wanted,
      bytes: (bytes) => this.#bytes(engine, bytes),
      choices: (choices) => {
        if (this.#engine === engine) selection.offered = choices;
      },
      change: () => this.#current(engine, () => joiner.again()),
      over: (loss) =>
        this.#current(engine, () => {
          this.#playing.beacon.lost(loss.kind);
          joiner.lost(loss);
        }),
      unsupported: () =>
        this.#current(engine, () => {
          choice.cannot(way);
          this.#next(() => joiner.check());
        }),
    });
    return engine;
  }

  /** A way cannot play what comes: the next one, or none. */
  #next(next: () => void): void {
    const { choice, joiner } = this.#options;
    if (choice.possible.length > 0) next();
    else joiner.want('off');
  }

  /** Runs after the library's own call has returned, and only if that connection is still the one in use. */
  #current(engine: Engine, run: () => void): void {
    queueMicrotask(() => this.#engine === engine && run());
  }

  #bytes(engine: Engine | undefined, bytes: number): void {
    if (!engine || engine !== this.#engine) return;
    this.#options.joiner.flowing();
    queueMicrotask(() => this.#playing.received(engine, bytes));
  }

  /** Shows the picture once one is there that should be seen: not the start of an old GOP. */
  #awaitPicture(engine: Engine): void {
    onNextFrame(this.#options.video, (time) => {
      if (engine !== this.#engine) return;
      if (!this.#playing.isRight(time)) return this.#awaitPicture(engine);
      this.#playing.beacon.shown();
      this.#sight.picture = true;
      this.#sight.held = this.#sight.past = false;
    });
  }

  /** The decoder gave up. */
  #undecodable(): void {
    const { choice, joiner, video } = this.#options;
    const { way } = joiner;
    const { error } = video;
    if (!this.#engine || !error || !way) return;
    // What a media element fetches by itself may fail on its way, too; that is told by its engine.
    if (isNative(way) && error.code !== MediaError.MEDIA_ERR_DECODE) return;
    this.#playing.beacon.lost('decode');
    if (!this.#sight.picture) choice.undecodable(way);
    this.#next(() => joiner.lost({ kind: 'failed' }));
  }

  /** Tells the room how well it plays. */
  #tell(): void {
    const { joiner, paused, video } = this.#options;
    const { beacon } = this.#playing;
    const { way } = joiner;
    if (!way) return;
    const { numbers, starved, soundOnly, picture } = this.#sight;
    const { videoWidth: width, videoHeight: height } = video;
    const state = joiner.state === 'off' ? 'off' : paused() ? 'paused' : 'playing';
    if (soundOnly) beacon.shown();
    beacon.look({ way, state, shown: picture || soundOnly, starved, numbers, width, height });
  }

  #steer(engine: Engine, now: number): void {
    const { room, joiner, online, paused, video } = this.#options;
    const { state, way } = joiner;
    const awaited = room.view.room?.state === 'live' && online() && state === 'flowing';
    // A media element that is paused and has enough asks for nothing: that is no silence.
    if (paused() && state === 'flowing' && way && isNative(way)) joiner.flowing();
    const { starved, soundOnly, slow, current, stuck } = this.#playing.steer({ video, engine, now, awaited });
    this.#sight.starved = starved;
    this.#sight.soundOnly = soundOnly;
    // The last picture of what was before is not one of this.
    if (soundOnly) this.#sight.held = this.#sight.past = false;
    if (slow) this.#saySlow();
    if (current) joiner.works();
    if (!stuck) return;
    this.#playing.beacon.lost('stuck');
    joiner.lost({ kind: 'failed' });
  }

  #saySlow(): void {
    this.#sight.slow = true;
    this.#cancelSlow?.();
    this.#cancelSlow = this.#options.app.clock.after(SLOW_SHOWN, () => (this.#sight.slow = false));
  }
}

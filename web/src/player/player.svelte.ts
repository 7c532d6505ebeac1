import type { App } from '../app.svelte.ts';
import type { RoomStore } from '../room/room.svelte.ts';
import { type Scene, sceneOf } from '../room/state.ts';
import type { Engine } from './engine.ts';
import { keepFrame, onNextFrame, rangesOf } from './frames.ts';
import { Gauges, noNumbers, type PlayerNumbers } from './gauges.ts';
import { Joiner, type JoinState, type Loss, type Transport, type Wish } from './joiner.ts';
import { LiveEdge } from './live-edge.ts';
import { type Engines, loadEngine } from './load-engine.ts';
import { type Media, mediaKey, plays, type Unplayable, unplayable } from './playable.ts';
import { SlowSense } from './slow-sense.ts';

/** The live edge is looked at this often. ms */
const TICK = 50;
/** Numbers on the page change this often. ms */
const SHOW = 500;
/** A paused player lets go of the stream after this long. ms */
const PARK = 30_000;
/** A tick that comes this late means that the machine slept. ms */
const SLEPT = 5_000;
/** Standing still for less than this is not worth a word. s of buffer */
const DRY = 0.1;
/** Farther behind than this, the way back is offered. s */
const BEHIND = 3;
/** A picture this much before the place of a jump is already the right one. s */
const NEAR = 0.2;
/** How long a slow connection is spoken of. ms */
const SLOW_SHOWN = 6_000;
/** So many decoder errors in a row, without a picture between them, are not an accident. */
const FAILURES = 3;

/** The player: joins the room's stream whenever there is one, keeps it near live, and tells what it does. */
export class Player {
  /** The viewer paused. */
  paused: boolean = $state(false);
  /** The browser allows no sound before a tap. */
  soundNeeded: boolean = $state(false);
  /** The browser allows no playing at all before a tap. */
  tapNeeded: boolean = $state(false);
  /** A picture of this connection is on the screen. */
  picture: boolean = $state(false);
  /** The last picture of the connection before is kept on the screen. */
  held: boolean = $state(false);
  /** What is held is of a broadcast that is over: a poster, not a place to go on from. */
  past: boolean = $state(false);
  starved: boolean = $state(false);
  slow: boolean = $state(false);
  soundOnly: boolean = $state(false);
  /** The codec of the sound whose absence the viewer has read of and closed: not to be said again. */
  closed: string | undefined = $state();
  /** What of the stream cannot be played here. */
  readonly unplayable: Unplayable = $derived.by(() => unplayable(this.#tracks));
  online: boolean = $state(navigator.onLine);
  join: JoinState = $state('off');
  refusal: string | undefined = $state();
  transport: Transport = $state('ws');
  numbers: PlayerNumbers = $state.raw(noNumbers);

  readonly edge: LiveEdge = new LiveEdge();
  readonly #app: App;
  readonly #room: RoomStore;
  readonly #joiner: Joiner;
  readonly #gauges: Gauges;
  readonly #stop = new AbortController();
  #video: HTMLVideoElement | undefined;
  #canvas: HTMLCanvasElement | undefined;
  #engines: Promise<Engines | undefined> | undefined;
  #engine: Engine | undefined;
  #parked = false;
  #cancelPark: (() => void) | undefined;
  #cancelTick: (() => void) | undefined;
  #cancelSlow: (() => void) | undefined;
  /** There is no way to play anything here. */
  #helpless: boolean = $state(false);
  /** The media that could not be played although it should have been. */
  #failed: string | undefined = $state();
  /** The media that the player follows. */
  #media = '';
  #tickAt = 0;
  #shownAt = 0;
  #goal: number | undefined;
  readonly #slowSense: SlowSense = new SlowSense();
  #failures = 0;

  constructor(app: App, room: RoomStore) {
    this.#app = app;
    this.#room = room;
    const { settings, clock } = app;
    this.#joiner = new Joiner({
      clock,
      random: Math.random,
      ...(settings.path ? { only: settings.path } : {}),
      start: (transport) => void this.#start(transport),
      stop: () => this.#leave(),
      changed: () => {
        this.join = this.#joiner.state;
        this.refusal = this.#joiner.refusal;
        this.transport = this.#joiner.transport;
      },
    });
    this.#gauges = new Gauges({ edge: this.edge, room, clock });
    this.edge.prefer(settings.smooth);
    const { signal } = this.#stop;
    addEventListener('online', () => this.#back(true), { signal });
    addEventListener('offline', () => (this.online = false), { signal });
    addEventListener('pageshow', () => this.#back(navigator.onLine), { signal });
    document.addEventListener('visibilitychange', () => document.hidden || this.#back(navigator.onLine), { signal });
    this.#tickAt = clock.now();
    this.#tick();
  }

  /** What the player shows now. */
  get scene(): Scene {
    const { join, refusal, supported, starved, online } = this;
    const seen = this.picture || (this.held && !this.past) || this.soundOnly;
    return sceneOf({
      view: this.#room.view,
      join: this.#parked ? 'flowing' : join,
      joinRefusal: refusal,
      supported,
      seen,
      starved: starved && !this.paused && !this.tapNeeded,
      online,
      wall: this.#app.clock.wall(),
    });
  }

  /** Something of the stream can be played here. */
  get supported(): boolean {
    return !this.#helpless && !this.unplayable.all && this.#failed !== mediaKey(this.#tracks);
  }

  get hasSound(): boolean {
    return this.#tracks.some(({ kind }) => kind === 'audio') && !this.unplayable.audio;
  }

  get #tracks(): readonly Media[] {
    return this.#room.view.room?.tracks ?? [];
  }

  get muted(): boolean {
    return this.soundNeeded || this.#app.settings.muted;
  }

  /** Farther behind than needed, so that the way to the live edge should be offered. */
  get behind(): boolean {
    return !this.paused && this.numbers.behind > BEHIND;
  }

  get video(): HTMLVideoElement | undefined {
    return this.#video;
  }

  attach(video: HTMLVideoElement, canvas: HTMLCanvasElement): void {
    this.#video = video;
    this.#canvas = canvas;
    const { signal } = this.#stop;
    video.addEventListener('pause', () => this.#pausedBySystem(), { signal });
    video.addEventListener('error', () => this.#undecodable(), { signal });
    video.addEventListener('play', () => this.#engine && (this.paused = false), { signal });
    this.follow();
  }

  /** Takes up the room's state: there is a stream to join, or there is not. */
  follow(): void {
    const { room, link } = this.#room.view;
    if (!this.#video || !room || link === 'refused') return this.#joiner.want('off');
    const wish: Wish =
      room.state === 'live' ? 'live' : room.state === 'idle' || room.state === 'ended' ? 'off' : 'patient';
    if (wish === 'off') {
      this.#joiner.forgive();
      this.#unpark();
      this.paused = false;
      this.past = true;
      this.#failed = undefined;
      this.#failures = 0;
    }
    const media = mediaKey(this.#tracks);
    if (media !== this.#media) {
      // Other codecs: what could not be played before says nothing of these.
      this.#media = media;
      this.#failures = 0;
    }
    if (!this.#parked) this.#joiner.want(this.supported ? wish : 'off');
  }

  play(): void {
    this.paused = false;
    this.tapNeeded = false;
    this.#cancelPark?.();
    if (this.#parked) {
      this.#unpark();
      this.follow();
    } else if (this.numbers.behind > BEHIND) this.edge.loose = true;
    void this.#play();
  }

  pause(): void {
    this.paused = true;
    this.#video?.pause();
    this.#cancelPark?.();
    this.#cancelPark = this.#app.clock.after(PARK, () => {
      this.#parked = true;
      this.#joiner.want('off');
    });
  }

  toggle(): void {
    if (this.paused || this.tapNeeded) this.play();
    else this.pause();
  }

  /** The tap that the browser wants before there is sound. */
  giveSound(): void {
    this.soundNeeded = false;
    this.#app.settings.setVolume(this.#app.settings.volume || 1, false);
    this.#applyVolume();
    if (!this.paused) void this.#play();
  }

  setVolume(volume: number): void {
    this.soundNeeded = false;
    this.#app.settings.setVolume(volume, volume === 0);
    this.#applyVolume();
  }

  toggleMute(): void {
    if (this.muted) return this.giveSound();
    this.#app.settings.setVolume(this.#app.settings.volume, true);
    this.#applyVolume();
  }

  goLive(): void {
    if (this.paused) this.play();
    this.edge.catchUp();
  }

  prefer(smooth: boolean): void {
    this.#app.settings.setSmooth(smooth);
    this.edge.prefer(smooth);
  }

  usePath(path: Transport | undefined): void {
    this.#app.settings.path = path;
    this.#joiner.only(path);
  }

  close(): void {
    this.#stop.abort();
    this.#cancelTick?.();
    this.#cancelPark?.();
    this.#cancelSlow?.();
    this.#joiner.close();
  }

  async #start(transport: Transport): Promise<void> {
    this.#leave();
    const joins = this.#joiner.joins;
    this.#engines ??= loadEngine();
    let engines: Engines | undefined;
    try {
      engines = await this.#engines;
    } catch {
      // The player's chunk did not load: the network is away, or a newer page is on the server.
      this.#engines = undefined;
      if (joins === this.#joiner.joins) this.#joiner.lost({ kind: 'failed' });
      return;
    }
    const video = this.#video;
    if (joins !== this.#joiner.joins || this.#joiner.state === 'off' || !video) return;
    if (!engines) {
      this.#helpless = true;
      return this.#joiner.want('off');
    }
    this.edge.restart();
    this.#gauges.begin();
    this.#goal = undefined;
    this.soundOnly = false;
    const engine: Engine = new engines.Engine({
      library: engines.library,
      video,
      base: this.#app.base,
      path: `live/${this.#room.slug}`,
      transport,
      plays: (kind, codec) =>
        plays(this.#tracks.find((track) => track.kind === kind && track.codec === codec) ?? { kind, codec }),
      bytes: (bytes) => this.#bytes(engine, bytes),
      change: () => this.#current(engine, () => this.#joiner.again()),
      over: (loss: Loss) => this.#current(engine, () => this.#joiner.lost(loss)),
      unsupported: () =>
        this.#current(engine, () => {
          this.#failed = mediaKey(this.#tracks);
          this.#joiner.want('off');
        }),
    });
    this.#engine = engine;
    this.#awaitPicture(engine);
    if (!this.paused) void this.#play();
  }

  /** Runs after the library's own call has returned, and only if that connection is still the one in use. */
  #current(engine: Engine, run: () => void): void {
    queueMicrotask(() => this.#engine === engine && run());
  }

  #bytes(engine: Engine | undefined, bytes: number): void {
    if (!engine || engine !== this.#engine) return;
    this.#joiner.flowing();
    queueMicrotask(() => this.#gauges.received(engine, bytes));
  }

  /** Leaves the connection; its last picture stays. */
  #leave(): void {
    const engine = this.#engine;
    if (!engine) return;
    this.#hold();
    this.#engine = undefined;
    if (this.#video) this.#gauges.end(this.#video);
    engine.destroy();
    this.picture = false;
    this.starved = false;
  }

  #hold(): void {
    if (this.picture && this.#video && this.#canvas && keepFrame(this.#video, this.#canvas)) this.held = true;
  }

  /** Shows the picture once one is there that should be seen: not the start of an old GOP. */
  #awaitPicture(engine: Engine): void {
    const video = this.#video;
    if (!video || engine !== this.#engine) return;
    onNextFrame(video, (time) => {
      if (engine !== this.#engine) return;
      const right = this.edge.joined && (this.#goal === undefined || time >= this.#goal - NEAR);
      if (!right) return this.#awaitPicture(engine);
      this.picture = true;
      this.held = this.past = false;
    });
  }

  async #play(): Promise<void> {
    const video = this.#video;
    if (!video || !this.#engine) return;
    this.#applyVolume();
    try {
      await video.play();
      this.tapNeeded = false;
    } catch (error) {
      if (!(error instanceof DOMException) || error.name !== 'NotAllowedError') return;
      if (video.muted) {
        this.tapNeeded = true;
      } else {
        this.soundNeeded = true;
        void this.#play();
      }
    }
  }

  #applyVolume(): void {
    const video = this.#video;
    if (!video) return;
    video.volume = this.#app.settings.volume;
    video.muted = this.muted;
  }

  /** The system paused, or its media keys did: a headset, a phone call, the little window. */
  #pausedBySystem(): void {
    const video = this.#video;
    if (!this.#engine || !video?.paused || video.ended || this.paused || this.tapNeeded) return;
    if (document.hidden || !this.picture || video.error) return;
    this.pause();
  }

  /** The decoder gave up. Once may be a damaged frame; again and again without a picture, it cannot play this. */
  #undecodable(): void {
    const engine = this.#engine;
    if (!engine || !this.#video?.error) return;
    this.#failures = this.picture ? 0 : this.#failures + 1;
    if (this.#failures < FAILURES) return this.#joiner.lost({ kind: 'failed' });
    this.#failed = mediaKey(this.#tracks);
    this.#joiner.want('off');
  }

  #unpark(): void {
    this.#parked = false;
    this.#cancelPark?.();
  }

  /** The network or the viewer is back. */
  #back(online: boolean): void {
    this.online = online;
    if (!online) return;
    this.#room.retry();
    this.#joiner.retry();
    if (!this.paused && this.#engine && this.#video?.paused) void this.#play();
  }

  #tick(): void {
    const { clock } = this.#app;
    this.#cancelTick = clock.after(TICK, () => this.#tick());
    const now = clock.now();
    const slept = now - this.#tickAt > SLEPT && !document.hidden;
    this.#tickAt = now;
    if (slept) this.#back(navigator.onLine);
    if (this.#engine) this.#steer(this.#engine, now);
    if (now - this.#shownAt < SHOW) return;
    this.#shownAt = now;
    this.numbers = this.#gauges.read(this.#video, this.#engine);
  }

  #steer(engine: Engine, now: number): void {
    const video = this.#video!;
    const ranges = rangesOf(video);
    const ready = video.readyState >= 3;
    const stalls = this.edge.stalls;
    const { rate, seek } = this.edge.step({ now, time: video.currentTime, ranges, paused: video.paused, ready });
    if (seek !== undefined && !video.seeking) {
      this.#goal = seek;
      video.currentTime = seek;
    }
    if (video.playbackRate !== rate) video.playbackRate = rate;
    if (this.edge.stalls > stalls) this.#stalled(now);
    this.starved = !ready && (ranges.at(-1)?.[1] ?? 0) - video.currentTime < DRY;
    this.soundOnly = this.edge.joined && engine.gate.kinds.length > 0 && !engine.gate.kinds.includes('video');
    // The last picture of what was before is not one of this.
    if (this.soundOnly) this.held = this.past = false;
  }

  #stalled(now: number): void {
    if (this.#room.view.room?.state !== 'live' || !this.online || this.join !== 'flowing') return;
    if (!this.#slowSense.paused(now)) return;
    this.slow = true;
    this.#cancelSlow?.();
    this.#cancelSlow = this.#app.clock.after(SLOW_SHOWN, () => (this.slow = false));
  }
}

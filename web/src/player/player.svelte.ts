import type { TrackInfo } from '../../../src/client/index.ts';
import type { App } from '../app.svelte.ts';
import type { RoomStore } from '../room/room.svelte.ts';
import { type Scene, sceneOf } from '../room/state.ts';
import { type ChoicesOf, noChoices } from './choices.ts';
import type { Engine, OpenEngine } from './engine.ts';
import { keepFrame, onNextFrame } from './frames.ts';
import type { PlayerNumbers } from './gauges.ts';
import { Joiner, type JoinState, type Loss, type Wish } from './joiner.ts';
import { loadEngine } from './load-engine.ts';
import { Loudness } from './loudness.svelte.ts';
import { plays, type Unplayable, unplayable } from './playable.ts';
import type { Playing } from './playing.ts';
import { positionOf } from './position.ts';
import { Selection } from './selection.svelte.ts';
import { Wakefulness } from './wakefulness.svelte.ts';
import { WayChoice } from './way-choice.svelte.ts';
import { isNative, isPlaylist, type Way } from './ways.ts';

/** Numbers on the page change this often. ms */
const SHOW = 500;
/** A paused player lets go of the stream after this long. ms */
const PARK = 30_000;
/** Farther behind than this, the way back is offered. s */
const BEHIND = 3;
/** This much before its end a playlist can be played. s */
const NEAR = 0.2;
/** How long a slow connection is spoken of. ms */
const SLOW_SHOWN = 6_000;

/** The player: joins the room's stream whenever there is one, keeps it near live, and tells what it does. */
export class Player {
  /** The viewer paused. */
  paused: boolean = $state(false);
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
  join: JoinState = $state('off');
  refusal: string | undefined = $state();
  /** The way by which the stream comes, or came last. */
  way: Way | undefined = $state();
  numbers: PlayerNumbers = $state.raw({ buffered: 0, dropped: 0, frames: 0, pauses: 0, behind: 0 });

  readonly choice: WayChoice;
  readonly #selection: Selection;
  readonly #loudness: Loudness;
  readonly #wakefulness: Wakefulness;
  readonly #app: App;
  readonly #room: RoomStore;
  readonly #joiner: Joiner;
  #playing: Playing | undefined;
  readonly #stop = new AbortController();
  #video: HTMLVideoElement | undefined;
  #canvas: HTMLCanvasElement | undefined;
  #engine: Engine | undefined;
  #parked = false;
  #cancelPark: (() => void) | undefined;
  #cancelSlow: (() => void) | undefined;
  /** How many pictures and sounds there are, as far as the player has followed. */
  #shape = '';
  /** More was wanted than the first picture and the first sound. */
  #wantsMore = false;
  #wasLinked = false;
  #shownAt = 0;

  constructor(app: App, room: RoomStore) {
    this.#app = app;
    this.#room = room;
    const { settings, clock } = app;
    const tracks = (): readonly TrackInfo[] => this.#tracks;
    this.#selection = new Selection({ settings, tracks });
    this.#loudness = new Loudness({ settings, video: () => this.#video });
    this.choice = new WayChoice({ settings, tracks, wantsMore: () => this.#selection.wantsMore });
    this.#joiner = new Joiner({
      clock,
      random: Math.random,
      ways: () => this.choice.ways,
      waitsFor: (way) => this.choice.waitsFor(way),
      reachable: () => this.online && (!this.#wasLinked || this.#room.view.link === 'open'),
      start: (way) => void this.#start(way),
      stop: () => this.#leave(),
      changed: () => {
        this.join = this.#joiner.state;
        this.refusal = this.#joiner.refusal;
        this.way = this.#joiner.way;
      },
    });
    if (settings.unknownWay !== undefined) app.say(app.t.player.unknownWay(settings.unknownWay));
    this.#wakefulness = new Wakefulness({
      clock,
      tick: (now) => this.#tick(now),
      back: (thawed) => this.#back(thawed),
    });
  }

  get online(): boolean {
    return this.#wakefulness.online;
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
    return this.choice.possible.length > 0;
  }

  /** What there is to choose from. Only a playlist tells of more than the first of each kind. */
  get choices(): ChoicesOf {
    return this.choice.possible.includes('hls') ? this.#selection.choices : this.#selection.offered;
  }

  get hasSound(): boolean {
    return this.#tracks.some(({ kind }) => kind === 'audio') && !this.unplayable.audio;
  }

  get #tracks(): readonly TrackInfo[] {
    return this.#room.view.room?.tracks ?? [];
  }

  get muted(): boolean {
    return this.#loudness.muted;
  }

  /** The browser allows no sound before a tap. */
  get soundNeeded(): boolean {
    return this.#loudness.soundNeeded;
  }

  /** The browser allows no playing at all before a tap. */
  get tapNeeded(): boolean {
    return this.#loudness.tapNeeded;
  }

  /** Farther behind than needed, so that the way to the live edge should be offered. */
  get behind(): boolean {
    return !this.paused && this.numbers.behind > BEHIND;
  }

  get video(): HTMLVideoElement | undefined {
    return this.#video;
  }

  /** The moment of the broadcast that is on the screen; undefined while none is, or where nothing tells it. */
  get position(): { broadcast: string; mediaTime: number } | undefined {
    const { broadcast, clock } = this.#room.view;
    if (!this.#video || !this.#engine || !broadcast || !(this.picture || this.soundOnly)) return undefined;
    const wall = this.#app.clock.wall() + (this.#room.clockOffset ?? 0);
    const mediaTime = positionOf(this.#engine.moment(this.#video.currentTime), { clock, wall });
    return mediaTime === undefined ? undefined : { broadcast, mediaTime: Math.max(0, mediaTime) };
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

  /** The server takes a connection for that of whoever opened it: who is somebody else now watches anew. */
  readonly rejoin = (): void => this.#joiner.anew();

  /** Takes up the room's state: there is a stream to join, or there is not. */
  follow(): void {
    const { room, link } = this.#room.view;
    if (link === 'open') this.#wasLinked = true;
    if (!this.#video || !room || link === 'refused') return this.#joiner.want('off');
    const wish: Wish =
      room.state === 'live' ? 'live' : room.state === 'idle' || room.state === 'ended' ? 'off' : 'patient';
    if (wish === 'off') {
      this.#joiner.forgive();
      this.#unpark();
      this.paused = false;
      this.past = true;
      this.choice.forgive();
    }
    this.choice.follow();
    if (this.#parked) return;
    this.#joiner.want(this.supported ? wish : 'off');
    this.#joiner.check();
    this.#reshape();
    if (this.#selection.wantsMore !== this.#wantsMore) this.#rechoose();
  }

  /** More or fewer tracks than when it was joined: FLV brings that by itself, what else plays is joined anew. */
  #reshape(): void {
    const shape = this.#tracks.flatMap(({ kind }) => (kind === 'data' ? [] : kind)).join();
    if (shape === this.#shape) return;
    this.#shape = shape;
    if (this.way !== 'ws-flv' && this.way !== 'http-flv' && this.join === 'flowing') this.#joiner.again();
  }

  play(): void {
    this.paused = false;
    this.#loudness.tapNeeded = false;
    this.#cancelPark?.();
    if (this.#parked) {
      this.#unpark();
      this.follow();
    } else if (this.#playing && this.numbers.behind > BEHIND) this.#playing.edge.loose = true;
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
    this.#loudness.give();
    if (!this.paused) void this.#play();
  }

  setVolume(volume: number): void {
    this.#loudness.set(volume);
  }

  toggleMute(): void {
    if (this.muted) this.giveSound();
    else this.#loudness.mute();
  }

  goLive(): void {
    if (this.paused) this.play();
    this.#playing?.edge.catchUp();
    if (!this.#engine || this.#engine.edge.by === 'page') return;
    const { seekable } = this.#video!;
    // What follows the live edge by itself has its own idea of where that is; what cannot jump begins anew.
    if (this.#engine.edge.by === 'itself' && seekable.length > 0)
      this.#video!.currentTime = Math.max(seekable.start(0), seekable.end(seekable.length - 1) - NEAR);
    else if (this.behind) this.#joiner.again();
  }

  prefer(smooth: boolean): void {
    this.#app.settings.setSmooth(smooth);
    this.#playing?.edge.prefer(smooth);
  }

  /** From now on rather this way; undefined: whichever is best. */
  useWay(way: Way | undefined): void {
    this.#app.settings.setWay(way);
    this.#joiner.choose();
  }

  /** From now on the picture of about this height; undefined: as the network allows. */
  useHeight(height: number | undefined): void {
    this.#app.settings.setHeight(height);
    this.#want();
  }

  /** From now on the sound at this place among all. */
  useSound(place: number): void {
    this.#selection.sound = place;
    this.#want();
  }

  showCaptions(on: boolean): void {
    this.#app.settings.setCaptions(on);
    this.#want();
  }

  /** What was chosen last counts: a way that cannot bring it is no longer asked for. */
  #want(): void {
    if (this.#selection.wantsMore) this.choice.yield();
    this.#rechoose();
  }

  #rechoose(): void {
    this.#engine?.choose(this.#selection.wanted);
    this.#wantsMore = this.#selection.wantsMore;
    if (this.#wantsMore && this.way !== this.choice.ways[0]) this.#joiner.choose();
  }

  close(): void {
    this.#stop.abort();
    this.#wakefulness.close();
    this.#cancelPark?.();
    this.#cancelSlow?.();
    this.#joiner.close();
  }

  async #start(way: Way): Promise<void> {
    this.#leave();
    const joins = this.#joiner.joins;
    const asked = this.#app.clock.now();
    let open: OpenEngine;
    try {
      open = await loadEngine(way);
      this.#playing ??= await this.#loadPlaying();
    } catch {
      // The chunk did not load: the network is away, or a newer page is on the server.
      if (joins === this.#joiner.joins) this.#joiner.lost({ kind: 'failed' });
      return;
    }
    const video = this.#video;
    if (joins !== this.#joiner.joins || this.#joiner.state === 'off' || !video) return;
    this.soundOnly = false;
    // Another device can fetch what the media element fetches by itself, but not what comes from the memory of this one.
    video.disableRemotePlayback = !isNative(way);
    const engine: Engine = open({
      way,
      video,
      base: this.#app.base,
      path: `live/${this.#room.slug}`,
      plays: (kind, codec) =>
        plays(this.#tracks.find((track) => track.kind === kind && track.codec === codec) ?? { kind, codec }, way),
      wanted: this.#selection.wanted,
      bytes: (bytes) => this.#bytes(engine, bytes),
      choices: (choices) => {
        if (this.#engine === engine) this.#selection.offered = choices;
      },
      change: () => this.#current(engine, () => this.#joiner.again()),
      over: (loss: Loss) =>
        this.#current(engine, () => {
          this.#playing?.beacon.lost(loss.kind);
          this.#joiner.lost(loss);
        }),
      unsupported: () => this.#current(engine, () => this.#cannot(way)),
    });
    this.#engine = engine;
    this.#playing.beacon.wanted(asked);
    this.#playing.begin(engine, isNative(way));
    this.#joiner.opened();
    this.#awaitPicture(engine);
    if (!this.paused) void this.#play();
  }

  async #loadPlaying(): Promise<Playing> {
    const { Playing: Loaded } = await import('./playing.ts');
    const playing = new Loaded({ room: this.#room, clock: this.#app.clock });
    playing.edge.prefer(this.#app.settings.smooth);
    return playing;
  }

  /** This way cannot play what comes: the next one, or none. */
  #cannot(way: Way): void {
    this.choice.cannot(way);
    if (this.supported) this.#joiner.check();
    else this.#joiner.want('off');
  }

  /** Runs after the library's own call has returned, and only if that connection is still the one in use. */
  #current(engine: Engine, run: () => void): void {
    queueMicrotask(() => this.#engine === engine && run());
  }

  #bytes(engine: Engine | undefined, bytes: number): void {
    if (!engine || engine !== this.#engine) return;
    this.#joiner.flowing();
    queueMicrotask(() => this.#playing?.received(engine, bytes));
  }

  /** Leaves the connection; its last picture stays. */
  #leave(): void {
    const engine = this.#engine;
    if (!engine) return;
    this.#hold();
    this.#engine = undefined;
    if (this.#video) this.#playing?.end(this.#video);
    engine.destroy();
    this.#selection.offered = noChoices;
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
      if (!this.#playing?.isRight(time)) return this.#awaitPicture(engine);
      this.#playing.beacon.shown();
      this.picture = true;
      this.held = this.past = false;
    });
  }

  async #play(): Promise<void> {
    if (this.#engine) await this.#loudness.play();
  }

  /** The system paused, or its media keys did: a headset, a phone call, the little window. */
  #pausedBySystem(): void {
    const video = this.#video;
    if (!this.#engine || !video?.paused || video.ended || this.paused || this.tapNeeded) return;
    if (document.hidden || !this.picture || video.error) return;
    this.pause();
  }

  /** The decoder gave up. */
  #undecodable(): void {
    const { way } = this;
    const error = this.#video?.error;
    if (!this.#engine || !error || !way) return;
    // What a media element fetches by itself may fail on its way, too; that is told by its engine.
    if (isNative(way) && error.code !== MediaError.MEDIA_ERR_DECODE) return;
    this.#playing?.beacon.lost('decode');
    if (!this.picture) this.choice.undecodable(way);
    if (this.supported) this.#joiner.lost({ kind: 'failed' });
    else this.#joiner.want('off');
  }

  #unpark(): void {
    this.#parked = false;
    this.#cancelPark?.();
  }

  /** The network or the viewer is back. */
  #back(thawed: boolean): void {
    this.#room.retry();
    // What comes without end was cut off when the page was put away, and not every media element notices.
    if (thawed && this.way && !isPlaylist(this.way)) this.#joiner.again();
    this.#joiner.retry();
    if (!this.paused && this.#engine && this.#video?.paused) void this.#play();
  }

  #tick(now: number): void {
    if (this.#engine) this.#steer(this.#engine, now);
    if (now - this.#shownAt < SHOW) return;
    this.#shownAt = now;
    if (!this.#playing) return;
    this.numbers = this.#playing.numbers(this.#video, this.#engine);
    this.#tell(this.#playing);
  }

  /** Tells the room how well it plays. */
  #tell({ beacon }: Playing): void {
    const { way, numbers, starved, soundOnly, picture } = this;
    if (!way) return;
    const { videoWidth: width = 0, videoHeight: height = 0 } = this.#video ?? {};
    const state = this.join === 'off' ? 'off' : this.paused ? 'paused' : 'playing';
    if (soundOnly) beacon.shown();
    beacon.look({ way, state, shown: picture || soundOnly, starved, numbers, width, height });
  }

  #steer(engine: Engine, now: number): void {
    const video = this.#video!;
    const awaited = this.#room.view.room?.state === 'live' && this.online && this.join === 'flowing';
    // A media element that is paused and has enough asks for nothing: that is no silence.
    if (this.paused && this.join === 'flowing' && this.way && isNative(this.way)) this.#joiner.flowing();
    const seen = this.#playing!.steer({ video, engine, now, awaited });
    this.starved = seen.starved;
    this.soundOnly = seen.soundOnly;
    // The last picture of what was before is not one of this.
    if (this.soundOnly) this.held = this.past = false;
    if (seen.slow) this.#saySlow();
    if (seen.current) this.#joiner.works();
    if (!seen.stuck) return;
    this.#playing!.beacon.lost('stuck');
    this.#joiner.lost({ kind: 'failed' });
  }

  #saySlow(): void {
    this.slow = true;
    this.#cancelSlow?.();
    this.#cancelSlow = this.#app.clock.after(SLOW_SHOWN, () => (this.slow = false));
  }
}

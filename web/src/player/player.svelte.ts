import type { TrackInfo } from '../../../src/client/index.ts';
import type { App } from '../app.svelte.ts';
import type { RoomStore } from '../room/room.svelte.ts';
import { type Scene, sceneOf } from '../room/state.ts';
import type { Position } from '../room/step-queue.ts';
import type { PlayerNumbers } from './gauges.ts';
import { Joiner, type JoinState, type Wish } from './joiner.ts';
import { loadEngine } from './load-engine.ts';
import { Loudness } from './loudness.svelte.ts';
import { type Unplayable, unplayable } from './playable.ts';
import { Rest } from './rest.svelte.ts';
import { Selection } from './selection.svelte.ts';
import type { Showing } from './showing.ts';
import { Sight } from './sight.svelte.ts';
import { Wakefulness } from './wakefulness.svelte.ts';
import { WayChoice } from './way-choice.svelte.ts';
import { isPlaylist, type Way } from './ways.ts';
import { Wishes } from './wishes.ts';

/** Farther behind than this, the way back is offered. s */
const BEHIND = 3;

/** The player: joins the room's stream whenever there is one, keeps it near live, and tells what it does. */
export class Player {
  /** What of the stream cannot be played here. */
  readonly unplayable: Unplayable = $derived.by(() => unplayable(this.#tracks));
  join: JoinState = $state('off');
  refusal: string | undefined = $state();
  /** The way by which the stream comes, or came last. */
  way: Way | undefined = $state();

  readonly choice: WayChoice;
  readonly wishes: Wishes;
  readonly #selection: Selection;
  readonly #loudness: Loudness;
  readonly #rest: Rest;
  readonly #sight: Sight = new Sight();
  readonly #wakefulness: Wakefulness;
  readonly #app: App;
  readonly #room: RoomStore;
  readonly #joiner: Joiner;
  readonly #stop = new AbortController();
  #screen: { video: HTMLVideoElement; canvas: HTMLCanvasElement } | undefined;
  /** Comes with the first connection. */
  #showing: Showing | undefined;
  /** How many pictures and sounds there are, as far as the player has followed. */
  #shape = '';
  #wasLinked = false;

  constructor(app: App, room: RoomStore) {
    this.#app = app;
    this.#room = room;
    const { settings, clock } = app;
    const tracks = (): readonly TrackInfo[] => this.#tracks;
    this.#rest = new Rest({ clock, park: () => this.#joiner.want('off') });
    this.#selection = new Selection({ settings, tracks });
    this.#loudness = new Loudness({ settings, video: () => this.video });
    this.choice = new WayChoice({ settings, tracks, wantsMore: () => this.#selection.wantsMore });
    this.#joiner = new Joiner({
      clock,
      random: Math.random,
      ways: () => this.choice.ways,
      waitsFor: (way) => this.choice.waitsFor(way),
      reachable: () => this.#wakefulness.online && (!this.#wasLinked || this.#room.view.link === 'open'),
      start: (way) => void this.#start(way),
      stop: () => this.#showing?.leave(),
      changed: () => {
        this.join = this.#joiner.state;
        this.refusal = this.#joiner.refusal;
        this.way = this.#joiner.way;
      },
    });
    this.wishes = new Wishes({
      ...{ settings, selection: this.#selection, choice: this.choice, joiner: this.#joiner },
      choose: () => this.#showing?.choose(),
    });
    if (settings.unknownWay !== undefined) app.say(app.t.player.unknownWay(settings.unknownWay));
    this.#wakefulness = new Wakefulness({
      clock,
      tick: (now) => this.#showing?.tick(now),
      back: (thawed) => this.#back(thawed),
    });
  }

  /** The viewer paused. */
  get paused(): boolean {
    return this.#rest.paused;
  }

  /** A picture of this connection is on the screen. */
  get picture(): boolean {
    return this.#sight.picture;
  }

  /** The last picture of the connection before is kept on the screen. */
  get held(): boolean {
    return this.#sight.held;
  }

  get slow(): boolean {
    return this.#sight.slow;
  }

  get soundOnly(): boolean {
    return this.#sight.soundOnly;
  }

  get numbers(): PlayerNumbers {
    return this.#sight.numbers;
  }

  /** What the player shows now. */
  get scene(): Scene {
    const { join, refusal, supported } = this;
    const { picture, held, past, soundOnly, starved } = this.#sight;
    return sceneOf({
      view: this.#room.view,
      join: this.#rest.parked ? 'flowing' : join,
      joinRefusal: refusal,
      supported,
      seen: picture || (held && !past) || soundOnly,
      starved: starved && !this.paused && !this.tapNeeded,
      online: this.#wakefulness.online,
      wall: this.#app.clock.wall(),
    });
  }

  /** Something of the stream can be played here. */
  get supported(): boolean {
    return this.choice.possible.length > 0;
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
    return this.#screen?.video;
  }

  /** The moment of the broadcast that is on the screen; undefined while none is, or where nothing tells it. */
  get position(): Position | undefined {
    return this.#showing?.position;
  }

  attach(video: HTMLVideoElement, canvas: HTMLCanvasElement): void {
    const { signal } = this.#stop;
    video.addEventListener('pause', () => this.#pausedBySystem(video), { signal });
    this.#screen = { video, canvas };
    video.addEventListener('play', () => this.#showing?.opened && this.#rest.end(), { signal });
    this.follow();
  }

  /** The server takes a connection for that of whoever opened it: who is somebody else now watches anew. */
  readonly rejoin = (): void => this.#joiner.anew();

  /** Takes up the room's state: there is a stream to join, or there is not. */
  follow(): void {
    const { room, link } = this.#room.view;
    if (link === 'open') this.#wasLinked = true;
    if (!this.video || !room || link === 'refused') return this.#joiner.want('off');
    const wish: Wish =
      room.state === 'live' ? 'live' : room.state === 'idle' || room.state === 'ended' ? 'off' : 'patient';
    if (wish === 'off') {
      this.#joiner.forgive();
      this.#rest.end();
      this.#sight.past = true;
      this.choice.forgive();
    }
    this.choice.follow();
    if (this.#rest.parked) return;
    this.#joiner.want(this.supported ? wish : 'off');
    this.#joiner.check();
    this.#reshape();
    this.wishes.follow();
  }

  /** More or fewer tracks than when it was joined: FLV brings that by itself, what else plays is joined anew. */
  #reshape(): void {
    const shape = this.#tracks.flatMap(({ kind }) => (kind === 'data' ? [] : kind)).join();
    if (shape === this.#shape) return;
    this.#shape = shape;
    if (this.way !== 'ws-flv' && this.way !== 'http-flv' && this.join === 'flowing') this.#joiner.again();
  }

  play(): void {
    this.#loudness.tapNeeded = false;
    if (this.#rest.end()) this.follow();
    else if (this.numbers.behind > BEHIND) this.#showing?.stay();
    this.#play();
  }

  pause(): void {
    this.#rest.begin();
    this.video?.pause();
  }

  toggle(): void {
    if (this.paused || this.tapNeeded) this.play();
    else this.pause();
  }

  /** The tap that the browser wants before there is sound. */
  giveSound(): void {
    this.#loudness.give();
    if (!this.paused) this.#play();
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
    this.#showing?.goLive(this.behind);
  }

  prefer(smooth: boolean): void {
    this.#app.settings.setSmooth(smooth);
    this.#showing?.prefer(smooth);
  }

  close(): void {
    this.#stop.abort();
    this.#wakefulness.close();
    this.#rest.close();
    this.#joiner.close();
  }

  async #start(way: Way): Promise<void> {
    this.#showing?.leave();
    const joiner = this.#joiner;
    const { joins } = joiner;
    const asked = this.#app.clock.now();
    const loaded = await Promise.all([loadEngine(way), import('./showing.ts')]).catch(() => undefined);
    if (joins !== joiner.joins) return;
    // The chunk did not load: the network is away, or a newer page is on the server.
    if (!loaded) return joiner.lost({ kind: 'failed' });
    if (joiner.state === 'off' || !this.#screen) return;
    const [open, { Showing: Loaded }] = loaded;
    this.#showing ??= new Loaded({
      ...{ app: this.#app, room: this.#room, sight: this.#sight, joiner, choice: this.choice },
      ...{ selection: this.#selection, ...this.#screen, signal: this.#stop.signal },
      tracks: () => this.#tracks,
      online: () => this.#wakefulness.online,
      paused: () => this.paused,
      play: () => void this.#loudness.play(),
    });
    this.#showing.start(open, way, asked);
  }

  #play(): void {
    if (this.#showing?.opened) void this.#loudness.play();
  }

  /** The system paused, or its media keys did: a headset, a phone call, the little window. */
  #pausedBySystem(video: HTMLVideoElement): void {
    if (!this.#showing?.opened || !video.paused || video.ended || this.paused || this.tapNeeded) return;
    if (document.hidden || !this.picture || video.error) return;
    this.pause();
  }

  /** The network or the viewer is back. */
  #back(thawed: boolean): void {
    this.#room.retry();
    // What comes without end was cut off when the page was put away, and not every media element notices.
    if (thawed && this.way && !isPlaylist(this.way)) this.#joiner.again();
    this.#joiner.retry();
    if (!this.paused && this.video?.paused) this.#play();
  }
}

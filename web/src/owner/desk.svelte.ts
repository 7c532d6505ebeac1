import { ApiError, type RoomKey } from '../../../src/client/index.ts';
import type { App } from '../app.svelte.ts';
import type { Player } from '../player/player.svelte.ts';
import type { RoomStore } from '../room/room.svelte.ts';
import { grown, type Trend } from './trend.ts';

const SECOND = 1000;
/** The key is hidden again after this long. ms */
const SHOWN = 30_000;

/** The numbers of one second. */
export interface Trends {
  viewers: Trend;
  bitRate: Trend;
  frameRate: Trend;
  gop: Trend;
  delay: Trend;
}

const none: Trends = { viewers: [], bitRate: [], frameRate: [], gop: [], delay: [] };

/** What the owner's desk knows and does. */
export class Desk {
  key: RoomKey | undefined = $state.raw();
  /** The server tells the key only to one who proves once more who they are. */
  locked: boolean = $state(false);
  /** The key is shown in clear. */
  shown: boolean = $state(false);
  trends: Trends = $state.raw(none);
  peak: number = $state(0);
  /** How long the publisher is gone. ms */
  gone: number = $state(0);
  readonly room: RoomStore;
  readonly player: Player;
  readonly #app: App;
  #cancel: (() => void) | undefined;
  #cancelShown: (() => void) | undefined;

  constructor(app: App, room: RoomStore, player: Player) {
    this.#app = app;
    this.room = room;
    this.player = player;
    if (room.view.room?.role === 'owner') void this.readKey();
    this.#tick();
  }

  show(on: boolean): void {
    this.shown = on;
    this.#cancelShown?.();
    if (on) this.#cancelShown = this.#app.clock.after(SHOWN, () => (this.shown = false));
  }

  async newKey(): Promise<void> {
    try {
      this.key = await this.#app.account.sure(() => this.#app.client.newKey(this.room.slug));
      this.#app.say(this.#app.t.owner.newKeyDone);
    } catch (error) {
      this.#app.sayError(error);
    }
  }

  async end(): Promise<void> {
    try {
      await this.#app.client.end(this.room.slug);
    } catch (error) {
      this.#app.sayError(error);
    }
  }

  async kick(id: string): Promise<void> {
    try {
      await this.#app.client.kickFrom(this.room.slug, id);
      this.#app.say(this.#app.t.owner.sessions.kicked);
    } catch (error) {
      this.#app.sayError(error);
    }
  }

  close(): void {
    this.#cancel?.();
    this.#cancelShown?.();
  }

  /** Reads the key. Where the server wants to know first who asks, that waits until somebody asks for it. */
  async readKey(): Promise<void> {
    try {
      this.key = await this.#app.client.key(this.room.slug);
      this.locked = false;
    } catch (error) {
      if (error instanceof ApiError && error.code === 'confirm') this.locked = true;
      else this.#app.sayError(error);
    }
  }

  /** Reads it for one who proves who they are. */
  async unlock(): Promise<void> {
    try {
      this.key = await this.#app.account.sure(() => this.#app.client.key(this.room.slug));
      this.locked = false;
    } catch (error) {
      this.#app.sayError(error);
    }
  }

  #tick(): void {
    const { clock } = this.#app;
    this.#cancel = clock.after(SECOND, () => this.#tick());
    const { room, control, waitingSince } = this.room.view;
    const now = clock.now();
    this.gone = waitingSince === undefined ? 0 : now - waitingSince;
    const state = room?.state;
    if (state !== 'live' && state !== 'waiting') {
      if (this.trends.viewers.length > 0) this.trends = none;
      this.peak = 0;
      return;
    }
    const viewers = room?.viewers ?? 0;
    const lost = state === 'waiting';
    this.peak = Math.max(this.peak, viewers);
    this.trends = {
      viewers: grown(this.trends.viewers, viewers),
      bitRate: grown(this.trends.bitRate, lost ? 0 : control?.rates.bitRate),
      frameRate: grown(this.trends.frameRate, lost ? 0 : control?.rates.frameRate),
      gop: grown(this.trends.gop, control?.rates.gop),
      delay: grown(this.trends.delay, this.player.numbers.delay),
    };
  }
}

import { Backoff } from '../../../src/client/backoff.ts';
import type { Clock } from '../../../src/client/clock.ts';
import type { Way } from './ways.ts';

/** What plays is in a chunk of its own, which may take this long to come. ms */
const LOADING = 10_000;
/** An attempt that brings nothing within this time is given up for the next way. ms */
const FIRST_BYTES = 2000;
/** The same where it is waited for: the server holds its answer for up to 12 s until there is something to begin with. ms */
const FIRST_LIST = 13_000;
/** A live stream that is silent for this long is joined anew. ms */
const SILENCE = 5000;
const RETRY_FIRST = 400;
const RETRY_MOST = 8000;
/** After this much smooth playing the next loss is a new one, not more of the same. ms */
const STEADY = 10_000;
/** Refusals that stay so until something changes on the server's side. */
const FINAL = new Set(['kicked', 'denied', 'sign-in', 'wrong-key', 'bad-path', 'bad-origin']);
/** A full room is tried again after this long where the server names no time. s */
const BUSY_AGAIN = 5;
/** A playlist that is not there yet is asked for again after this long. ms */
const NOT_LIVE_AGAIN = 500;
/** For a stream that is live it is there after this many of them, or never. */
const NOT_LIVE_MOST = 10;

/** How a connection is opened. */
export type Transport = 'ws' | 'http';

/** Why a connection is over. `failed`: broken, or what came could not be played. */
export type Loss = { kind: 'ended' | 'failed' | 'silent' } | { kind: 'refused'; code: string; retryAfter?: number };

/**
 * `live`: the stream should come at once. `patient`: it may come (starting, or the publisher is waited for). `off`:
 * there is nothing to join.
 */
export type Wish = 'live' | 'patient' | 'off';

/** `joining`: no bytes yet. `flowing`. `broken`: lost, will try again by itself. `refused`: will not. */
export type JoinState = 'off' | 'joining' | 'flowing' | 'broken' | 'refused';

export interface JoinerOptions {
  clock: Clock;
  random: () => number;
  /** The ways to play what there is now, the best first. */
  ways(): readonly Way[];
  /** Whether a way that is slow to begin is waited for, instead of trying the next one. */
  waitsFor(way: Way): boolean;
  /** Whether the server is there: what fails while it is not says nothing of the way. */
  reachable(): boolean;
  /** Opens a connection that way; an earlier one is gone. */
  start(way: Way): void;
  stop(): void;
  changed(): void;
}

/**
 * Decides when and by which way the stream is joined. A way that has failed is not tried again while there are others;
 * after the last of them all get another chance, with a pause before. Pure but for the injected clock.
 */
export class Joiner {
  state: JoinState = 'off';
  way: Way | undefined;
  /** The server's code when refused, or when busy. */
  refusal: string | undefined;
  /** Connections that were started. */
  joins = 0;
  readonly #options: JoinerOptions;
  readonly #backoff: Backoff;
  readonly #failed = new Set<Way>();
  /** Ways that the server has refused. */
  readonly #refused = new Set<Way>();
  #wish: Wish = 'off';
  #flowingSince = 0;
  /** The connection has shown that its way plays. */
  #worked = false;
  #opened = false;
  #early = 0;
  /** Nothing is connected; it is asked again after a while. */
  #asking = false;
  #cancel: (() => void) | undefined;

  constructor(options: JoinerOptions) {
    this.#options = options;
    this.#backoff = new Backoff({ first: RETRY_FIRST, most: RETRY_MOST, random: options.random });
  }

  want(wish: Wish): void {
    const before = this.#wish;
    this.#wish = wish;
    if (wish === 'off') return this.#end('off');
    if (before === 'off' && this.state !== 'refused') return this.#start();
    if (before === wish) return;
    // Whoever was told that nothing is live yet need not wait for the next time to ask.
    if (wish === 'live' && this.#early > 0) return this.#start();
    this.#watch();
  }

  /** The viewer wants another way: what failed before may be tried again. */
  choose(): void {
    this.#failed.clear();
    this.#refused.clear();
    if (this.state === 'off' || this.state === 'refused') return;
    if (this.#options.ways()[0] !== this.way || this.state === 'broken') this.#start();
  }

  /** What there is to play is something else now: a way that cannot bring it is left. */
  check(): void {
    if (this.state === 'off' || this.state === 'refused' || !this.way) return;
    if (!this.#options.ways().includes(this.way)) this.#start();
  }

  /** What plays is there, and the connection is opened. */
  opened(): void {
    this.#opened = true;
    this.#watch();
  }

  /** Bytes came. */
  flowing(): void {
    if (this.state !== 'joining' && this.state !== 'flowing') return;
    if (this.state === 'joining') {
      this.state = 'flowing';
      this.refusal = undefined;
      this.#early = 0;
      this.#flowingSince = this.#options.clock.now();
      this.#options.changed();
    } else if (this.#worked && this.#backoff.attempts > 0 && this.#options.clock.now() - this.#flowingSince > STEADY) {
      this.#backoff.reset();
    }
    this.#watch();
  }

  /** What came can be shown. */
  works(): void {
    if (this.#worked || this.state !== 'flowing') return;
    this.#worked = true;
    this.#refused.clear();
  }

  /** The connection is over. */
  lost(loss: Loss): void {
    if (this.state === 'off' || this.state === 'refused') return;
    // One loss soon after another, although it had played in between: the way is there, but it does not hold. An end is
    // the stream's, unless it comes before the first byte of one that is live.
    const failed =
      loss.kind === 'ended'
        ? this.state === 'joining' && this.#wish === 'live'
        : !this.#worked || this.#backoff.attempts > 0;
    this.#cancel?.();
    this.#options.stop();
    if (loss.kind === 'refused') {
      const { code, retryAfter } = loss;
      if (FINAL.has(code)) return this.#refuse(code);
      if (code === 'busy' || code === 'shutting-down') return this.#pause((retryAfter ?? BUSY_AGAIN) * 1000, code);
      if (code === 'not-live' && (this.#wish === 'patient' || this.#early < NOT_LIVE_MOST)) {
        this.#early = this.#wish === 'live' ? this.#early + 1 : Math.max(1, this.#early);
        return this.#askAgain();
      }
      if (this.way) this.#refused.add(this.way);
      if (this.#options.ways().every((way) => this.#refused.has(way))) return this.#refuse(code);
    }
    if (failed && this.way && this.#options.reachable()) {
      this.#failed.add(this.way);
      if (this.#options.ways().some((way) => !this.#failed.has(way))) return this.#start();
      this.#failed.clear();
    }
    this.#pause(0);
  }

  /** Joins anew at once: what comes no longer fits what was announced. */
  again(): void {
    if (this.state === 'flowing' || this.state === 'joining') this.#start();
  }

  /** The network is back, or the page is looked at again: no more waiting. */
  retry(): void {
    if (this.state === 'broken') {
      this.#backoff.reset();
      this.#start();
    }
  }

  /** Something outside says that trying again makes sense now. */
  forgive(): void {
    if (this.state !== 'refused') return;
    this.state = 'off';
    this.refusal = undefined;
    if (this.#wish !== 'off') this.#start();
  }

  /** The viewer is somebody else to the server: what plays begins anew, and what was refused may be allowed. */
  anew(): void {
    if (this.state === 'refused') this.forgive();
    else this.again();
  }

  close(): void {
    this.#wish = 'off';
    this.#end('off');
  }

  #start(): void {
    this.#cancel?.();
    const ways = this.#options.ways();
    const way = ways.find((each) => !this.#failed.has(each)) ?? ways[0];
    if (!way) return;
    this.way = way;
    this.state = 'joining';
    this.#worked = false;
    this.#opened = false;
    this.#asking = false;
    this.joins++;
    this.#options.start(way);
    this.#watch();
    this.#options.changed();
  }

  /** Tries again after a while, longer each time, and at least after so many ms. */
  #pause(least: number, refusal?: string): void {
    this.state = 'broken';
    this.refusal = refusal;
    this.#early = 0;
    this.#cancel = this.#options.clock.after(Math.max(this.#backoff.next(), least), () => this.#start());
    this.#options.changed();
  }

  /** Nothing is live yet for this way: it is asked again, as if the connection had waited. */
  #askAgain(): void {
    this.state = 'joining';
    this.#asking = true;
    this.#cancel = this.#options.clock.after(NOT_LIVE_AGAIN, () => this.#start());
    this.#options.changed();
  }

  #refuse(code: string): void {
    this.refusal = code;
    this.#end('refused');
  }

  #watch(): void {
    if (this.#asking || (this.state !== 'joining' && this.state !== 'flowing')) return;
    this.#cancel?.();
    this.#cancel = undefined;
    if (this.#wish !== 'live') return;
    const first = this.way && this.#options.waitsFor(this.way) ? FIRST_LIST : FIRST_BYTES;
    const limit = this.state === 'flowing' ? SILENCE : this.#opened ? first : LOADING;
    this.#cancel = this.#options.clock.after(limit, () => this.lost({ kind: 'silent' }));
  }

  #end(state: 'off' | 'refused'): void {
    this.#cancel?.();
    this.#cancel = undefined;
    const changed = this.state !== state;
    if (this.state !== 'off' && state === 'off') this.#options.stop();
    this.state = state;
    this.#asking = false;
    this.#early = 0;
    if (state === 'off') this.#backoff.reset();
    if (changed) this.#options.changed();
  }
}

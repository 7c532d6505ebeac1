import { Backoff } from '../../../src/client/backoff.ts';
import type { Clock } from '../../../src/client/clock.ts';

/** An attempt that brings nothing within this time is given up for the other path. ms */
const FIRST_BYTES = 2000;
/** A live stream that is silent for this long is joined anew. ms */
const SILENCE = 5000;
const RETRY_FIRST = 400;
const RETRY_MOST = 8000;
/** After this much smooth playing the next loss is a new one, not more of the same. ms */
const STEADY = 10_000;
/** Refusals that stay so until something changes on the server's side. */
const FINAL = new Set([
  'kicked',
  'denied',
  'sign-in',
  'wrong-key',
  'not-found',
  'bad-path',
  'bad-origin',
  'codec-unsupported',
]);
/** A full room is tried again after this long where the server names no time. s */
const BUSY_AGAIN = 5;

export type Transport = 'ws' | 'http';

/** Why a connection is over. */
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
  /** Forced by `?play=` or chosen in the panel. */
  only?: Transport;
  /** Opens a connection over the path; an earlier one is gone. */
  start(transport: Transport): void;
  stop(): void;
  changed(): void;
}

/**
 * Decides when and over which path the stream is joined: WebSocket first, since it does not use up the few HTTP
 * connections a browser allows per site, HTTP where that brings nothing. Pure but for the injected clock.
 */
export class Joiner {
  state: JoinState = 'off';
  transport: Transport = 'ws';
  /** The server's code when refused, or when busy. */
  refusal: string | undefined;
  /** Connections that were started. */
  joins = 0;
  readonly #options: JoinerOptions;
  readonly #backoff: Backoff;
  #wish: Wish = 'off';
  #flowingSince = 0;
  #tried = 0;
  #cancel: (() => void) | undefined;

  constructor(options: JoinerOptions) {
    this.#options = options;
    this.transport = options.only ?? 'ws';
    this.#backoff = new Backoff({ first: RETRY_FIRST, most: RETRY_MOST, random: options.random });
  }

  want(wish: Wish): void {
    const before = this.#wish;
    this.#wish = wish;
    if (wish === 'off') return this.#end('off');
    if (before === 'off' && this.state !== 'refused') return this.#start();
    if (before !== wish) this.#watch();
  }

  /** From now on only this path, or `undefined` for both. */
  only(transport: Transport | undefined): void {
    if (transport === undefined) delete this.#options.only;
    else this.#options.only = transport;
    this.transport = transport ?? 'ws';
    if (this.state !== 'off' && this.state !== 'refused') this.#start();
  }

  /** Bytes came. */
  flowing(): void {
    if (this.state !== 'flowing') {
      this.state = 'flowing';
      this.refusal = undefined;
      this.#tried = 0;
      this.#flowingSince = this.#options.clock.now();
      this.#options.changed();
    } else if (this.#backoff.attempts > 0 && this.#options.clock.now() - this.#flowingSince > STEADY) {
      this.#backoff.reset();
    }
    this.#watch();
  }

  /** The connection is over. */
  lost(loss: Loss): void {
    if (this.state === 'off' || this.state === 'refused') return;
    const never = this.state === 'joining';
    this.#cancel?.();
    this.#options.stop();
    if (loss.kind === 'refused' && FINAL.has(loss.code)) {
      this.refusal = loss.code;
      return this.#end('refused');
    }
    this.state = 'broken';
    this.refusal = loss.kind === 'refused' ? loss.code : undefined;
    if (never && loss.kind !== 'refused' && this.#other()) return this.#start();
    this.#tried = 0;
    const wait = this.#backoff.next();
    const busy = loss.kind === 'refused' && loss.code === 'busy' ? (loss.retryAfter ?? BUSY_AGAIN) * 1000 : 0;
    this.#cancel = this.#options.clock.after(Math.max(wait, busy), () => this.#start());
    this.#options.changed();
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

  close(): void {
    this.#wish = 'off';
    this.#end('off');
  }

  #start(): void {
    this.#cancel?.();
    this.state = 'joining';
    this.joins++;
    this.#options.start(this.transport);
    this.#watch();
    this.#options.changed();
  }

  /** Turns to the other path once; false when both were tried. */
  #other(): boolean {
    if (this.#options.only || this.#tried > 0) return false;
    this.#tried++;
    this.transport = this.transport === 'ws' ? 'http' : 'ws';
    return true;
  }

  #watch(): void {
    if (this.state !== 'joining' && this.state !== 'flowing') return;
    this.#cancel?.();
    this.#cancel = undefined;
    if (this.#wish !== 'live') return;
    const limit = this.state === 'joining' ? FIRST_BYTES : SILENCE;
    this.#cancel = this.#options.clock.after(limit, () => this.lost({ kind: 'silent' }));
  }

  #end(state: 'off' | 'refused'): void {
    this.#cancel?.();
    this.#cancel = undefined;
    const changed = this.state !== state;
    if (this.state !== 'off' && state === 'off') this.#options.stop();
    this.state = state;
    if (state === 'off') this.#backoff.reset();
    this.#tried = 0;
    if (changed) this.#options.changed();
  }
}

import { newId } from '../../io/new-id.ts';
import { type Mac, readToken, signToken } from '../../io/signed-token.ts';
import type { Identity } from '../../live/access.ts';
import type { Scheduler } from '../../live/scheduler.ts';

/** A guest who comes back within this is the same one. ms */
const LIFE = 90 * 86_400_000;
const PREFIX = 'rg_';

/** What lets a guest be the same guest again. Nothing is kept for it: it says by itself who it is, and is signed. */
export class GuestPasses {
  readonly #mac: Mac;
  readonly #scheduler: Scheduler;

  constructor(mac: Mac, scheduler: Scheduler) {
    this.#mac = mac;
    this.#scheduler = scheduler;
  }

  /** A pass for a new guest, or, with `id`, for one that there is. */
  create(name: string | undefined, id: string = newId('g')): { pass: string; guest: Identity } {
    const ends = Math.floor((this.#scheduler.wall() + LIFE) / 1000);
    const pass = signToken(PREFIX, { i: id, ...(name === undefined ? {} : { n: name }), e: ends }, this.#mac);
    return { pass, guest: guestOf(id, name) };
  }

  /** The guest of a pass; undefined for what is none, or too old. */
  guestOf(pass: string): Identity | undefined {
    const { i: id, n: name, e: ends } = readToken(PREFIX, pass, this.#mac) ?? {};
    if (typeof id !== 'string' || typeof ends !== 'number' || this.#scheduler.wall() >= ends * 1000) return undefined;
    return guestOf(id, typeof name === 'string' ? name : undefined);
  }
}

function guestOf(id: string, name: string | undefined): Identity {
  return { id, kind: 'guest', admin: false, ...(name === undefined ? {} : { name }) };
}

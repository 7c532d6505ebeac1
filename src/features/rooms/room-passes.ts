import { type Mac, readToken, signToken } from '../../io/signed-token.ts';
import type { Identity } from '../../live/access.ts';
import type { Scheduler } from '../../live/scheduler.ts';
import type { RoomRecord } from './room-record.ts';

const PREFIX = 'rp_';
/** What the ids of those begin with to whom passes are given. */
const VIEWER = 'p_';

/** What a pass says: which room it opens, and for whom. */
export interface Pass {
  /** Names the viewer to whom it was given, in the words of who gave it. */
  readonly viewer: string | undefined;
  /** Wall time in ms; never where undefined. */
  readonly ends: number | undefined;
}

/** One that was made for the room. Only an `open` one opens it; the others still say for whom they were. */
export interface GivenPass extends Pass {
  readonly state: 'open' | 'over' | 'ended';
}

/** Whoever a pass was given to, in the words of who gave it. */
export function viewerOf({ viewer }: Pick<Pass, 'viewer'>): Identity | undefined {
  return viewer === undefined ? undefined : { id: VIEWER + viewer, kind: 'guest', name: viewer, admin: false };
}

/** The name of the one to whom a pass was given, by their id; undefined for all other ids. */
export function nameOfViewer(id: string): string | undefined {
  return id.startsWith(VIEWER) && id.length > VIEWER.length ? id.slice(VIEWER.length) : undefined;
}

/**
 * Signed links: a pass in an address opens one room to whoever has it, until its time is over or the room's owner makes all
 * passes worthless. Nothing is kept of them.
 */
export class RoomPasses {
  readonly #mac: Mac;
  readonly #scheduler: Pick<Scheduler, 'wall'>;

  constructor(mac: Mac, scheduler: Pick<Scheduler, 'wall'>) {
    this.#mac = mac;
    this.#scheduler = scheduler;
  }

  create({ id, epoch }: Pick<RoomRecord, 'id' | 'epoch'>, { viewer, ends }: Partial<Pass> = {}): string {
    const payload = {
      r: id,
      p: epoch,
      ...(viewer === undefined ? {} : { v: viewer }),
      ...(ends === undefined ? {} : { e: Math.floor(ends / 1000) }),
    };
    return signToken(PREFIX, payload, this.#mac);
  }

  /** What a pass of this room says; undefined for what is none of it. */
  read({ id, epoch }: Pick<RoomRecord, 'id' | 'epoch'>, pass: string): GivenPass | undefined {
    const { r: room, p: given, v: viewer, e: ends } = readToken(PREFIX, pass, this.#mac) ?? {};
    if (room !== id) return undefined;
    const end = typeof ends === 'number' ? ends * 1000 : undefined;
    const isOver = end !== undefined && this.#scheduler.wall() >= end;
    const state = given !== epoch ? 'ended' : isOver ? 'over' : 'open';
    return { state, viewer: typeof viewer === 'string' ? viewer : undefined, ends: end };
  }
}

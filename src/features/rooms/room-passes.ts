import { type Mac, readToken, signToken } from '../../io/signed-token.ts';
import type { Scheduler } from '../../live/scheduler.ts';
import type { RoomRecord } from './room-record.ts';

const PREFIX = 'rp_';

/** What a pass says: which room it opens, and for whom. */
export interface Pass {
  /** Names the viewer to whom it was given, in the words of who gave it. */
  readonly viewer: string | undefined;
  /** Wall time in ms; never where undefined. */
  readonly ends: number | undefined;
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

  /** What a pass says, if it opens this room now. */
  read({ id, epoch }: Pick<RoomRecord, 'id' | 'epoch'>, pass: string): Pass | undefined {
    const { r: room, p: given, v: viewer, e: ends } = readToken(PREFIX, pass, this.#mac) ?? {};
    if (room !== id || given !== epoch) return undefined;
    const over = typeof ends === 'number' ? ends * 1000 : undefined;
    if (over !== undefined && this.#scheduler.wall() >= over) return undefined;
    return { viewer: typeof viewer === 'string' ? viewer : undefined, ends: over };
  }
}

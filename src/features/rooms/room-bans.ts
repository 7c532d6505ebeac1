import { BlockList, isIP, isIPv6 } from 'node:net';
import type { Kysely } from 'kysely';
import { RoomcastError } from '../../errors.ts';
import { newId } from '../../io/new-id.ts';
import type { Scheduler } from '../../live/scheduler.ts';
import { isoTime } from '../../live/wall-time.ts';
import type { Store } from '../../store/store.ts';
import type { RoomBanRow, RoomTables } from './room-tables.ts';

/** Bans of one room that hold at once. */
const MAX_BANS = 10_000;

/** Somebody, or a network, that may not enter a room. Times are ISO 8601 in UTC. */
export interface BanRecord {
  readonly id: string;
  /** Account or guest. */
  readonly who?: string;
  /** What they were called. */
  readonly name?: string;
  /** An address, or a network as `192.0.2.0/24`. */
  readonly network?: string;
  readonly reason?: string;
  /** Account of who did it. */
  readonly by: string;
  readonly created: string;
  /** For ever where absent. */
  readonly until?: string;
}

/** What is said of a ban that is made. */
export type NewBan = Pick<BanRecord, 'who' | 'name' | 'network' | 'reason' | 'by' | 'until'>;

interface Entry extends BanRecord {
  readonly room: string;
  /** Wall time in ms. */
  readonly ends: number;
  readonly list: BlockList | undefined;
}

/** Who is banned from which room. All are in memory, because every request asks. */
export class RoomBans {
  readonly #db: Kysely<RoomTables>;
  readonly #scheduler: Pick<Scheduler, 'wall'>;
  readonly #bans = new Map<string, Set<Entry>>();

  private constructor(store: Store, scheduler: Pick<Scheduler, 'wall'>) {
    this.#db = store.db.withTables<RoomTables>();
    this.#scheduler = scheduler;
  }

  static async open(store: Store, scheduler: Pick<Scheduler, 'wall'>): Promise<RoomBans> {
    const bans = new RoomBans(store, scheduler);
    await bans.#db.deleteFrom('room_bans').where('until', '<=', isoTime(scheduler.wall())).execute();
    for (const row of await bans.#db.selectFrom('room_bans').selectAll().orderBy('created').execute())
      bans.#put(entryOf(row));
    return bans;
  }

  /** The ban that keeps somebody out of a room: of one of their ids, or, unless it is left out, of their network. */
  of(room: string, { ids, address }: { ids: readonly string[]; address?: string }): BanRecord | undefined {
    const bans = this.#bans.get(room);
    if (!bans) return undefined;
    const now = this.#scheduler.wall();
    for (const ban of bans) {
      if (now >= ban.ends) bans.delete(ban);
      else if (ban.who !== undefined && ids.includes(ban.who)) return ban;
      else if (address !== undefined && includes(ban.list, address)) return ban;
    }
    return undefined;
  }

  /** Those that hold in a room, the newest first. */
  list(room: string): BanRecord[] {
    const now = this.#scheduler.wall();
    return [...(this.#bans.get(room) ?? [])]
      .filter(({ ends }) => now < ends)
      .map(plain)
      .toReversed();
  }

  /** Bans an account or guest, a network, or both. Throws `bad-request` for what is no network, and `limit-exceeded`. */
  async add(room: string, ban: NewBan): Promise<BanRecord> {
    if (ban.who === undefined && ban.network === undefined)
      throw new RoomcastError('bad-request', 'A ban names somebody, or a network.');
    if ((this.#bans.get(room)?.size ?? 0) >= MAX_BANS)
      throw new RoomcastError('limit-exceeded', `A room has at most ${MAX_BANS} bans.`, {
        detail: { why: 'too-many', limit: MAX_BANS },
      });
    const row: RoomBanRow = {
      id: newId('b'),
      room,
      who: ban.who ?? null,
      name: ban.name ?? null,
      network: ban.network ?? null,
      reason: ban.reason ?? null,
      by: ban.by,
      created: isoTime(this.#scheduler.wall()),
      until: ban.until ?? null,
    };
    const entry = entryOf(row);
    await this.#db.insertInto('room_bans').values(row).execute();
    this.#put(entry);
    return plain(entry);
  }

  /** Lifts a ban. Undefined when the room has none of that id. */
  async lift(room: string, id: string): Promise<BanRecord | undefined> {
    const bans = this.#bans.get(room);
    const entry = [...(bans ?? [])].find((each) => each.id === id);
    if (!entry) return undefined;
    await this.#db.deleteFrom('room_bans').where('id', '=', id).execute();
    bans!.delete(entry);
    return plain(entry);
  }

  #put(entry: Entry): void {
    const bans = this.#bans.get(entry.room);
    if (bans) bans.add(entry);
    else this.#bans.set(entry.room, new Set([entry]));
  }
}

function entryOf({ id, room, who, name, network, reason, by, created, until }: RoomBanRow): Entry {
  return {
    id,
    room,
    ...(who === null ? {} : { who }),
    ...(name === null ? {} : { name }),
    ...(network === null ? {} : { network }),
    ...(reason === null ? {} : { reason }),
    by,
    created,
    ...(until === null ? {} : { until }),
    ends: until === null ? Infinity : Date.parse(until),
    list: network === null ? undefined : listOf(network),
  };
}

function plain({ room: _room, ends: _ends, list: _list, ...ban }: Entry): BanRecord {
  return ban;
}

/** Throws `bad-request`. */
function listOf(network: string): BlockList {
  const [address = '', bits, ...rest] = network.split('/');
  const list = new BlockList();
  const family = isIPv6(address) ? 'ipv6' : 'ipv4';
  try {
    if (rest.length > 0 || (bits !== undefined && !/^\d{1,3}$/.test(bits))) throw new RangeError();
    if (bits === undefined) list.addAddress(address, family);
    else list.addSubnet(address, Number(bits), family);
  } catch {
    throw new RoomcastError('bad-request', 'A network is an address, or one with a number of bits: 192.0.2.0/24.', {
      detail: { why: 'network' },
    });
  }
  return list;
}

function includes(list: BlockList | undefined, address: string): boolean {
  return list !== undefined && isIP(address) !== 0 && list.check(address, isIPv6(address) ? 'ipv6' : 'ipv4');
}

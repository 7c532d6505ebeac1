import type { GuestRight, RoomSettings, Watch } from '../../client/messages.ts';
import type { Settings } from '../../config/settings.ts';
import type { Place } from './declared.ts';
import type { RoomRow } from './room-tables.ts';

/** A room as the server knows it. */
export interface RoomRecord {
  /** Stays when the address changes. */
  readonly id: string;
  readonly slug: string;
  readonly title: string;
  /** Account; the owner of the server where absent. */
  readonly owner?: string;
  readonly description?: string;
  readonly tags: readonly string[];
  /** BCP 47. */
  readonly language?: string;
  readonly watch: Watch;
  /** Salted hash of the password with which one may enter. */
  readonly password?: string;
  /** Passes and entries of another epoch are worth nothing. */
  readonly epoch: number;
  readonly guests: GuestRight;
  /** Everybody in it may see who has signed in. */
  readonly showViewers: boolean;
  readonly maxViewers?: number;
  /** bit/s */
  readonly maxBitRate?: number;
  /** Put away: nobody enters. ISO 8601 in UTC. */
  readonly archived?: string;
  /** Where the configuration file declares it. */
  readonly declaredAt?: Place;
  /** The title is the file’s. */
  readonly titleDeclared?: true;
  /** Wall times in ms of the broadcast before. */
  readonly last?: Span;
}

/** A time from one moment to another; wall time in ms. */
export interface Span {
  readonly startedAt: number;
  readonly endedAt: number;
}

/** What of a room can be changed. `password` is a hash. */
export interface RoomChange extends RoomSettings {
  owner?: string | null;
}

/** A room of a row, with what the configuration file says of it. */
export function recordOf(row: RoomRow, declared: Settings['rooms'][string] | undefined): RoomRecord {
  const { id, slug, epoch, guests, watch } = row;
  const last = row.last_started &&
    row.last_ended && { startedAt: Date.parse(row.last_started), endedAt: Date.parse(row.last_ended) };
  return {
    id,
    slug,
    title: declared?.title ?? row.title ?? titleOf(slug),
    tags: row.tags === null ? [] : (JSON.parse(row.tags) as string[]),
    watch,
    epoch,
    guests,
    showViewers: row.show_viewers === 1,
    ...(row.owner === null ? {} : { owner: row.owner }),
    ...(row.description === null ? {} : { description: row.description }),
    ...(row.language === null ? {} : { language: row.language }),
    ...(row.password === null ? {} : { password: row.password }),
    ...(row.max_viewers === null ? {} : { maxViewers: row.max_viewers }),
    ...(row.max_bit_rate === null ? {} : { maxBitRate: row.max_bit_rate }),
    ...(row.archived === null ? {} : { archived: row.archived }),
    ...(declared?.declaredAt ? { declaredAt: declared.declaredAt } : {}),
    ...(declared?.title === undefined ? {} : { titleDeclared: true }),
    ...(last ? { last } : {}),
  };
}

/** The columns of a change. */
export function rowOf({ tags, maxViewers, maxBitRate, showViewers, ...same }: RoomChange): Partial<RoomRow> {
  return {
    ...same,
    ...(tags !== undefined && { tags: JSON.stringify(tags) }),
    ...(maxViewers !== undefined && { max_viewers: maxViewers }),
    ...(maxBitRate !== undefined && { max_bit_rate: maxBitRate }),
    ...(showViewers !== undefined && { show_viewers: showViewers ? 1 : 0 }),
  };
}

/** `my-room` → `My room`. */
function titleOf(slug: string): string {
  const words = slug.replaceAll('-', ' ').trim();
  return words.charAt(0).toUpperCase() + words.slice(1);
}

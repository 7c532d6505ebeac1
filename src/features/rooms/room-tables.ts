import type { GuestRight, Watch } from '../../client/messages.ts';

/** The tables of the migrations of rooms as Kysely sees them. Times are ISO 8601 in UTC, flags 0 or 1. */
export type RoomTables = {
  rooms: RoomRow;
  room_keys: RoomKeyRow;
  room_members: { room: string; account: string; role: MemberRole; since: string };
  room_bans: RoomBanRow;
  room_entries: { room: string; who: string; epoch: number; until: string; viewer: string | null };
};

export type RoomRow = {
  slug: string;
  id: string;
  declared: number;
  created: string;
  last_started: string | null;
  last_ended: string | null;
  title: string | null;
  owner: string | null;
  description: string | null;
  tags: string | null;
  language: string | null;
  watch: Watch;
  password: string | null;
  epoch: number;
  guests: GuestRight;
  max_viewers: number | null;
  max_bit_rate: number | null;
  archived: string | null;
  show_viewers: number;
};

export type RoomKeyRow = {
  id: string;
  room: string;
  name: string;
  main: number;
  hash: Uint8Array;
  sealed: Uint8Array;
  sealed_for: string;
  created: string;
  last_used: string | null;
};

export type RoomBanRow = {
  id: string;
  room: string;
  who: string | null;
  name: string | null;
  network: string | null;
  reason: string | null;
  by: string;
  created: string;
  until: string | null;
};

/** What somebody can be made in a room. */
export type MemberRole = 'moderator' | 'speaker' | 'viewer';

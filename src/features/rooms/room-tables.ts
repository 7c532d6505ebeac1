/** The tables of `0001-rooms.ts` and `0003-room-title.ts` as Kysely sees them. Times are ISO 8601 in UTC. */
export type RoomTables = { rooms: RoomRow };

export type RoomRow = {
  slug: string;
  declared: number;
  created: string;
  key_id: string | null;
  key_hash: Uint8Array | null;
  key_sealed: Uint8Array | null;
  last_started: string | null;
  last_ended: string | null;
  title: string | null;
};

/** The table of `0010-broadcasts.ts` as Kysely sees it. Times are ISO 8601 in UTC. */
export type BroadcastTables = { broadcasts: BroadcastRow };

export type BroadcastRow = {
  id: string;
  room: string;
  started: string;
  seen: string;
  ended: string | null;
  peak: number;
  viewers: number;
  watch_seconds: number;
  protocols: string;
  messages: number;
};

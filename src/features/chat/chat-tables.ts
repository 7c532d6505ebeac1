import type { RoomRole } from '../../live/access.ts';
import type { TextColumn } from '../../store/dialect.ts';

/** Where what was said is searched. */
export const MESSAGE_TEXT: TextColumn = { table: 'messages', column: 'text' };

/** The tables of `0006-chat.ts` and `0009-pins-and-notes.ts` as Kysely sees them. Times are ISO 8601 in UTC. */
export type ChatTables = {
  messages: MessageRow;
  reactions: { message: string; who: string; emoji: string };
  chat_settings: { room: string; settings: string };
  chat_pins: { room: string; message: string; by: string; at: string };
  chat_notes: { id: string; room: string; who: string; text: string; by: string; at: string };
  chat_timeouts: { room: string; who: string; name: string; reason: string | null; by: string; until: string };
};

export type MessageRow = {
  id: string;
  rev: string;
  room: string;
  kind: 'say' | 'me' | 'system';
  who: string;
  name: string;
  role: RoomRole;
  text: string;
  reply_to: string | null;
  danmaku: string | null;
  broadcast: string | null;
  media_time: number | null;
  state: 'said' | 'held' | 'deleted';
  edited: string | null;
  deleted_by: string | null;
  first: number;
  mentions: string | null;
};

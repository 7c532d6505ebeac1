import type { GuestRight, RoomRole } from './rooms.ts';

/** What is said in rooms and about it, as types. Times are ISO 8601 in UTC. */

/** Who said something, as they were called then. */
export interface ChatUser {
  id: string;
  name: string;
  role: RoomRole;
}

/** How a comment flies over the picture. */
export interface Danmaku {
  mode: 'scroll' | 'top' | 'bottom';
  /** One of the palette. */
  color: DanmakuColor;
}

/** The palette of comments over the picture. */
export type DanmakuColor = 'white' | 'red' | 'orange' | 'yellow' | 'green' | 'cyan' | 'blue' | 'purple' | 'pink';

/** What the server itself says in a chat. */
export type ChatEvent = 'stream-started' | 'stream-ended';

/** Something that was said in a room. One that was changed is pushed again, with the same `id` and a later `rev`. */
export interface ChatMessage {
  /** In the order in which they were said. */
  id: string;
  /** Of its last change; the latest that was heard is what `since` takes. */
  rev: string;
  kind: 'say' | 'me' | 'system';
  user: ChatUser;
  /** Empty once it is deleted. */
  text: string;
  at: string;
  /** Where the picture was when it was written, in seconds of the broadcast. */
  mediaTime?: number;
  broadcast?: string;
  danmaku?: Danmaku;
  replyTo?: { id: string; name: string; text: string };
  /** Of a message of the server: what happened, for those who have words of their own for it. */
  event?: ChatEvent;
  /** Ids of those whom it names by `@Name`. */
  mentions?: string[];
  edited?: string;
  deleted?: true;
  /** Seen by those who look after the room alone, until they let it through. */
  held?: true;
  /** It was held back and has been let through just now: new to everybody who does not look after the room. */
  released?: true;
  /** The answer to a command, for the one who typed it alone; it is kept nowhere. */
  private?: true;
  /** The first that somebody said in this room; told to those who look after it. */
  first?: true;
  /** How many reacted with what. */
  reactions?: Record<string, number>;
  /** With what one has reacted oneself: in the answers to `subscribe` and `history`. */
  reacted?: string[];
}

/** The rules of a chat that everybody should know. */
export interface PublicChatSettings {
  /** Seconds between two messages of one person; 0 is none. */
  slow: number;
  /** Who may send links. */
  links: 'everyone' | 'signed-in' | 'moderators';
  /** Comments may fly over the picture. */
  danmaku: boolean;
  guests: GuestRight;
  /** Characters of one message. */
  maxLength: number;
}

/** Until when somebody is to be silent. */
export interface Silence {
  until: string;
  reason?: string;
}

/** How things are in a chat beside what is said, in the answer to those who begin to listen. */
export interface ChatStanding {
  settings: PublicChatSettings;
  /** What stands above it; absent where nothing does. */
  pinned?: ChatMessage;
  /** Of the one who listens; absent where they may speak. */
  silenced?: Silence;
  /** What can be written as `:name:`. */
  emotes?: Emote[];
}

/** A small picture that stands in a text as `:name:`. */
export interface Emote {
  name: string;
  /** Within the server; another picture has another. */
  url: string;
  width: number;
  height: number;
  /** For all rooms. */
  server?: true;
}

/** The rules of a chat, as those who look after the room change them. */
export interface ChatSettings {
  slow: number;
  links: 'everyone' | 'signed-in' | 'moderators';
  words: { word: string; action: 'block' | 'hold' | 'hide' }[];
  /** The first message of somebody waits until it is let through. */
  holdFirst: boolean;
  danmaku: boolean;
}

import type { ErrorDetail } from '../errors.ts';
import type { SessionRecord } from '../live/session.ts';
import type { AudienceMessage, PeopleMessage, QoeMessage, TimelineMessage } from './audience.ts';
import type { ChatMessage, ChatSettings, ChatStanding, Emote, PublicChatSettings, Silence } from './chat.ts';
import type { Finding } from './findings.ts';
import type { EndedBecause, LastLive, Room, RoomRole, RoomState, TrackInfo, User } from './rooms.ts';

export type * from './audience.ts';
export type * from './chat.ts';
export type * from './findings.ts';
export type * from './rooms.ts';

/**
 * What the room's socket says, as types. Times are ISO 8601 in UTC, durations seconds, rates bit/s.
 */

/** One admitted publisher or viewer, over any protocol. */
export type SessionInfo = SessionRecord;

/** One point of the map from the stream's media time (seconds) to wall time. */
export interface StreamClock {
  mediaTime: number;
  at: string;
}

/** First on every socket, without being asked. */
export interface HelloMessage {
  type: 'hello';
  version: number;
  room: Room;
  /** Who one is by what came with the socket; absent where nobody in particular. */
  user?: { id: string; name?: string };
  limits?: { messageBytes: number };
}

/** What is said of the room, whenever that has changed. */
export interface RoomMessage {
  type: 'room';
  room: Room;
}

/** The stream's state, on connect and at each change. */
export interface StreamMessage {
  type: 'stream';
  state: RoomState;
  since?: string;
  reason?: EndedBecause;
  tracks: TrackInfo[];
  lastLive?: LastLive;
  broadcast?: string;
  clock?: StreamClock;
}

/**
 * What was said or changed, to those who listen to `chat`: one message, or for those who ask for batches several. Of how things
 * are it has what is another now; null is none.
 */
export interface ChatPush {
  type: 'chat';
  message?: ChatMessage;
  messages?: ChatMessage[];
  /** So many were left out beside these: more is said than people can read. */
  skipped?: number;
  settings?: PublicChatSettings;
  pinned?: ChatMessage | null;
  silenced?: Silence | null;
  emotes?: Emote[];
}

/** How many watch, over all protocols: players that are paused are none. The rest is for those who look after the room. */
export interface PresenceMessage {
  type: 'presence';
  viewers: number;
  /** Of each protocol: `ws-flv`, `hls`, `rtmp` and so on. */
  protocols?: Readonly<Record<string, number>>;
  /** Different viewers of this broadcast, and the most at once. */
  unique?: number;
  peak?: number;
}

/** How loud one wants it, from 0 to 1: once it is known who one is, and when one changes it on another socket. */
export interface VolumeMessage {
  type: 'volume';
  level: number;
  muted: boolean;
}

/** Once a second while live, to the owner only. `gop` in seconds. */
export interface ControlMessage {
  type: 'control';
  rates: { bitRate: number; frameRate: number; gop: number; audioBitRate?: number };
  sessions: SessionInfo[];
  publisher?: { protocol: string; remote: string; since: string; agent?: string };
}

/** To the owner only: on connect, and whenever the findings change, once a second at most. The worst is first. */
export interface DoctorMessage {
  type: 'doctor';
  findings: Finding[];
}

/** An answer to a message of ours, with what that type of message brings. */
export interface OkMessage extends Omit<Partial<ChatStanding>, 'settings'> {
  type: 'ok';
  id?: number;
  message?: ChatMessage;
  messages?: ChatMessage[];
  /** More was missed than is told. */
  gap?: boolean;
  topics?: string[];
  user?: { id: string; name?: string; kind: User['kind']; role: RoomRole };
  /** With which a guest is the same guest again. */
  token?: string;
  /** To those who begin to listen what everybody knows of them, to those who look after the room all. */
  settings?: PublicChatSettings | ChatSettings;
  until?: string;
}

/** The answer to a ping: the server's wall time. */
export interface PongMessage {
  type: 'pong';
  id?: number;
  at?: string;
}

/** Something could not be done; `code` is of the one list. */
export interface ErrorMessage {
  type: 'error';
  id?: number;
  code: string;
  message: string;
  detail?: ErrorDetail;
}

export type ServerMessage =
  | AudienceMessage
  | PeopleMessage
  | QoeMessage
  | TimelineMessage
  | HelloMessage
  | RoomMessage
  | StreamMessage
  | ChatPush
  | PresenceMessage
  | ControlMessage
  | DoctorMessage
  | VolumeMessage
  | OkMessage
  | PongMessage
  | ErrorMessage;

const types = new Set<string>(
  'hello room stream chat presence control doctor people audience qoe timeline volume ok pong error'.split(' '),
);

/** Reads one text message. `undefined` for what this version does not know, so that a newer server breaks nothing. */
export function parseMessage(text: string): ServerMessage | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (typeof value !== 'object' || value === null) return undefined;
  const { type } = value as { type?: unknown };
  return typeof type === 'string' && types.has(type) ? (value as ServerMessage) : undefined;
}

import type { PeopleMessage, QoeMessage, TimelineMessage } from './audience.ts';

export type * from './audience.ts';

/**
 * What the API and the room's socket say, as types. Times are ISO 8601 in UTC, durations seconds, rates bit/s.
 */

/** A room's life: nobody publishes, first frames come, live, publisher lost and waited for, over. */
export type RoomState = 'idle' | 'starting' | 'live' | 'waiting' | 'ended';

/** Why a broadcast ended or waits. */
export type EndedBecause = 'ended' | 'kicked' | 'revoked' | 'lost' | 'shutdown';

/** One elementary stream of a room, as a player needs to know it. */
export interface TrackInfo {
  id: number;
  kind: 'video' | 'audio' | 'data';
  /** The codec's short name: `h264`, `aac`, `mp3`. */
  codec: string;
  /** RFC 6381 string, as for `MediaSource.isTypeSupported`. */
  codecs?: string;
  width?: number;
  height?: number;
  /** Frames a second. */
  frameRate?: number;
  /** Hz. */
  sampleRate?: number;
  channels?: number;
}

/** When and for how long (seconds) a room was live before. */
export interface LastLive {
  endedAt: string;
  duration: number;
}

/** What somebody may do in a room, the most first; a guest has not signed in. */
export type RoomRole = 'owner' | 'moderator' | 'speaker' | 'viewer' | 'guest' | 'banned';

/** Who may watch: everyone, those who have the link, or the password, those who have signed in, or those on the list. */
export type Watch = 'everyone' | 'link' | 'password' | 'signed-in' | 'list';

/** What guests may do in the chat. */
export type GuestRight = 'write' | 'read' | 'off';

/** Somebody with an account, a guest, or a program of the server’s own. */
export interface User {
  id: string;
  kind: 'account' | 'guest' | 'server';
  /** Absent until one is chosen. */
  name?: string;
  /** Owns the server. */
  admin: boolean;
  email?: string;
  hasPassword?: boolean;
}

/** A room as everyone may see it. `role` is that of the one who asks. */
export interface Room {
  slug: string;
  title: string;
  state: RoomState;
  /** Start of the broadcast. */
  since?: string;
  viewers: number;
  lastLive?: LastLive;
  tracks: TrackInfo[];
  description?: string;
  tags: string[];
  /** Address of a picture, within the server. */
  cover?: string;
  /** BCP 47. */
  language?: string;
  watch: Watch;
  guests: GuestRight;
  /** Everybody in it may see who has signed in; absent where not. */
  showViewers?: boolean;
  /** False where the one who asks may not enter; then nothing is told but what is said of the room. */
  admitted: boolean;
  /** Put away at this time. */
  archived?: string;
  /** Where the configuration file declares it, for its owner. `title`: the title, too. */
  declared?: { file: string; line: number; title: boolean };
  /** Limits, for those who look after it. `maxBitRate` in bit/s. */
  maxViewers?: number;
  maxBitRate?: number;
  role?: RoomRole;
}

/** What of a room can be changed; null takes away. `maxBitRate` in bit/s, `language` as BCP 47. */
export interface RoomSettings {
  title?: string;
  description?: string | null;
  tags?: readonly string[];
  language?: string | null;
  watch?: Watch;
  password?: string | null;
  guests?: GuestRight;
  /** Lets everybody in the room see who has signed in. */
  showViewers?: boolean;
  maxViewers?: number | null;
  maxBitRate?: number | null;
}

/** What an encoder needs. Only the owner gets it. */
export interface RoomKey {
  key: string;
  server: string;
  publishUrl: string;
  /** The configuration file holds the key, so it cannot be changed here. */
  declared: boolean;
}

/** One admitted publisher or viewer, over any protocol. */
export interface SessionInfo {
  id: string;
  protocol: string;
  action: 'publish' | 'play';
  path: string;
  identity?: string;
  remote: string;
  agent?: string;
  since: string;
  bytesIn: number;
  bytesOut: number;
  skips: number;
}

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

/** What the doctor can find, in the order in which it is told. What each means is in `docs/reference/findings.md`. */
export type FindingCode =
  | 'gop-long'
  | 'gop-irregular'
  | 'frame-rate-variable'
  | 'bit-rate-unstable'
  | 'bit-rate-high'
  | 'audio-missing'
  | 'video-missing'
  | 'b-frames'
  | 'key-refused'
  | 'clock-drift'
  | 'codec-unplayable'
  | 'timestamps-jump';

/** Something about a stream that could be better. There is one of each code at most. */
export interface Finding {
  code: FindingCode;
  severity: 'info' | 'warn' | 'bad';
  /** What was measured: numbers, or short words. */
  values: Readonly<Record<string, number | string>>;
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

export type ServerMessage =
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
  'hello room stream chat presence control doctor people qoe timeline volume ok pong error'.split(' '),
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

/** What the API says of rooms and of who is in them, as types. Times are ISO 8601 in UTC, durations seconds, rates bit/s. */

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
  /** What keeps the one who asks out: until when, for ever where absent, and why. */
  ban?: { until?: string; reason?: string };
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

/** Somebody, or a network, that may not enter a room: for ever where `until` is absent. */
export interface Ban {
  id: string;
  who?: string;
  name?: string;
  network?: string;
  reason?: string;
  /** Account of who did it. */
  by: string;
  created: string;
  until?: string;
}

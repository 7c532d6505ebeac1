import type { SessionRecord } from '../live/session.ts';

/**
 * What the API and the room's socket say of those who watch, and what players say of themselves. Times are ISO 8601 in UTC.
 */

/** How a page plays. */
export type PlayerPath = 'ws-flv' | 'http-flv' | 'ws-mp4' | 'hls' | 'native-hls' | 'http-mp4';

/** Why a player lost its stream. */
export type PlayerError = 'network' | 'media' | 'decode' | 'refused' | 'stuck';

/** What a player says of itself, every ten seconds and when something happens. Counts are since what it said before. */
export interface Beacon {
  path: PlayerPath;
  /** `off`: it plays nothing and waits for nothing. */
  state: 'playing' | 'paused' | 'off';
  /** ms of playing. */
  played: number;
  /** Pauses to load, and ms of them. */
  stalls: number;
  stalled: number;
  frames: number;
  dropped: number;
  /** ms from when it was wanted to the first picture; said once. */
  start?: number;
  /** Seconds behind the camera. */
  latency?: number;
  width?: number;
  height?: number;
  errors?: readonly PlayerError[];
}

/** The middle of some values, and what one of twenty is above. */
export interface Percentiles {
  p50: number;
  p95: number;
}

/** How well it plays for some viewers. */
export interface Quality {
  /** Those who have told, with one voice each. */
  viewers: number;
  /** ms to the first picture. */
  start?: Percentiles;
  /** Share of the time in which it stood still to load. */
  stallRatio?: Percentiles;
  /** Seconds behind the camera. */
  latency?: Percentiles;
  stalls: number;
  dropped: number;
  errors: Readonly<Partial<Record<PlayerError, number>>>;
}

/** The same for all, and for each way to play. */
export interface QualityReport {
  all: Quality;
  paths: Readonly<Partial<Record<PlayerPath, Quality>>>;
}

/** How well it plays: in the last minute, and in this broadcast, or the last one where none is on. */
export interface Qoe {
  minute: QualityReport;
  broadcast: QualityReport;
}

/** To those who look after the room and ask for it, every five seconds while something is live. */
export interface QoeMessage extends Qoe {
  type: 'qoe';
}

/** Somebody who came or went. */
export interface Person {
  id: string;
  name: string;
}

/** Who came and who went, to those who ask for it; nothing where more than a hundred watch. */
export interface PeopleMessage {
  type: 'people';
  joined: readonly Person[];
  left: readonly Person[];
}

/** A moment of a stream: rates in bit/s and pictures a second, the key frame interval and the viewers' latency in seconds. */
export interface TimelinePoint {
  at: string;
  bitRate: number;
  frameRate: number;
  gop?: number;
  viewers: number;
  /** Times that the server moved slow viewers ahead, and pictures that players dropped, since the point before. */
  skips: number;
  dropped: number;
  latency?: number;
}

/** A new point, to those who look after the room and ask for it, every two seconds while something is live. */
export interface TimelineMessage {
  type: 'timeline';
  point: TimelinePoint;
}

/** Somebody who has signed in and is in a room. */
export interface RoomViewer extends Person {
  role: string;
  /** The ways by which they watch; empty for a page that does not play. */
  protocols: readonly string[];
}

/** One broadcast: what it was, and who watched. */
export interface BroadcastRecord {
  id: string;
  started: string;
  /** Absent while it is on. */
  ended?: string;
  /** Seconds. */
  duration: number;
  /** Most viewers at once, and how many different ones. */
  peak: number;
  unique: number;
  /** Seconds that all viewers watched together. */
  watchSeconds: number;
  /** Viewers at a time, on average. */
  average: number;
  /** Of each protocol. */
  protocols: Readonly<Record<string, { peak: number; watchSeconds: number }>>;
  /** Messages in the chat. */
  messages: number;
}

/**
 * Who watches, to those who look after the room and ask for it: at once, then once a second while something is live, and when it
 * has changed while not. The API lists more than the first two hundred.
 */
export interface AudienceMessage {
  type: 'audience';
  viewers: readonly RoomViewer[];
  /** What is on. */
  broadcast?: BroadcastRecord;
  /** To moderators: those of viewers, with networks for addresses. The owner has them in `control`. */
  sessions?: readonly SessionRecord[];
}

/** All broadcasts of a room together, as far as they are kept. */
export interface BroadcastTotals {
  broadcasts: number;
  duration: number;
  watchSeconds: number;
  messages: number;
}

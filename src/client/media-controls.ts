import type { TrackInfo } from './messages.ts';
import type { RoomConnection } from './room.ts';

/** Containers in which a room's socket sends its stream. */
export type MediaFormat = 'flv' | 'mp4';

/** How one's media is doing. Times in seconds, but for `roundTrip`, which is in ms. */
export interface MediaStats {
  format: MediaFormat;
  paused: boolean;
  /** Of media, since it was asked for. */
  bytes: number;
  /** Times it jumped ahead because the socket was too slow. */
  skips: number;
  /** Bytes that wait for the socket. */
  queue: number;
  /** Where in the broadcast the newest bytes begin. */
  position?: number;
  roundTrip?: number;
}

/** How loud one wants it. `level` is from 0 to 1. */
export interface VolumeSetting {
  level: number;
  muted: boolean;
}

/** What each message about media has, beside its type, and what its answer has. */
export interface MediaRequests {
  media: { fields: { format: MediaFormat | null }; answer: { format: MediaFormat | null; tracks?: TrackInfo[] } };
  pause: { fields: object; answer: object };
  play: { fields: object; answer: { tracks: TrackInfo[] } };
  quality: { fields: { track: number | null }; answer: { track: number | null } };
  seek: { fields: { to: number }; answer: object };
  stats: { fields: object; answer: MediaStats };
  volume: { fields: { level: number }; answer: VolumeSetting };
  mute: { fields: { on: boolean }; answer: VolumeSetting };
}

/** What one can do with the media of a room's socket. Each rejects as the request does. */
export interface MediaControls {
  /** Has the stream sent as binary messages from its container's header on; gives its tracks as they are now. */
  watch(format: MediaFormat): Promise<TrackInfo[]>;
  /** No media any more. */
  stop(): Promise<void>;
  /** No bytes; who has paused is no viewer, and has no place in a room that is full. */
  pause(): Promise<void>;
  /** Goes on where the stream is now, with the container's header. After a pause the room may be full: `busy`. */
  play(): Promise<TrackInfo[]>;
  /** Another track of several, by its number; `null` is what is played where nobody chooses. */
  choose(track: number | null): Promise<void>;
  seek(to: number): Promise<void>;
  stats(): Promise<MediaStats>;
  setVolume(level: number): Promise<VolumeSetting>;
  mute(on: boolean): Promise<VolumeSetting>;
}

/**
 * Media over the socket of a room that one is connected to, whose listener gets the bytes. A socket that comes back brings
 * none until they are asked for again.
 */
export function mediaControls(room: Pick<RoomConnection, 'ask'>): MediaControls {
  const say = <Type extends keyof MediaRequests>(
    type: Type,
    fields: MediaRequests[Type]['fields'],
  ): Promise<MediaRequests[Type]['answer']> => room.ask({ type, ...fields });
  return {
    watch: async (format) => (await say('media', { format })).tracks ?? [],
    stop: async () => void (await say('media', { format: null })),
    pause: async () => void (await say('pause', {})),
    play: async () => (await say('play', {})).tracks,
    choose: async (track) => void (await say('quality', { track })),
    seek: async (to) => void (await say('seek', { to })),
    stats: () => say('stats', {}),
    setVolume: (level) => say('volume', { level }),
    mute: (on) => say('mute', { on }),
  };
}

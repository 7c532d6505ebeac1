import type { LastLive, Room, StreamMessage, TrackInfo } from '../../client/messages.ts';
import { isAtLeast, type RoomRole } from '../../live/access.ts';
import type { Hub } from '../../live/hub.ts';
import { pathOfSlug } from '../../live/path.ts';
import type { Stream } from '../../live/stream.ts';
import { isoTime } from '../../live/wall-time.ts';
import { describeTrack } from '../../media/codec/table.ts';
import type { Track } from '../../media/frame.ts';
import { SECOND } from '../../media/time.ts';
import type { BanRecord } from './room-bans.ts';
import type { RoomRecord } from './room-record.ts';

/** What somebody is in a room, and whether they may enter it. */
export interface Standing {
  role: RoomRole;
  admitted: boolean;
  /** What keeps them out. */
  ban?: Pick<BanRecord, 'until' | 'reason'> | undefined;
  /** Address of its cover. */
  cover?: string | undefined;
  /** How many watch, where that is not just the sessions. */
  viewers?: number | undefined;
}

/** A room as the one who asks may see it. There is nothing secret in it. */
export function roomInfo(room: RoomRecord, hub: Hub, { role, admitted, ban, cover, viewers }: Standing): Room {
  const { slug, title, tags, watch, guests } = room;
  const said = {
    slug,
    title,
    ...(room.description === undefined ? {} : { description: room.description }),
    tags: [...tags],
    ...(cover === undefined ? {} : { cover }),
    ...(room.language === undefined ? {} : { language: room.language }),
    watch,
    guests,
    ...(room.showViewers && { showViewers: true }),
    admitted,
    ...(ban ? { ban: banInfo(ban) } : {}),
    ...(room.archived === undefined ? {} : { archived: room.archived }),
    ...(role === 'owner' && room.declaredAt
      ? { declared: { ...room.declaredAt, title: room.titleDeclared === true } }
      : {}),
    role,
  };
  if (!admitted) return { ...said, state: 'idle', viewers: 0, tracks: [] };
  const { state, since, lastLive, tracks } = streamInfo(room, hub);
  const limits = isAtLeast(role, 'moderator')
    ? {
        ...(room.maxViewers === undefined ? {} : { maxViewers: room.maxViewers }),
        ...(room.maxBitRate === undefined ? {} : { maxBitRate: room.maxBitRate }),
      }
    : {};
  return {
    ...said,
    ...limits,
    state,
    ...(since === undefined ? {} : { since }),
    viewers: viewers ?? hub.viewers(pathOfSlug(slug)),
    ...(lastLive ? { lastLive } : {}),
    tracks,
  };
}

function banInfo({ until, reason }: Pick<BanRecord, 'until' | 'reason'>): NonNullable<Room['ban']> {
  return { ...(until === undefined ? {} : { until }), ...(reason === undefined ? {} : { reason }) };
}

/** What a page has to know of the room's stream. */
export function streamInfo(room: RoomRecord, hub: Hub): StreamMessage {
  const stream = hub.stream(pathOfSlug(room.slug));
  const last = stream?.last ?? room.last;
  const { broadcast, reason, state = 'idle' } = stream ?? {};
  const clock = stream && clockOf(stream);
  return {
    type: 'stream',
    state,
    ...(broadcast ? { since: isoTime(broadcast.startedAt), broadcast: broadcast.id } : {}),
    ...(reason && reason !== 'replaced' && reason !== 'error' ? { reason } : {}),
    tracks: (stream?.tracks ?? []).map((track) => trackInfo(track, stream!)),
    ...(last ? { lastLive: lastLive(last) } : {}),
    ...(clock ? { clock } : {}),
  };
}

function trackInfo(track: Track, stream: Stream): TrackInfo {
  const { codecs, width, height, frameRate, sampleRate, channels } = describeTrack(track);
  const measured = track.kind === 'video' ? (frameRate ?? stream.rates.frameRate) : undefined;
  return {
    id: track.id,
    kind: track.kind,
    codec: track.codec,
    ...(codecs === undefined ? {} : { codecs }),
    ...(width === undefined ? {} : { width }),
    ...(height === undefined ? {} : { height }),
    ...(measured === undefined ? {} : { frameRate: Math.round(measured * 100) / 100 }),
    ...(sampleRate === undefined ? {} : { sampleRate }),
    ...(channels === undefined ? {} : { channels }),
  };
}

/** The stream's newest time and the wall time at which it came. */
function clockOf(stream: Stream): StreamMessage['clock'] {
  const { broadcast, edge } = stream;
  if (!broadcast || !edge || stream.state !== 'live') return undefined;
  return { mediaTime: edge.media / SECOND, at: isoTime(broadcast.wallTime(edge.media)) };
}

function lastLive({ startedAt, endedAt }: { startedAt: number; endedAt: number }): LastLive {
  return { endedAt: isoTime(endedAt), duration: Math.max(0, Math.round((endedAt - startedAt) / 1000)) };
}

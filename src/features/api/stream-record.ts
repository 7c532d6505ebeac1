import type { Finding } from '../../client/messages.ts';
import type { Hub } from '../../live/hub.ts';
import type { Rates } from '../../live/meter.ts';
import type { SessionRecord } from '../../live/session.ts';
import type { Stream, StreamState } from '../../live/stream.ts';
import { isoTime } from '../../live/wall-time.ts';
import type { ColorInfo } from '../../media/color-info.ts';
import type { CodecInfo } from '../../media/codec/codec.ts';
import { describeTrack } from '../../media/codec/table.ts';
import type { EndReason, Kind, Track } from '../../media/frame.ts';
import { rounded } from '../../media/rounding.ts';
import { SECOND } from '../../media/time.ts';
import type { DoctorService } from '../../plugin.ts';

/** Behind the point, of rates and seconds. */
const DIGITS = 3;

/** A stream in words and numbers, for its operator. Times are ISO 8601 in UTC, durations seconds, rates bit/s. */
export interface StreamRecord {
  path: string;
  state: StreamState;
  /** Start of the broadcast. */
  since?: string;
  /** Id of the broadcast. */
  broadcast?: string;
  /** Why it waits, or why the last broadcast ended. */
  reason?: EndReason;
  viewers: number;
  publisher?: SessionRecord;
  tracks: TrackRecord[];
  rates?: Rates;
  /** The newest frame: its time in the stream, and the wall time that the broadcast’s map gives to it. */
  edge?: { mediaTime: number; at: string };
  lastLive?: { endedAt: string; duration: number };
  /** What could be better, the worst first. */
  findings: readonly Finding[];
}

/** What a track is, with all that its codec config says. */
export interface TrackRecord extends CodecInfo {
  id: number;
  kind: Kind;
  codec: string;
  /** Of the display that the picture was made on, and of its light, as the publisher says. */
  mastering?: NonNullable<ColorInfo['mastering']>;
  light?: NonNullable<ColorInfo['light']>;
}

/** The stream of a path; one that nobody publishes, watches or waits for is idle. */
export function streamRecord(path: string, hub: Hub, doctor: DoctorService | undefined): StreamRecord {
  const stream = hub.stream(path);
  const publisher = hub.publisher(path)?.session.toJSON();
  return {
    path,
    state: stream?.state ?? 'idle',
    ...(stream ? broadcastOf(stream) : {}),
    viewers: hub.viewers(path),
    ...(publisher ? { publisher } : {}),
    tracks: stream?.tracks.map(trackRecord) ?? [],
    ...(stream?.active ? { rates: ratesOf(stream.rates), ...edgeOf(stream) } : {}),
    ...(stream?.last ? { lastLive: lastLive(stream.last) } : {}),
    findings: doctor?.findings(path) ?? [],
  };
}

function broadcastOf({ broadcast, reason }: Stream): Pick<StreamRecord, 'since' | 'broadcast' | 'reason'> {
  return {
    ...(broadcast ? { since: isoTime(broadcast.startedAt), broadcast: broadcast.id } : {}),
    ...(reason ? { reason } : {}),
  };
}

function trackRecord(track: Track): TrackRecord {
  const { id, kind, codec } = track;
  const { mastering, light } = track.color ?? {};
  return { id, kind, codec, ...describeTrack(track), ...(mastering && { mastering }), ...(light && { light }) };
}

function ratesOf({ frameRate, gop, ...bits }: Rates): Rates {
  return {
    ...bits,
    ...(frameRate === undefined ? {} : { frameRate: rounded(frameRate, DIGITS) }),
    ...(gop === undefined ? {} : { gop: rounded(gop, DIGITS) }),
  };
}

function edgeOf({ broadcast, edge }: Stream): Pick<StreamRecord, 'edge'> {
  if (!broadcast || !edge) return {};
  return { edge: { mediaTime: edge.media / SECOND, at: isoTime(broadcast.wallTime(edge.media)) } };
}

function lastLive({ startedAt, endedAt }: NonNullable<Stream['last']>): { endedAt: string; duration: number } {
  return { endedAt: isoTime(endedAt), duration: rounded(Math.max(0, endedAt - startedAt) / 1000, DIGITS) };
}

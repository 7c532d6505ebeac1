import { RoomcastError } from '../errors.ts';
import { openMediaFile, pathOf } from '../files/open-media-file.ts';
import { untilAborted } from '../files/until-aborted.ts';
import { keepAlive } from '../io/keep-alive.ts';
import { systemScheduler } from '../io/scheduler.ts';
import type { Scheduler } from '../live/scheduler.ts';
import { rounded } from '../media/rounding.ts';
import { SECOND } from '../media/time.ts';
import { Census, DIGITS, type ProbeTrack } from './census.ts';
import { watchHttp } from './http.ts';
import { interrupted, Watch } from './watch.ts';
import { watchRtmp } from './rtmp.ts';

/** What is in a file or a stream. */
export interface ProbeReport {
  /** `mp4`, `mov`, `mkv`, `webm`, `flv`, `ts`; of a stream how it comes: `rtmp`, `http-flv`, `http-mp4`, `http-ts`. */
  format: string;
  /** Seconds; absent for a stream, which has no end. */
  duration?: number;
  /** bit/s: of a file all its bytes, of a stream its pictures and sound. */
  bitRate?: number;
  tracks: ProbeTrack[];
  /** Codecs of tracks that cannot be read; absent where there are none. */
  unsupported?: string[];
}

export interface ProbeOptions {
  /** Default: the real clock. */
  scheduler?: Scheduler;
  /** Leaves what is being measured: it then rejects. */
  signal?: AbortSignal;
}

/** Of MP4 and its kin so much is read to measure rates; FLV and MPEG-TS, which have no index, are read whole. µs */
const MEASURED = 60 * SECOND;

/**
 * Tells what is in a file, or measures a stream for a few seconds and leaves it.
 *
 * @param source Path or `file:` URL of a media file, or `rtmp://…`, `rtmps://…`, `http://…`, `https://…` of FLV,
 *   fragmented MP4 or MPEG-TS.
 * @throws RoomcastError in words: no such file, no media, nothing live, nothing comes, interrupted.
 */
export async function probe(source: string | URL, options: ProbeOptions = {}): Promise<ProbeReport> {
  const { signal } = options;
  if (signal?.aborted) throw interrupted();
  const address = String(source);
  const watches = /^rtmps?:/i.test(address) ? watchRtmp : /^https?:/i.test(address) ? watchHttp : undefined;
  if (!watches) {
    if (/^[a-z][a-z0-9+.-]+:\/\//i.test(address) && !/^file:/i.test(address)) {
      throw new RoomcastError('bad-request', 'Only files, rtmp://, rtmps://, http:// and https:// can be looked at.');
    }
    return probeFile(pathOf(source), signal);
  }
  const release = keepAlive();
  try {
    const watch = new Watch(options.scheduler ?? systemScheduler(), signal);
    const format = await watches(address, watch);
    return report(format, watch.census, {});
  } finally {
    release();
  }
}

async function probeFile(path: string, signal = new AbortController().signal): Promise<ProbeReport> {
  const told = await untilAborted(readFile(path, signal), signal);
  if (!told || signal.aborted) throw interrupted();
  return told;
}

/** Reads no further than to where the signal comes. */
async function readFile(path: string, signal: AbortSignal): Promise<ProbeReport> {
  const file = await openMediaFile(path);
  try {
    const census = new Census();
    for (const track of file.tracks) census.add({ type: 'track', track });
    const isWhole = file.format === 'flv' || file.format === 'ts';
    for await (const frame of file.frames()) {
      census.add({ type: 'frame', frame });
      if (signal.aborted || (!isWhole && frame.dts > MEASURED)) break;
    }
    const duration = isWhole ? census.span : (file.duration ?? census.span);
    const bitRate = duration > 0 ? Math.round((file.size * 8 * SECOND) / duration) : 0;
    const unsupported = file.unsupported.map(({ codec }) => codec);
    return report(file.format, census, { duration, bitRate, unsupported });
  } finally {
    await file.close();
  }
}

/** `duration` in µs. */
function report(
  format: string,
  census: Census,
  known: { duration?: number; bitRate?: number; unsupported?: string[] },
): ProbeReport {
  const { span, bytes } = census;
  const bitRate = known.bitRate ?? (span > 0 ? Math.round((bytes * 8 * SECOND) / span) : 0);
  return {
    format,
    ...(known.duration ? { duration: rounded(known.duration / SECOND, DIGITS) } : {}),
    ...(bitRate > 0 ? { bitRate } : {}),
    tracks: census.tracks(),
    ...(known.unsupported?.length ? { unsupported: known.unsupported } : {}),
  };
}

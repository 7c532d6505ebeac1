import type { Unsupported } from '../containers/demuxer.ts';
import { RoomcastError } from '../errors.ts';
import { flvTagType } from '../containers/flv/index.ts';
import type { MediaFile } from '../files/media-file.ts';
import { openMediaFile, pathOf } from '../files/open-media-file.ts';
import type { Scheduler } from '../live/scheduler.ts';
import { type Frame, type Kind, mainTrack, type Track } from '../media/frame.ts';
import { SECOND } from '../media/time.ts';
import type { Film } from './film.ts';
import { inOrder } from './in-order.ts';
import { looped } from './looped.ts';
import { transcoded, type TranscodeOptions } from './transcode.ts';

export interface FilmOptions {
  loop: boolean;
  transcode: TranscodeOptions | undefined;
  scheduler: Scheduler;
  /** Ends what it would otherwise wait for. */
  signal: AbortSignal;
  /** Told in words, once for each thing, what of the source is not sent. */
  warn: (message: string) => void;
}

const PLAYED: readonly Kind[] = ['video', 'audio', 'data'];

/** In the file's words. */
const NAMES: Readonly<Record<Kind, string>> = { video: 'picture', audio: 'sound', data: 'data' };
/** A file that ends earlier than it says by this much, and by this part of it, was cut off. */
const CUT_OFF = { time: 2 * SECOND, part: 0.1 } as const;

/** Opens a file as it is, or through ffmpeg. @throws RoomcastError in words. */
export async function openFilm(source: string | URL, options: FilmOptions): Promise<Film> {
  const { loop, transcode, scheduler, signal } = options;
  const path = pathOf(source);
  if (transcode) return transcoded(path, { ...transcode, loop, scheduler, signal });
  const file = await openMediaFile(path);
  try {
    const tracks = PLAYED.flatMap((kind) => mainTrack(file.tracks, kind) ?? []);
    for (const kind of ['video', 'audio'] as const) refuseUnreadable(path, kind, tracks, file.unsupported);
    const warn = once((message) => {
      if (!signal.aborted) options.warn(message);
    });
    for (const message of shortcomings(file, tracks)) warn(message);
    const turn = (): AsyncGenerator<Frame, void> => played(whole(file, warn), tracks);
    return {
      tracks,
      ...(loop || file.duration === undefined ? {} : { duration: file.duration }),
      frames: () => fromZero(inOrder(loop ? looped(turn) : turn())),
      close: () => file.close(),
    };
  } catch (error) {
    await file.close();
    throw error;
  }
}

/** What is known from the start not to be sent. */
function shortcomings({ tracks: all, unsupported, ignored }: MediaFile, tracks: readonly Track[]): string[] {
  const ids = new Set(tracks.map(({ id }) => id));
  const further = all.filter(({ id, kind }) => !ids.has(id) && kind !== 'data');
  return [
    ...further.map(({ kind, codec }) => `Not sent: another ${kind} track (${codec}).`),
    ...unsupported.map(({ kind, codec }) => `Not sent: a ${kind} track that cannot be read (${codec}).`),
    ...(ignored === undefined ? [] : [ignored]),
  ];
}

/** All of a file, and in words where that is less than there should be. */
async function* whole(file: MediaFile, warn: (message: string) => void): AsyncGenerator<Frame, void> {
  let isTold = false;
  let last = 0;
  const frames = file.frames(({ kind, at }) => {
    isTold = true;
    warn(`The file is damaged: its ${NAMES[kind]} cannot be read from ${inSeconds(at)} on.`);
  });
  for await (const frame of frames) {
    last = Math.max(last, frame.dts);
    yield frame;
  }
  const { duration = 0 } = file;
  if (isTold || duration - last < Math.max(CUT_OFF.time, duration * CUT_OFF.part)) return;
  warn(`The file ends after ${inSeconds(last)}, where it says that it has ${inSeconds(duration)}: it was cut off.`);
}

function inSeconds(us: number): string {
  return `${(us / SECOND).toFixed(1)} s`;
}

/** Says the same thing once, however often a film goes round. */
function once(say: (message: string) => void): (message: string) => void {
  const said = new Set<string>();
  return (message) => {
    if (!said.has(message)) say(message);
    said.add(message);
  };
}

/** A file may begin with a frame of a track that is ahead of the others. */
async function* fromZero(frames: AsyncIterable<Frame>): AsyncGenerator<Frame, void> {
  let start: number | undefined;
  for await (const frame of frames) {
    start ??= frame.dts;
    yield start === 0 ? frame : { ...frame, dts: frame.dts - start, pts: frame.pts - start };
  }
}

/** A film without its picture, or mute, is not what was meant. */
function refuseUnreadable(
  path: string,
  kind: Kind,
  tracks: readonly Track[],
  unsupported: readonly Unsupported[],
): void {
  const missing = unsupported.filter((item) => item.kind === kind);
  if (missing.length === 0 || tracks.some((track) => track.kind === kind)) return;
  const names = [...new Set(missing.map(({ codec }) => codec))].join(', ');
  throw new RoomcastError(
    'codec-unsupported',
    `${path} has ${kind} in a codec that RTMP cannot carry here: ${names}. Transcode it (--transcode).`,
  );
}

/** The frames of one track of each kind: the first there is. */
async function* played(frames: AsyncIterable<Frame>, tracks: readonly Track[]): AsyncGenerator<Frame, void> {
  const chosen = new Map<Kind, number>(tracks.map(({ kind, id }) => [kind, id]));
  for await (const frame of frames) {
    const { kind, id, codec } = frame.track;
    if (flvTagType(codec) === undefined) continue;
    if (!chosen.has(kind)) chosen.set(kind, id);
    if (chosen.get(kind) === id) yield frame;
  }
}

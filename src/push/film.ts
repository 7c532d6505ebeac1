import { RoomcastError } from '../errors.ts';
import { flvTagType } from '../containers/flv/index.ts';
import { openMediaFile, pathOf, type Unsupported } from '../files/media-file.ts';
import type { Scheduler } from '../live/scheduler.ts';
import { type Frame, type Kind, mainTrack, type Track } from '../media/frame.ts';
import { inOrder } from './in-order.ts';
import { looped } from './looped.ts';
import { transcoded, type TranscodeOptions } from './transcode.ts';

/** What is pushed: frames in decode order on one clock that starts at 0. */
export interface Film {
  /** Those that are pushed, as they begin. */
  readonly tracks: readonly Track[];
  /** µs; absent where it is not known, or where there is no end. */
  readonly duration?: number;
  /** In words, what of the source is left out. */
  readonly leftOut: readonly string[];
  /** Once. */
  frames(): AsyncGenerator<Frame, void>;
  close(): Promise<void>;
}

export interface FilmOptions {
  loop: boolean;
  transcode: TranscodeOptions | undefined;
  scheduler: Scheduler;
}

const PLAYED: readonly Kind[] = ['video', 'audio', 'data'];

/** Opens a file as it is, or through ffmpeg. @throws RoomcastError in words. */
export async function openFilm(source: string | URL, { loop, transcode, scheduler }: FilmOptions): Promise<Film> {
  const path = pathOf(source);
  if (transcode) return transcoded(path, { ...transcode, loop, scheduler });
  const file = await openMediaFile(path);
  try {
    const tracks = PLAYED.flatMap((kind) => mainTrack(file.tracks, kind) ?? []);
    for (const kind of ['video', 'audio'] as const) refuseUnreadable(path, kind, tracks, file.unsupported);
    const ids = new Set(tracks.map(({ id }) => id));
    const further = file.tracks.filter(({ id, kind }) => !ids.has(id) && kind !== 'data');
    return {
      tracks,
      ...(loop || file.duration === undefined ? {} : { duration: file.duration }),
      leftOut: [
        ...further.map(({ kind, codec }) => `another ${kind} track (${codec})`),
        ...file.unsupported.map(({ kind, codec }) => `a ${kind} track that cannot be read (${codec})`),
      ],
      frames: () => played(inOrder(loop ? looped(() => file.frames()) : file.frames()), tracks),
      close: () => file.close(),
    };
  } catch (error) {
    await file.close();
    throw error;
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

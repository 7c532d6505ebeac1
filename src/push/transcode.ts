import { RoomcastError } from '../errors.ts';
import { sizeOf } from '../files/open-media-file.ts';
import { FlvReader } from '../files/recording-reader.ts';
import { RecordingStream } from '../files/recording-stream.ts';
import { type ProgramEnd, type RunningProgram, startProgram } from '../io/process.ts';
import type { Scheduler } from '../live/scheduler.ts';
import type { Frame } from '../media/frame.ts';
import { SECOND } from '../media/time.ts';
import type { Film } from './film.ts';

/** How a file is encoded anew, to H.264 and AAC. */
export interface TranscodeOptions {
  /** Pixels, both even; the picture keeps its shape within. Default: as it is. */
  size?: { width: number; height: number };
  /** Frames per second. Default: as it is. */
  fps?: number;
  /** bit/s of the picture. Default 2 500 000. */
  bitRate?: number;
  /** Seconds between key frames. Default 2. */
  gop?: number;
  /** The ffmpeg to use. Default: the one on the PATH. */
  ffmpeg?: string;
}

const BIT_RATE = 2_500_000;
const GOP = 2;
const AUDIO_BIT_RATE = 128_000;
const AUDIO_RATE = 48_000;
/** The encoder may hold this many seconds of its rate back, and no more than that comes at once. */
const BUFFER = 2;
/** Frames after which the encoder makes a key frame of its own: later than any GOP that is asked for. */
const NO_OWN_KEYS = 9999;
/** A program whose output is over has this long to end with its last words. */
const LAST_WORDS = 2 * SECOND;

/** A file through the system's ffmpeg. It runs ahead of us no further than a pipe holds, and ends with the signal. */
export async function transcoded(
  path: string,
  options: TranscodeOptions & { loop: boolean; scheduler: Scheduler; signal: AbortSignal },
): Promise<Film> {
  await sizeOf(path);
  const { ffmpeg = 'ffmpeg', scheduler, signal } = options;
  signal.throwIfAborted();
  const program = startProgram(ffmpeg, transcodeArguments(path, options), scheduler);
  let isStopped = false;
  const stop = async (): Promise<void> => {
    isStopped = true;
    await program.stop();
  };
  const onAbort = (): void => void stop();
  signal.addEventListener('abort', onAbort, { once: true });
  void program.ended.then(() => signal.removeEventListener('abort', onAbort));
  let stream: RecordingStream | undefined;
  try {
    stream = await RecordingStream.open(program.output, new FlvReader({ isSteady: true }));
  } catch {
    // Its last words tell more.
  }
  if (!stream?.tracks.some(({ kind }) => kind !== 'data')) throw failure(path, await endOf(program, scheduler));
  const { tracks } = stream;
  return {
    tracks,
    async *frames(): AsyncGenerator<Frame, void> {
      yield* stream.frames();
      const end = await endOf(program, scheduler);
      if (!isStopped && end.status !== 0) throw failure(path, end);
    },
    close: stop,
  };
}

/**
 * What ffmpeg is called with. The file is named with its protocol and its absolute path, so that no name is an option or
 * another protocol; a list in it can lead to nothing but files.
 */
export function transcodeArguments(
  path: string,
  { size, fps, bitRate = BIT_RATE, gop = GOP, loop }: TranscodeOptions & { loop: boolean },
): string[] {
  const filters = size
    ? [
        `scale=${size.width}:${size.height}:force_original_aspect_ratio=decrease:force_divisible_by=2`,
        `pad=${size.width}:${size.height}:(ow-iw)/2:(oh-ih)/2`,
        'setsar=1',
      ]
    : ['scale=trunc(iw/2)*2:trunc(ih/2)*2'];
  if (fps !== undefined) filters.push(`fps=${fps}`);
  const rate = String(Math.round(bitRate));
  return [
    ...['-hide_banner', '-nostdin', '-nostats', '-loglevel', 'error'],
    ...(loop ? ['-stream_loop', '-1'] : []),
    ...['-protocol_whitelist', 'file,crypto,data', '-i', `file:${path}`],
    ...['-map', '0:V:0?', '-map', '0:a:0?', '-map_metadata', '-1', '-sn', '-dn'],
    ...['-c:v', 'libx264', '-preset', 'veryfast', '-pix_fmt', 'yuv420p', '-vf', filters.join(',')],
    ...['-b:v', rate, '-maxrate', rate, '-bufsize', String(Math.round(bitRate * BUFFER))],
    ...['-g', String(NO_OWN_KEYS), '-sc_threshold', '0', '-force_key_frames', `expr:gte(t,n_forced*${gop})`],
    ...[
      '-c:a',
      'aac',
      '-b:a',
      String(AUDIO_BIT_RATE),
      '-ar',
      String(AUDIO_RATE),
      '-ac',
      '2',
      '-af',
      'aresample=async=1',
    ],
    ...['-flvflags', 'no_duration_filesize', '-f', 'flv', 'pipe:1'],
  ];
}

/** How a program ended that writes no more. */
async function endOf(program: RunningProgram, scheduler: Scheduler): Promise<ProgramEnd> {
  const cancel = scheduler.after(LAST_WORDS, () => void program.stop());
  const end = await program.ended;
  cancel();
  return end;
}

function failure(path: string, { missing, status, words }: ProgramEnd): RoomcastError {
  if (missing) {
    return new RoomcastError(
      'not-found',
      'ffmpeg was not found on this machine. Install it, or push a file that needs no --transcode.',
    );
  }
  const last = words.split('\n').at(-1)?.trim();
  const why = last || (status === 0 ? 'there is neither picture nor sound in it' : 'it ended without a word');
  return new RoomcastError('bad-request', `ffmpeg cannot transcode ${path}: ${why}`);
}

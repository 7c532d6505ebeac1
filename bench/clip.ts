import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, renameSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Two seconds: what encoders are told to send for live. */
const GOP_FRAMES = 60;
/** Whole GOPs, so that the clip loops. */
const CLIP_SECONDS = 10;

export interface ClipOptions {
  /** `1280x720` */
  size: string;
  /** Video bits a second, as ffmpeg writes them. */
  rate: string;
}

/** What the fan-out rows play. */
export const FULL_CLIP: ClipOptions = { size: '1280x720', rate: '2000k' };
/** What each of many publishers sends. */
export const SMALL_CLIP: ClipOptions = { size: '640x360', rate: '500k' };

/** Where clips, configurations and data folders of a run are kept. */
export const workFolder: string = join(tmpdir(), 'roomcast-bench');

/**
 * A clip that every server gets: 30 pictures a second of H.264 with a constant rate, 128 kbit/s of AAC, made when it is
 * not there yet. Noise over a test picture makes the rate real. Returns its path.
 */
export function makeClip({ size, rate: videoRate }: ClipOptions): string {
  mkdirSync(workFolder, { recursive: true });
  const path = join(workFolder, `clip-${size}-${videoRate}.flv`);
  if (existsSync(path)) return path;
  const making = `${path}.${process.pid}.part`;
  const video = ['-f', 'lavfi', '-i', `testsrc2=size=${size}:rate=30,noise=alls=12:allf=t,format=yuv420p`];
  const audio = ['-f', 'lavfi', '-i', 'sine=frequency=440:sample_rate=44100:beep_factor=4'];
  const gop = ['-g', GOP_FRAMES, '-keyint_min', GOP_FRAMES, '-sc_threshold', 0, '-bf', 0].map(String);
  const rate = ['-b:v', videoRate, '-minrate', videoRate, '-maxrate', videoRate, '-bufsize', videoRate];
  const args = [
    '-v',
    'error',
    '-y',
    ...video,
    ...audio,
    '-t',
    String(CLIP_SECONDS),
    '-c:v',
    'libx264',
    '-preset',
    'veryfast',
  ];
  args.push(
    ...gop,
    ...rate,
    '-x264-params',
    'nal-hrd=cbr',
    '-c:a',
    'aac',
    '-b:a',
    '128k',
    '-ac',
    '2',
    '-f',
    'flv',
    making,
  );
  const { status, stderr, error } = spawnSync('ffmpeg', args, { encoding: 'utf8', timeout: 120_000 });
  if (status !== 0) throw new Error(`ffmpeg does not make the clip: ${error?.message ?? stderr}`);
  renameSync(making, path);
  return path;
}

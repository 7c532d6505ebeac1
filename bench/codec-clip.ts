import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { FlvMuxer } from '../src/containers/flv/index.ts';
import { openMediaFile } from '../src/files/open-media-file.ts';
import { workFolder } from './clip.ts';

/** Encoders of ffmpeg with what makes them fast, and what makes their rate and GOP those of the other clips. */
const encoders = {
  h264: ['libx264', '-preset', 'veryfast', '-bf', '0', '-sc_threshold', '0'],
  h265: [
    'libx265',
    '-preset',
    'ultrafast',
    '-x265-params',
    'log-level=error:bframes=0:scenecut=0:keyint=60:min-keyint=60',
  ],
  av1: ['libsvtav1', '-preset', '12', '-svtav1-params', 'pred-struct=1'],
  vp9: ['libvpx-vp9', '-deadline', 'realtime', '-cpu-used', '8', '-lag-in-frames', '0', '-row-mt', '1'],
} as const;

export type ClipCodec = keyof typeof encoders;
export const clipCodecs: readonly ClipCodec[] = Object.keys(encoders) as ClipCodec[];

const SIZE = '1280x720';
const RATE = '2000k';
const SECONDS = 10;
const GOP_FRAMES = 60;

/** A clip of one codec with AAC, as FLV. ffmpeg before 6.1 cannot write those, so its MP4 is read and written anew. */
export async function makeCodecClip(codec: ClipCodec): Promise<string> {
  mkdirSync(workFolder, { recursive: true });
  const path = join(workFolder, `clip-${codec}.flv`);
  if (existsSync(path)) return path;
  const making = `${path}.${process.pid}.mp4`;
  const video = ['-f', 'lavfi', '-i', `testsrc2=size=${SIZE}:rate=30,noise=alls=12:allf=t,format=yuv420p`];
  const audio = ['-f', 'lavfi', '-i', 'sine=frequency=440:sample_rate=44100:beep_factor=4'];
  const coding = ['-c:v', ...encoders[codec], '-g', String(GOP_FRAMES), '-b:v', RATE, '-c:a', 'aac', '-b:a', '128k'];
  const args = ['-v', 'error', '-y', ...video, ...audio, '-t', String(SECONDS), ...coding, making];
  const { status, stderr, error } = spawnSync('ffmpeg', args, { encoding: 'utf8', timeout: 180_000 });
  if (status !== 0) throw new Error(`ffmpeg does not make the clip: ${error?.message ?? stderr}`);
  const film = await openMediaFile(making);
  const muxer = new FlvMuxer();
  const parts = [muxer.header(film.tracks)];
  for await (const frame of film.frames()) parts.push(muxer.mux(frame));
  await film.close();
  rmSync(making);
  writeFileSync(`${path}.part`, Buffer.concat(parts));
  renameSync(`${path}.part`, path);
  return path;
}

import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import type { ClipName } from '../clips.ts';
import { temporaryFolder } from '../output.ts';
import { type ProgramName, Program, program, runProgram } from '../programs.ts';
import { root } from '../servers.ts';
import { startNginx } from './nginx.ts';
import { complaintsOf } from './packets.ts';

/** A kind of program that sends, with a kind of film. */
export interface PublisherRow {
  name: string;
  clip: ClipName;
  /** How much of it, where that matters. */
  seconds?: number;
  /** Beside ffmpeg, which makes the films. */
  needs: readonly ProgramName[];
  /** Part of the heavier form only. */
  heavy?: boolean;
  /** Lines that it says when all is well. */
  words?: RegExp;
  /** Sends the file at its own pace. */
  start(file: string, url: string): Program | Promise<Program>;
}

const LIMIT_MS = 90_000;

export const publishers: readonly PublisherRow[] = [
  { name: 'ffmpeg with B-frames', clip: 'b-frames', needs: [], start: sendWithFfmpeg },
  // Films with B-frames ask more of every player.
  { name: 'ffmpeg without B-frames', clip: 'plain', needs: [], heavy: true, start: sendWithFfmpeg },
  { name: 'ffmpeg with sound only', clip: 'audio-only', needs: [], start: sendWithFfmpeg },
  { name: 'ffmpeg with a picture only', clip: 'video-only', needs: [], start: sendWithFfmpeg },
  {
    name: 'roomcast push',
    clip: 'b-frames',
    needs: [],
    words: /^(?:Publishing to \S+\.|[\d:]+ of [\d:]+ · .+|Done: [\d:]+, \d+ frames)$/gm,
    start: pushFromMp4,
  },
  // It loses the first GOP while it connects, so that players would have little time to come.
  { name: 'nginx push', clip: 'b-frames', seconds: 10, needs: ['nginx'], start: sendThroughNginx },
  { name: 'GStreamer', clip: 'plain', needs: ['gstreamer'], heavy: true, start: sendWithGstreamer },
  { name: 'GStreamer with B-frames', clip: 'b-frames', needs: ['gstreamer'], heavy: true, start: sendWithGstreamer },
];

/** Sends a file at its own pace; what else ffmpeg shall do with the output stands in `options`. */
export function sendWithFfmpeg(file: string, url: string, options: readonly string[] = []): Program {
  const args = [
    '-v',
    'warning',
    '-re',
    '-i',
    file,
    '-c',
    'copy',
    ...options,
    '-flvflags',
    'no_duration_filesize',
    '-f',
    'flv',
    url,
  ];
  return started(new Program(program('ffmpeg'), args, { limitMs: LIMIT_MS }));
}

/** nginx takes the stream from ffmpeg and pushes it on. */
async function sendThroughNginx(file: string, url: string): Promise<Program> {
  const nginx = await startNginx(() => `push ${url};`);
  return sendWithFfmpeg(file, `${nginx.rtmp}/peer/film`);
}

/** Our own push, of the film in MP4 as cameras and editors write it. */
async function pushFromMp4(file: string, url: string): Promise<Program> {
  const path = join(temporaryFolder(), 'film.mp4');
  const args = ['-v', 'error', '-i', file, '-c', 'copy', path];
  const complaints = complaintsOf(await runProgram(program('ffmpeg'), args, { limitMs: LIMIT_MS }));
  if (complaints !== '') throw new Error(`ffmpeg could not write MP4: ${complaints}`);
  const push = [join(root, 'bin', 'roomcast.js'), 'push', path, url];
  return started(new Program(process.execPath, push, { limitMs: LIMIT_MS }));
}

function sendWithGstreamer(file: string, url: string): Program {
  const source = `filesrc location=${file} ! flvdemux name=demux`;
  const picture = 'demux.video ! queue ! h264parse ! mux.';
  const sound = 'demux.audio ! queue ! aacparse ! mux.';
  const sink = `flvmux name=mux streamable=true ! rtmp2sink sync=true location=${url}`;
  const args = ['-q', ...[source, picture, sound, sink].join(' ').split(' ')];
  return started(new Program(program('gstreamer'), args, { limitMs: LIMIT_MS }));
}

function started(sender: Program): Program {
  onTestFinished(async () => void (await sender.stop('SIGKILL')));
  return sender;
}

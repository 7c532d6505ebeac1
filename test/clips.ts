import { existsSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { outputOf } from './output.ts';
import { program, runProgram } from './programs.ts';

const PICTURE = ['-f', 'lavfi', '-i', 'testsrc2=size=640x360:rate=25'];
const SMALL_PICTURE = ['-f', 'lavfi', '-i', 'testsrc2=size=320x180:rate=25'];
const SOUND = ['-f', 'lavfi', '-i', 'sine=frequency=440:sample_rate=44100,aformat=channel_layouts=stereo'];
/** 16 bits of the number of each frame as a row of blocks, white for 1, and below it the same the other way round. */
const NUMBERED = [
  '-f',
  'lavfi',
  '-i',
  "color=size=16x2:rate=25,format=gray,geq=lum='if(mod(floor(N/pow(2,X))+Y,2),235,16)',scale=320:40:flags=neighbor,format=yuv420p[bits];testsrc2=size=320x140:rate=25,format=yuv420p[rest];[bits][rest]vstack",
];
/** As on the telephone: 8 kHz, one channel. */
const TELEPHONE = ['-f', 'lavfi', '-i', 'sine=frequency=440:sample_rate=8000'];
const ENCODER = ['-c:v', 'libx264', '-preset', 'veryfast', '-pix_fmt', 'yuv420p'];
const H264 = [...ENCODER, '-b:v', '1M'];
const AAC = ['-c:a', 'aac', '-b:a', '96k'];

export type ClipName =
  | 'b-frames'
  | 'plain'
  | 'short-gop'
  | 'small-short-gop'
  | 'audio-only'
  | 'video-only'
  | 'mp3'
  | 'pcma'
  | 'pcmu'
  | 'long-gop'
  | '3-mbit'
  | '12-mbit'
  | 'numbered'
  | 'keys-at-random'
  | 'uneven'
  | 'swinging'
  | 'defaults'
  | 'numbered-long-gop';

/** As steady as a line of a fixed rate wants it, with a key frame each second. */
function steady(rate: string, buffer: string): string[] {
  const rates = ['-b:v', rate, '-minrate', rate, '-maxrate', rate, '-bufsize', buffer, '-nal-hrd', 'cbr'];
  return [...ENCODER, ...rates, '-bf', '0', '-g', '25'];
}

/** Without a key frame but where it is said. */
const KEYS_AS_TOLD = ['-bf', '0', '-g', '1000', '-keyint_min', '1', '-sc_threshold', '0'];

/** Films as encoders send them; `-t` and the file are added. */
const recipes: Record<ClipName, string[]> = {
  'b-frames': [...PICTURE, ...SOUND, ...H264, '-bf', '3', '-g', '50', ...AAC],
  plain: [...PICTURE, ...SOUND, ...H264, '-bf', '0', '-g', '50', ...AAC],
  'short-gop': [...PICTURE, ...SOUND, ...H264, '-bf', '0', '-g', '25', ...AAC],
  'small-short-gop': [...SMALL_PICTURE, ...SOUND, ...H264, '-bf', '0', '-g', '25', ...AAC],
  'audio-only': [...SOUND, ...AAC],
  'video-only': [...PICTURE, ...H264, '-bf', '0', '-g', '50'],
  mp3: [...PICTURE, ...SOUND, ...H264, '-bf', '0', '-g', '50', '-c:a', 'libmp3lame', '-b:a', '128k'],
  pcma: [...PICTURE, ...TELEPHONE, ...H264, '-bf', '0', '-g', '50', '-c:a', 'pcm_alaw'],
  pcmu: [...PICTURE, ...TELEPHONE, ...H264, '-bf', '0', '-g', '50', '-c:a', 'pcm_mulaw'],
  'long-gop': [
    ...PICTURE,
    ...SOUND,
    ...H264,
    '-bf',
    '2',
    '-g',
    '250',
    '-keyint_min',
    '250',
    '-sc_threshold',
    '0',
    ...AAC,
  ],
  '3-mbit': [...PICTURE, ...SOUND, ...steady('3M', '1M'), ...AAC],
  '12-mbit': [...PICTURE, ...SOUND, ...steady('12M', '4M'), ...AAC],
  // A key frame after 0.5 s, then after 3 s.
  'keys-at-random': [
    ...PICTURE,
    ...SOUND,
    ...H264,
    ...KEYS_AS_TOLD,
    '-force_key_frames',
    'expr:lt(mod(t+0.001,3.5),0.04)+lt(mod(t+3.001,3.5),0.04)',
    ...AAC,
  ],
  // Every other second half of the pictures is missing.
  uneven: [
    ...PICTURE,
    ...SOUND,
    ...['-vf', "select='if(lt(mod(t,2),1),1,mod(n,2))'", '-vsync', 'vfr'],
    ...[...H264, '-bf', '0', '-force_key_frames', 'expr:gte(t,2*n_forced)', ...AAC],
  ],
  // Noise and a still by turns of two seconds.
  swinging: [
    ...['-f', 'lavfi', '-i', "testsrc2=size=320x180:rate=25,noise=alls=60:allf=t:enable='lt(mod(t,4),2)'"],
    ...[...SOUND, ...ENCODER, '-crf', '20', '-bf', '0', '-g', '50', ...AAC],
  ],
  // What ffmpeg does by itself, but for the distance of key frames.
  defaults: [...PICTURE, ...SOUND, '-c:v', 'libx264', '-pix_fmt', 'yuv420p', '-g', '50', ...AAC],
  numbered: [...NUMBERED, ...SOUND, ...H264, '-bf', '0', '-g', '50', '-sc_threshold', '0', ...AAC],
  'numbered-long-gop': [...NUMBERED, ...SOUND, ...H264, '-bf', '0', '-g', '250', '-sc_threshold', '0', ...AAC],
};

/** Seconds of those films that are not of 10. */
const lengths: Partial<Record<ClipName, number>> = {
  'keys-at-random': 14,
  swinging: 12,
  numbered: 30,
  'numbered-long-gop': 30,
};

const making = new Map<ClipName, Promise<string>>();

/** Path of the film of that name, made by ffmpeg when it is not there yet. */
export function clip(name: ClipName): Promise<string> {
  let made = making.get(name);
  if (!made) making.set(name, (made = make(name)));
  return made;
}

async function make(name: ClipName): Promise<string> {
  const file = join(outputOf('clips'), `${name}.flv`);
  if (existsSync(file)) return file;
  const unfinished = join(outputOf('clips'), `${name}.${process.pid}.flv`);
  const args = [
    '-v',
    'error',
    '-y',
    ...recipes[name],
    '-t',
    String(lengths[name] ?? 10),
    '-flvflags',
    'no_duration_filesize',
    unfinished,
  ];
  const { status, stderr } = await runProgram(program('ffmpeg'), args, { limitMs: 120_000 });
  if (status !== 0) throw new Error(`ffmpeg could not make ${name}: ${stderr}`);
  renameSync(unfinished, file);
  return file;
}

import { existsSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { outputOf } from '../output.ts';
import { program, runProgram } from '../programs.ts';
import { complaintsOf } from './packets.ts';

/** Seconds of each film, a key frame each second. */
export const ENHANCED_SECONDS = 4;

const PICTURE = ['-f', 'lavfi', '-i', 'testsrc2=size=320x180:rate=25'];
const SMALL_PICTURE = ['-f', 'lavfi', '-i', 'testsrc2=size=160x90:rate=25'];
/** It begins a little later than the picture: what is before the first picture is played to nobody. */
const sound = (hz: number, layout = 'stereo'): string[] => [
  ...['-itsoffset', '0.06', '-f', 'lavfi'],
  ...['-i', `sine=frequency=${hz}:sample_rate=48000,aformat=channel_layouts=${layout}`],
];
const GOP = ['-g', '25', '-keyint_min', '25', '-sc_threshold', '0'];

const H264 = ['-c:v', 'libx264', '-preset', 'ultrafast', '-bf', '2', ...GOP];
const X265 = 'log-level=none:info=0:open-gop=0:scenecut=0:keyint=25:min-keyint=25:pools=none:frame-threads=1';
const HEVC = ['-c:v', 'libx265', '-preset', 'ultrafast', '-bf', '2', '-x265-params', X265];
const MASTERING =
  'master-display=G(13250,34500)B(7500,3000)R(34000,16000)WP(15635,16450)L(10000000,50):max-cll=1000,400';
const HDR10 = [
  ...['-c:v', 'libx265', '-preset', 'ultrafast', '-bf', '2', '-pix_fmt', 'yuv420p10le'],
  ...['-color_primaries', 'bt2020', '-color_trc', 'smpte2084', '-colorspace', 'bt2020nc'],
  ...['-x265-params', `${X265}:hdr10=1:${MASTERING}`],
];
const AV1 = ['-c:v', 'libaom-av1', '-cpu-used', '8', '-usage', 'realtime', '-lag-in-frames', '0', '-g', '25'];
const VP9 = ['-c:v', 'libvpx-vp9', '-deadline', 'realtime', '-cpu-used', '8', '-b:v', '300k', '-g', '25'];
const VP8 = ['-c:v', 'libvpx', '-deadline', 'realtime', '-cpu-used', '8', '-b:v', '300k', '-g', '25'];
const AAC = ['-c:a', 'aac', '-b:a', '64k'];
const OPUS = ['-c:a', 'libopus', '-b:a', '64k'];

const video = (codec: string): Record<string, unknown> => ({ id: 1, kind: 'video', codec, width: 320, height: 180 });
/** Further tracks of a publisher have ids from 257 on, those of sound from 513 on. */
const audio = (codec: string, id = 2, channels = 2): Record<string, unknown> => ({
  ...{ id, kind: 'audio', codec },
  ...{ sampleRate: 48_000, channels },
});

/** What comes in by Enhanced RTMP. MP4 knows when a picture is decoded; Matroska does not tell. */
export interface EnhancedFilm {
  name: string;
  /** FFmpeg's names of the codecs of its tracks. */
  codecs: readonly string[];
  /** The tracks in the API, in their order there. */
  tracks: readonly Record<string, unknown>[];
  /** How ffmpeg makes it. */
  recipe: readonly string[];
  container: 'mp4' | 'mkv';
}

export type EnhancedName =
  | 'sizes'
  | 'choice'
  | 'surround'
  | 'surround-aac'
  | 'hevc'
  | 'hdr10'
  | 'av1'
  | 'vp9'
  | 'vp8'
  | 'flac'
  | 'ac3'
  | 'eac3'
  | 'plain'
  | 'languages'
  | 'mixed';

export const enhancedFilms: Readonly<Record<EnhancedName, EnhancedFilm>> = {
  hevc: {
    name: 'HEVC with B-frames and AAC',
    codecs: ['hevc', 'aac'],
    tracks: [video('h265'), audio('aac')],
    recipe: [...PICTURE, ...sound(440), ...HEVC, ...AAC],
    container: 'mp4',
  },
  hdr10: {
    name: 'HDR10 HEVC and AAC',
    codecs: ['hevc', 'aac'],
    tracks: [video('h265'), audio('aac')],
    recipe: [...PICTURE, ...sound(440), ...HDR10, ...AAC],
    container: 'mp4',
  },
  av1: {
    name: 'AV1 and Opus',
    codecs: ['av1', 'opus'],
    tracks: [video('av1'), audio('opus')],
    recipe: [...PICTURE, ...sound(440), ...AV1, ...OPUS],
    container: 'mp4',
  },
  vp9: {
    name: 'VP9 and Opus',
    codecs: ['vp9', 'opus'],
    tracks: [{ id: 1, kind: 'video', codec: 'vp9' }, audio('opus')],
    recipe: [...PICTURE, ...sound(440), ...VP9, ...OPUS],
    container: 'mp4',
  },
  vp8: {
    name: 'VP8 and Opus',
    codecs: ['vp8', 'opus'],
    tracks: [{ id: 1, kind: 'video', codec: 'vp8' }, audio('opus')],
    recipe: [...PICTURE, ...sound(440), ...VP8, ...OPUS],
    container: 'mkv',
  },
  flac: {
    name: 'H.264 and FLAC',
    codecs: ['h264', 'flac'],
    tracks: [video('h264'), audio('flac')],
    recipe: [...PICTURE, ...sound(440), ...H264, '-c:a', 'flac', '-strict', '-2'],
    container: 'mp4',
  },
  ac3: {
    name: 'H.264 and AC-3',
    codecs: ['h264', 'ac3'],
    tracks: [video('h264'), audio('ac3')],
    recipe: [...PICTURE, ...sound(440), ...H264, '-c:a', 'ac3'],
    container: 'mp4',
  },
  eac3: {
    name: 'H.264 and E-AC-3',
    codecs: ['h264', 'eac3'],
    tracks: [video('h264'), audio('eac3')],
    recipe: [...PICTURE, ...sound(440), ...H264, '-c:a', 'eac3'],
    container: 'mp4',
  },
  plain: {
    name: 'H.264 and AAC',
    codecs: ['h264', 'aac'],
    tracks: [video('h264'), audio('aac')],
    recipe: [...PICTURE, ...sound(440), ...H264, ...AAC],
    container: 'mp4',
  },
  languages: {
    name: 'H.264 and three tracks of AAC',
    codecs: ['h264', 'aac', 'aac', 'aac'],
    tracks: [video('h264'), audio('aac'), audio('aac', 513), audio('aac', 514)],
    recipe: [
      ...[...PICTURE, ...sound(440), ...sound(550), ...sound(660)],
      ...['-map', '0', '-map', '1', '-map', '2', '-map', '3', ...H264, ...AAC],
    ],
    container: 'mp4',
  },
  mixed: {
    name: 'HEVC, AAC and a further track of Opus',
    codecs: ['hevc', 'aac', 'opus'],
    tracks: [video('h265'), audio('aac'), audio('opus', 513)],
    recipe: [
      ...[...PICTURE, ...sound(440), ...sound(550), '-map', '0', '-map', '1', '-map', '2'],
      ...[...HEVC, '-c:a:0', 'aac', '-c:a:1', 'libopus'],
    ],
    container: 'mp4',
  },
  sizes: {
    name: 'two sizes of H.264, and AAC',
    codecs: ['h264', 'h264', 'aac'],
    tracks: [video('h264'), audio('aac'), { id: 257, kind: 'video', codec: 'h264', width: 160, height: 90 }],
    recipe: [
      ...[...PICTURE, ...SMALL_PICTURE, ...sound(440)],
      ...['-map', '0', '-map', '1', '-map', '2', ...H264, ...AAC],
    ],
    container: 'mp4',
  },
  choice: {
    name: 'H.264, Opus and a further track of AAC',
    codecs: ['h264', 'opus', 'aac'],
    tracks: [video('h264'), audio('opus'), audio('aac', 513)],
    recipe: [
      ...[...PICTURE, ...sound(440), ...sound(550), '-map', '0', '-map', '1', '-map', '2'],
      ...[...H264, '-c:a:0', 'libopus', '-c:a:1', 'aac'],
    ],
    container: 'mp4',
  },
  surround: {
    name: 'H.264 and Opus in 5.1',
    codecs: ['h264', 'opus'],
    tracks: [video('h264'), audio('opus', 2, 6)],
    recipe: [...PICTURE, ...sound(440, '5.1'), ...H264, '-c:a', 'libopus', '-b:a', '192k'],
    container: 'mp4',
  },
  'surround-aac': {
    name: 'HEVC and AAC in 5.1',
    codecs: ['hevc', 'aac'],
    tracks: [video('h265'), audio('aac', 2, 6)],
    recipe: [...PICTURE, ...sound(440, '5.1'), ...HEVC, '-c:a', 'aac', '-b:a', '192k'],
    container: 'mp4',
  },
};

const making = new Map<EnhancedName, Promise<string>>();

/** Path of the film, made by ffmpeg when it is not there yet. */
export function enhancedFilm(name: EnhancedName): Promise<string> {
  let made = making.get(name);
  if (!made) making.set(name, (made = make(name)));
  return made;
}

async function make(name: EnhancedName): Promise<string> {
  const { recipe, container } = enhancedFilms[name];
  const file = join(outputOf('clips'), `enhanced-${name}.${container}`);
  if (existsSync(file)) return file;
  const unfinished = join(outputOf('clips'), `enhanced-${name}.${process.pid}.${container}`);
  const args = ['-v', 'error', '-y', ...recipe, '-t', String(ENHANCED_SECONDS), unfinished];
  const complaints = complaintsOf(await runProgram(program('ffmpeg'), args, { limitMs: 120_000 }));
  if (complaints !== '') throw new Error(`ffmpeg could not make ${name}: ${complaints}`);
  renameSync(unfinished, file);
  return file;
}

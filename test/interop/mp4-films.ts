import { join } from 'node:path';
import { readFileSync, writeFileSync } from 'node:fs';
import { Mp4Demuxer, Mp4Muxer, Mp4SegmentMuxer } from '../../src/containers/mp4/index.ts';
import type { Frame, Track } from '../../src/media/frame.ts';
import { SECOND } from '../../src/media/time.ts';
import { temporaryFolder } from '../output.ts';
import { program, runProgram } from '../programs.ts';
import { complaintsOf } from './packets.ts';

const PICTURE = ['-f', 'lavfi', '-i', 'testsrc2=size=320x180:rate=30000/1001'];
const sound = (rate: number): string[] => [
  ...['-f', 'lavfi', '-i'],
  `sine=frequency=440:sample_rate=${rate},aformat=channel_layouts=stereo`,
];
const GOP = ['-g', '30', '-keyint_min', '30', '-sc_threshold', '0', '-pix_fmt', 'yuv420p'];
const H264 = ['-c:v', 'libx264', '-preset', 'ultrafast', '-bf', '2', ...GOP];
const HEVC = [
  ...['-c:v', 'libx265', '-preset', 'ultrafast', '-pix_fmt', 'yuv420p', '-tag:v', 'hvc1'],
  ...['-x265-params', 'log-level=none:info=0:open-gop=0:keyint=30:bframes=2:pools=none:frame-threads=1'],
];
const AV1 = ['-c:v', 'libaom-av1', '-cpu-used', '8', '-usage', 'realtime', '-lag-in-frames', '0', ...GOP];
const VP9 = ['-c:v', 'libvpx-vp9', '-deadline', 'realtime', '-cpu-used', '8', '-b:v', '300k', ...GOP];

/** Films by what is in them, and what browsers call it. */
export const recipes: Readonly<Record<string, { args: string[]; codecs: string[]; file?: string; inChromium?: true }>> =
  {
    'H.264 and AAC': {
      args: [...PICTURE, ...sound(48_000), ...H264, '-c:a', 'aac'],
      codecs: ['avc1.4d400d', 'mp4a.40.2'],
      inChromium: true,
    },
    'H.265 and AC-3': {
      args: [...PICTURE, ...sound(48_000), ...HEVC, '-c:a', 'ac3'],
      codecs: ['hvc1.1.6.L60.90', 'ac-3'],
    },
    'AV1 and FLAC': {
      args: [...PICTURE, ...sound(48_000), ...AV1, '-c:a', 'flac', '-strict', '-2'],
      codecs: ['av01.0.00M.08', 'flac'],
      inChromium: true,
    },
    'VP9 and Opus': {
      args: [...PICTURE, ...sound(48_000), ...VP9, '-c:a', 'libopus', '-strict', '-2'],
      codecs: ['vp09.00.11.08', 'opus'],
      inChromium: true,
    },
    'H.264 and MP3': {
      args: [...PICTURE, ...sound(44_100), ...H264, '-c:a', 'libmp3lame'],
      codecs: ['avc1.4d400d', 'mp4a.6B'],
    },
    'H.264 and E-AC-3': {
      args: [...PICTURE, ...sound(44_100), ...H264, '-c:a', 'eac3'],
      codecs: ['avc1.4d400d', 'ec-3'],
    },
    'H.264 and G.711': {
      args: [...PICTURE, ...sound(8000), ...H264, '-c:a', 'pcm_alaw'],
      codecs: ['avc1.4d400d', 'alaw'],
      file: 'film.mov',
    },
  };

/** How ffmpeg cuts its fragments where a test does not care. */
export const USUAL = 'frag_keyframe+delay_moov+default_base_moof';

/** Makes a film of three seconds in fragmented MP4; gives its path. */
export async function mp4Film(name: string, movflags: string = USUAL): Promise<string> {
  const { args, file = 'film.mp4' } = recipes[name]!;
  const path = join(temporaryFolder(), file);
  const to = ['-t', '3', '-movflags', movflags, path];
  const outcome = await runProgram(program('ffmpeg'), ['-v', 'error', '-y', ...args, ...to], { limitMs: 60_000 });
  const complaints = complaintsOf(outcome);
  if (complaints !== '') throw new Error(`ffmpeg could not make ${name}: ${complaints}`);
  return path;
}

/** What our demuxer finds in a file. */
export function demuxed(path: string): { tracks: Track[]; frames: Frame[]; demuxer: Mp4Demuxer } {
  const demuxer = new Mp4Demuxer();
  const events = demuxer.push(new Uint8Array(readFileSync(path)));
  const tracks = new Map(events.flatMap((event) => (event.type === 'track' ? [[event.track.id, event.track]] : [])));
  const frames = events.flatMap((event) => (event.type === 'frame' ? [event.frame] : []));
  return { tracks: [...tracks.values()], frames, demuxer };
}

/** The same film as a stream that has been running for an hour. */
export function afterAnHour(frames: readonly Frame[]): Frame[] {
  const hour = 3600 * SECOND;
  return frames.map((frame) => ({ ...frame, dts: frame.dts + hour, pts: frame.pts + hour }));
}

/** A file with a fragment for each frame. */
export function endless(tracks: readonly Track[], frames: readonly Frame[]): string {
  const muxer = new Mp4Muxer();
  return saved([muxer.header(tracks), ...frames.map((frame) => muxer.mux(frame))]);
}

/** A file with the parts of segments, a third of a second each. */
export function inParts(tracks: readonly Track[], frames: readonly Frame[]): string {
  const muxer = new Mp4SegmentMuxer();
  const groups = [...Map.groupBy(frames, ({ dts }) => Math.floor((dts * 3) / SECOND)).values()];
  const parts = groups.map((group, index) =>
    muxer.write({
      tracks,
      frames: group,
      sequence: index + 1,
      begins: index % 6 === 0,
      next: ({ id }) => groups[index + 1]?.find(({ track }) => track.id === id)?.dts,
    }),
  );
  return saved([muxer.init(tracks), ...parts]);
}

function saved(parts: readonly Uint8Array[]): string {
  const path = join(temporaryFolder(), 'ours.mp4');
  writeFileSync(path, Buffer.concat(parts));
  return path;
}

import { existsSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect } from 'vitest';
import { probe } from '../../src/probe/probe.ts';
import { push } from '../../src/push/push.ts';
import { player } from '../conformance/rtmp/client.ts';
import { outputOf } from '../output.ts';
import { program, runProgram, testWith } from '../programs.ts';
import { startServer, until } from '../servers.ts';
import { complaintsOf } from './packets.ts';

const SOURCE = [
  ...['-f', 'lavfi', '-i', 'testsrc2=size=320x180:rate=25'],
  ...['-f', 'lavfi', '-i', 'sine=frequency=440:sample_rate=48000,aformat=channel_layouts=stereo', '-t', '2'],
];
const quick = ['-deadline', 'realtime', '-cpu-used', '8'];
const h265 = ['-c:v', 'libx265', '-preset', 'ultrafast', '-bf', '3', '-x265-params', 'log-level=none'];

/** Files as ffmpeg makes them: two seconds with a key frame every second. */
const rows: { file: string; video: string; audio: string; options: readonly string[] }[] = [
  { file: 'h265.mp4', video: 'h265', audio: 'ac3', options: [...h265, '-c:a', 'ac3'] },
  { file: 'hvc1.mov', video: 'h265', audio: 'eac3', options: [...h265, '-tag:v', 'hvc1', '-c:a', 'eac3'] },
  {
    file: 'av1.mp4',
    video: 'av1',
    audio: 'opus',
    options: ['-c:v', 'libaom-av1', '-cpu-used', '8', '-c:a', 'libopus'],
  },
  {
    file: 'vp9.mp4',
    video: 'vp9',
    audio: 'flac',
    options: ['-c:v', 'libvpx-vp9', ...quick, '-c:a', 'flac', '-strict', '-2'],
  },
  {
    file: 'h264.mp4',
    video: 'h264',
    audio: 'mp3',
    options: ['-c:v', 'libx264', '-preset', 'ultrafast', '-c:a', 'libmp3lame'],
  },
  { file: 'vp8.webm', video: 'vp8', audio: 'opus', options: ['-c:v', 'libvpx', ...quick, '-c:a', 'libopus'] },
];

async function made({ file, options }: (typeof rows)[number]): Promise<string> {
  const path = join(outputOf('clips'), `codecs-${file}`);
  if (existsSync(path)) return path;
  const unfinished = join(outputOf('clips'), `${process.pid}-${file}`);
  const args = ['-v', 'error', '-y', ...SOURCE, '-g', '25', ...options, unfinished];
  expect(complaintsOf(await runProgram(program('ffmpeg'), args, { limitMs: 60_000 }))).toBe('');
  renameSync(unfinished, path);
  return path;
}

/** Packets of picture and sound, as ffmpeg counts them. */
async function packetsIn(path: string): Promise<number[]> {
  const counts = await Promise.all(
    ['v', 'a'].map(async (kind) => {
      const args = ['-v', 'error', '-i', path, '-map', `0:${kind}`, '-c', 'copy', '-f', 'framecrc', '-'];
      const { stdout } = await runProgram(program('ffmpeg'), args, { limitMs: 30_000 });
      return stdout.split('\n').filter((line) => line.startsWith('0,')).length;
    }),
  );
  return counts;
}

interface Told {
  pictures: number;
  sounds: number;
  /** As they were sent. */
  sent: number;
  /** As the player got them, by codec. */
  seen: Record<string, number>;
  tracks: unknown;
}

describe('a file that ffmpeg made', () => {
  let pushing: Promise<Map<string, Told>> | undefined;

  for (const row of rows) {
    testWith(['ffmpeg'], `${row.file} with ${row.video} and ${row.audio} is pushed whole`, {}, async () => {
      const { pictures, sounds, sent, seen, tracks } = (await (pushing ??= pushAll())).get(row.file)!;
      expect([pictures, sent]).toEqual([50, pictures + sounds]);
      expect(Object.keys(seen).toSorted()).toEqual([row.audio, row.video].toSorted());
      expect(seen[row.video]).toBe(pictures);
      // Players begin with a picture, and some encoders begin with a sound a few ms before.
      expect([sounds, sounds - 1]).toContain(seen[row.audio]);
      expect(tracks).toMatchObject([
        { kind: 'video', codec: row.video, width: 320, height: 180, frameRate: 25, gop: 1 },
        { kind: 'audio', codec: row.audio, sampleRate: 48_000, channels: 2 },
      ]);
    });
  }
});

/** All of them at once, each on a path of its own. */
async function pushAll(): Promise<Map<string, Told>> {
  const { rtmp } = await startServer();
  const told = await Promise.all(
    rows.map(async (row, index): Promise<[string, Told]> => {
      const file = await made(row);
      const [pictures, sounds] = (await packetsIn(file)) as [number, number];
      const { tracks } = await probe(file);
      const viewer = await player(`${rtmp}/live/film${index}`);
      const { progress } = await push(file, `${rtmp}/live/film${index}`).done;
      await until('the player is told of the end', () => viewer.ended);
      const byCodec = Object.groupBy(viewer.frames, ({ track }) => track.codec);
      const seen = Object.fromEntries(Object.entries(byCodec).map(([codec, frames]) => [codec, frames.length]));
      return [row.file, { pictures, sounds, sent: progress.frames, seen, tracks }];
    }),
  );
  return new Map(told);
}

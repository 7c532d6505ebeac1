import { existsSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { type ClipName, clip } from '../clips.ts';
import { long } from '../long.ts';
import { outputOf } from '../output.ts';
import { program, runProgram } from '../programs.ts';
import { complaintsOf, type Packet, readWithFfmpeg } from './packets.ts';

/** Seconds that each publisher sends. */
export const SECONDS: number = long ? 10 : 5;

/** What a publisher sends, and every packet of it. */
export interface Film {
  file: string;
  packets: Packet[];
}

/** The beginning of a clip. */
export async function film(name: ClipName, seconds: number = SECONDS): Promise<Film> {
  const file = await cut(name, seconds);
  const { packets, complaints } = await readWithFfmpeg(file);
  if (complaints !== '') throw new Error(`ffmpeg does not like ${file}: ${complaints}`);
  return { file, packets };
}

async function cut(name: ClipName, seconds: number): Promise<string> {
  const file = join(outputOf('clips'), `${name}-${seconds}s.flv`);
  if (existsSync(file)) return file;
  const unfinished = join(outputOf('clips'), `${name}-${seconds}s.${process.pid}.flv`);
  const from = ['-v', 'error', '-y', '-t', String(seconds), '-i', await clip(name)];
  const to = ['-c', 'copy', '-flvflags', 'no_duration_filesize', unfinished];
  const complaints = complaintsOf(await runProgram(program('ffmpeg'), [...from, ...to], { limitMs: 60_000 }));
  if (complaints !== '') throw new Error(`ffmpeg could not cut ${name}: ${complaints}`);
  renameSync(unfinished, file);
  return file;
}

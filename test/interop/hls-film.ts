import { existsSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { type ClipName, clip } from '../clips.ts';
import { outputOf } from '../output.ts';
import { program, runProgram } from '../programs.ts';
import type { Film } from './films.ts';
import { complaintsOf, readWithFfmpeg } from './packets.ts';

/** A clip over and over, for so many seconds. */
export async function longFilm(name: ClipName, seconds: number): Promise<Film> {
  const file = join(outputOf('clips'), `${name}-again-${seconds}s.flv`);
  if (!existsSync(file)) {
    const unfinished = join(outputOf('clips'), `${name}-again-${seconds}s.${process.pid}.flv`);
    const from = ['-v', 'error', '-y', '-stream_loop', '-1', '-i', await clip(name), '-t', String(seconds)];
    const to = ['-c', 'copy', '-flvflags', 'no_duration_filesize', unfinished];
    const complaints = complaintsOf(await runProgram(program('ffmpeg'), [...from, ...to], { limitMs: 60_000 }));
    if (complaints !== '') throw new Error(`ffmpeg could not repeat ${name}: ${complaints}`);
    renameSync(unfinished, file);
  }
  const { packets, complaints } = await readWithFfmpeg(file);
  if (complaints !== '') throw new Error(`ffmpeg does not like ${file}: ${complaints}`);
  return { file, packets };
}

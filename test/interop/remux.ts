import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Unsupported } from '../../src/containers/demuxer.ts';
import { FlvDemuxer } from '../../src/containers/flv/index.ts';
import { temporaryFolder } from '../output.ts';
import { program, runProgram } from '../programs.ts';
import { writeMp4 } from './mp4-writer.ts';

/** Of the picture of all films here. */
const SIZE = { width: 320, height: 180 };
const LIMIT_MS = 30_000;

export interface Remuxed {
  /** Path of an MP4 file with what our demuxer found. */
  file: string;
  /** Frames that it left out, and codecs that it did not know. */
  dropped: number;
  unsupported: readonly Unsupported[];
}

/** Puts FLV into MP4: read by our demuxer, written by a library. */
export async function remux(flv: Uint8Array): Promise<Remuxed> {
  const demuxer = new FlvDemuxer();
  const events = demuxer.push(flv);
  const tracks = events.filter((event) => event.type === 'track').map(({ track }) => track);
  const frames = events.filter((event) => event.type === 'frame').map(({ frame }) => frame);
  const file = join(temporaryFolder(), 'remuxed.mp4');
  writeFileSync(file, await writeMp4({ tracks, frames, size: SIZE }));
  return { file, dropped: demuxer.decoder.dropped, unsupported: demuxer.decoder.unsupported };
}

/** `codec,packets` of each track, as ffprobe counts them. */
export async function countWithFfprobe(file: string): Promise<string[]> {
  const what = ['-count_packets', '-show_entries', 'stream=codec_name,nb_read_packets', '-of', 'csv=p=0'];
  const { stdout } = await runProgram(program('ffprobe'), ['-v', 'error', ...what, file], { limitMs: LIMIT_MS });
  return stdout.trim().split('\n');
}

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { temporaryFolder } from '../output.ts';
import { program, runProgram } from '../programs.ts';
import type { Seen } from './compare.ts';
import { complaintsOf } from './packets.ts';
import type { Ready, Watched } from './players.ts';

/** It had to wait: for a stream that comes no faster than it is played, or for a processor that others use too. */
const WAITED = /underrun|desynchronisation|hardware, temporary|position will not match|\[cplayer\] *$/;

/** Plays with mpv at normal speed to no screen and no loudspeaker; its filters tell what came out of the decoders. */
export async function watchWithMpv(url: string, live: Ready): Promise<Watched> {
  const file = join(temporaryFolder(), 'mpv.log');
  const quiet = [
    '--no-config',
    '--load-scripts=no',
    '--ytdl=no',
    '--no-terminal',
    '--vo=null',
    '--ao=null',
    `--log-file=${file}`,
  ];
  const filters = ['--vf=lavfi=[showinfo=checksum=0]', '--af=lavfi=[ashowinfo]'];
  await live();
  const outcome = await runProgram(program('mpv'), [...quiet, ...filters, url], { limitMs: 60_000 });
  const log = readFileSync(file, 'utf8');
  const faults = log.split('\n').filter((line) => /^\[[ \d.]+\]\[[wef]\]/.test(line) && !WAITED.test(line));
  return { seen: seenIn(log), complaints: [complaintsOf(outcome), ...faults].filter((line) => line !== '').join('\n') };
}

function seenIn(log: string): Seen[] {
  const seen: Seen[] = [];
  for (const [, sound, pts] of log.matchAll(/Parsed_(a?)showinfo_\d+: n: *\d+ pts: *-?\d+ pts_time:(-?[\d.]+)/g))
    seen.push({ kind: sound ? 'audio' : 'video', pts: Number(pts) });
  return seen;
}

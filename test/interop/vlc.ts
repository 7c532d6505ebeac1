import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { temporaryFolder } from '../output.ts';
import { program, runProgram } from '../programs.ts';
import { complaintsOf } from './packets.ts';
import type { Ready, Watched } from './players.ts';

/** VLC refuses to run as root. */
const NOBODY = 65_534;

/**
 * What VLC complains of that has nothing to do with the stream: this machine has no desktop, and others use it; AAC
 * begins with priming.
 */
const HARMLESS =
  /picture is too late to be displayed|buffer too late|playback too late|playback too early|no suitable interface module|globalhotkeys|unsupported track type \(2:0\)|decoded zero sample|end of playlist/;

/** Waits until VLC has played what it was given, and tells its numbers: they are whole only once the input is closed. */
const TELL_NUMBERS = `
  local item
  repeat
    vlc.misc.mwait(vlc.misc.mdate() + 20000)
    item = vlc.input.item() or item
  until item and vlc.playlist.status() == 'stopped'
  for name, value in pairs(item:stats()) do print(name, value) end
  io.stdout:flush()
  vlc.misc.quit()
`;

/** Plays with VLC to no screen and no loudspeaker, and has it tell its numbers at the end. */
export async function watchWithVlc(url: string, live: Ready): Promise<Watched> {
  const folder = temporaryFolder();
  const root = process.getuid?.() === 0;
  const own = join(folder, 'vlc');
  mkdirSync(join(own, 'lua', 'intf'), { recursive: true });
  writeFileSync(join(own, 'lua', 'intf', 'tell-numbers.lua'), TELL_NUMBERS);
  if (root) for (const each of [folder, own]) chmodSync(each, 0o777);
  // A machine that is busy shows late, which is not the stream's fault, and must not throw away either.
  const patient = ['--network-caching', '2000', '--no-drop-late-frames', '--no-skip-frames', '--no-avcodec-hurry-up'];
  // Otherwise it looks into a file before it plays it, and complains where it has to stop that halfway.
  const once = ['--no-auto-preparse', '--play-and-stop', '-I', 'luaintf', '--lua-intf', 'tell-numbers'];
  const quiet = ['--no-dbus', '--vout', 'dummy', '--aout', 'dummy', '-v'];
  await live();
  const outcome = await runProgram(program('vlc'), [...patient, ...once, ...quiet, url], {
    limitMs: 60_000,
    cwd: folder,
    env: { ...process.env, HOME: folder, XDG_DATA_HOME: folder, XDG_RUNTIME_DIR: folder },
    ...(root && { uid: NOBODY, gid: NOBODY }),
  });
  const said = outcome.stderr.split('\n').filter((line) => line.trim() !== '' && !HARMLESS.test(line));
  const numbers = new Map(
    [...outcome.stdout.matchAll(/^(\w+)\t(\d+)$/gm)].map(([, name, value]) => [name!, Number(value)]),
  );
  const bad = ['demux_corrupted', 'demux_discontinuity'].filter((name) => numbers.get(name) !== 0);
  const faults = bad.map((name) => `${name}: ${numbers.get(name)}`);
  const complaints = [complaintsOf({ ...outcome, stderr: '' }), ...said, ...faults].filter((line) => line !== '');
  // Each picture and each sound is counted by the packetizer and by the decoder.
  const decoded = (kind: 'video' | 'audio'): number => Math.floor((numbers.get(`decoded_${kind}`) ?? 0) / 2);
  return {
    pictures: decoded('video'),
    sounds: decoded('audio'),
    // A sound that is all priming is not counted by the decoder.
    slack: { fewer: 1, more: 0 },
    complaints: complaints.join('\n'),
  };
}

import { chmodSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { temporaryFolder } from '../output.ts';
import { Program, program } from '../programs.ts';
import { freePort, until } from '../servers.ts';
import { complaintsOf } from './packets.ts';
import type { Ready, Watched } from './players.ts';

/** VLC refuses to run as root. */
const NOBODY = 65_534;

/**
 * What VLC complains of that has nothing to do with the stream: this machine has no desktop, and others use it; AAC
 * begins with priming.
 */
const HARMLESS =
  /picture is too late to be displayed|buffer too late|playback too late|playback too early|no suitable interface module|globalhotkeys|unsupported track type \(2:0\)|decoded zero sample|end of playlist|Remote control interface/;

/** Plays with VLC to no screen and no loudspeaker, and asks it for its statistics until it leaves. */
export async function watchWithVlc(url: string, live: Ready): Promise<Watched> {
  const folder = temporaryFolder();
  const port = await freePort();
  const root = process.getuid?.() === 0;
  if (root) chmodSync(folder, 0o777);
  const control = ['-I', 'oldrc', '--rc-fake-tty', '--rc-host', `127.0.0.1:${port}`];
  // A machine that is busy shows late, which is not the stream's fault, and must not throw away either.
  const patient = ['--network-caching', '2000', '--no-drop-late-frames', '--no-skip-frames', '--no-avcodec-hurry-up'];
  // Otherwise it looks into a file before it plays it, and complains where it has to stop that halfway.
  const once = ['--no-auto-preparse'];
  const quiet = ['--play-and-exit', '--no-dbus', '--vout', 'dummy', '--aout', 'dummy', '-v'];
  await live();
  const vlc = new Program(program('vlc'), [...control, ...patient, ...once, ...quiet, url], {
    limitMs: 60_000,
    cwd: folder,
    env: { ...process.env, HOME: folder, XDG_RUNTIME_DIR: folder },
    ...(root && { uid: NOBODY, gid: NOBODY }),
  });
  const statistics = await ask(port);
  const outcome = await vlc.done;
  const said = outcome.stderr.split('\n').filter((line) => line.trim() !== '' && !HARMLESS.test(line));
  const numbers = Object.fromEntries(
    [...statistics().matchAll(/\| ([a-z][a-z ]+?) *: +(\d+)/g)].map(([, name, value]) => [name!, Number(value)]),
  );
  const bad = ['demux corrupted', 'discontinuities'].filter((name) => numbers[name] !== 0);
  const faults = bad.map((name) => `${name}: ${numbers[name]}`);
  const complaints = [complaintsOf({ ...outcome, stderr: '' }), ...said, ...faults].filter((line) => line !== '');
  return {
    // Each picture and each sound is counted by the packetizer and by the decoder.
    pictures: Math.floor(numbers['video decoded']! / 2),
    sounds: Math.floor(numbers['audio decoded']! / 2),
    // A sound that is all priming is not counted by the decoder.
    slack: { fewer: 1, more: 0 },
    complaints: complaints.join('\n'),
  };
}

async function ask(port: number): Promise<() => string> {
  let socket: Socket | undefined;
  await until('VLC listens', async () => (socket = await dial(port)));
  return follow(socket!);
}

/** Asks VLC over and over; gives what it said last. */
function follow(socket: Socket): () => string {
  let text = '';
  let last = '';
  socket.setEncoding('utf8');
  socket.on('error', () => {});
  socket.on('data', (more: string) => {
    text += more;
    const end = text.indexOf('stats: returned');
    if (end < 0) return;
    // Before the input is open and once it is closed there are no numbers.
    if (/(?:audio|video) decoded/.test(text.slice(0, end))) last = text.slice(0, end);
    text = text.slice(end + 1);
    socket.write('stats\n');
  });
  socket.write('stats\n');
  return () => last;
}

function dial(port: number): Promise<Socket | undefined> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('connect', () => resolve(socket));
    socket.once('error', () => resolve(undefined));
  });
}

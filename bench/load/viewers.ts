/**
 * A program: many viewers that count bytes and look at nothing. All sockets read into one buffer, and the readable ones
 * are drained together every few milliseconds, so that the load costs far less than the server.
 */
import { connect, type Socket } from 'node:net';
import { greeting, playOf, type Target, ways } from './request.ts';
import { acknowledgement, HANDSHAKE_BYTES } from './rtmp.ts';
import { Sealed, secureOptions } from './secure.ts';

export interface ViewersOptions extends Target {
  count: number;
  /** New viewers a second. */
  rate: number;
  /** They connect and never read. */
  stalled?: boolean;
}

/** Said when every viewer has its first media, or has had time enough. */
export interface ViewersOpened {
  playing: number;
  lost: number;
  /** That of the first viewer, where there is one. */
  cipher: string | undefined;
}

/** Answer to a mark: what happened since the one before. */
export interface ViewersMark {
  /** Bytes of each viewer. */
  bytes: number[];
  /** Viewers that were refused or closed. */
  lost: number;
  /** The longest time in ms for which any viewer got nothing. */
  silence: number;
}

/** How long the program sleeps between two rounds of reading. ms */
const ROUND_MS = 4;
const READ_BYTES = 256 * 1024;
/** RTMP players say how much they got this often. */
const ACKNOWLEDGE_EVERY = 2_500_000;
const MEDIA_BYTES = 2048;

const options = JSON.parse(process.argv[2]!) as ViewersOptions;
const buffer = Buffer.allocUnsafe(READ_BYTES);
const bytes = new Float64Array(options.count);
const marked = new Float64Array(options.count);
const heard = new Float64Array(options.count);
const sockets: Socket[] = [];
const never = new Int32Array(new SharedArrayBuffer(4));
let now = performance.now();
let silence = 0;
let lost = 0;
let playing = 0;
let opened = false;
let cipher: string | undefined;
const secure = ways[options.protocol].secure ? secureOptions(options) : undefined;

process.on('message', () => process.send!(mark()));
process.on('disconnect', () => process.exit());
open(performance.now());
round();

function open(start: number): void {
  const wanted = Math.min(options.count, Math.ceil(((performance.now() - start) * options.rate) / 1000));
  while (sockets.length < wanted) sockets.push(viewer(sockets.length));
  if (sockets.length < options.count) setTimeout(open, 10, start);
  else setTimeout(awaitMedia, 50, performance.now() + 15_000);
}

/** Says so when every viewer has its first media, or has had time enough. */
function awaitMedia(until: number): void {
  if (playing + lost < options.count && !options.stalled && performance.now() < until) {
    setTimeout(awaitMedia, 50, until);
    return;
  }
  opened = true;
  const said: ViewersOpened = { playing, lost, cipher };
  process.send!(said);
}

function round(): void {
  now = performance.now();
  Atomics.wait(never, 0, 0, ROUND_MS);
  setImmediate(round);
}

function viewer(index: number): Socket {
  const { port } = options;
  let sealed: Sealed | undefined;
  const callback = (size: number): boolean => {
    sealed?.push(buffer.subarray(0, size));
    count(index, size);
    return true;
  };
  const socket = connect({ port, host: '127.0.0.1', onread: { buffer, callback } });
  if (secure) {
    const first = (name: string): string => (cipher ??= name);
    sealed = new Sealed({ socket, options: secure, greeting: greeting(options, index), opened: first });
  }
  if (options.stalled) socket.pause();
  socket.on('error', () => {});
  socket.on('close', () => lost++);
  if (!secure) socket.write(greeting(options, index));
  heard[index] = now;
  return socket;
}

function count(index: number, size: number): void {
  const before = bytes[index]!;
  const after = before + size;
  bytes[index] = after;
  if (before < MEDIA_BYTES + 2 * HANDSHAKE_BYTES && after >= MEDIA_BYTES + 2 * HANDSHAKE_BYTES) playing++;
  if (opened && now - heard[index]! > silence) silence = now - heard[index]!;
  heard[index] = now;
  if (options.protocol === 'rtmp') answer(index, before, after);
}

function answer(index: number, before: number, after: number): void {
  const greeted = 1 + 2 * HANDSHAKE_BYTES;
  if (before < greeted && after >= greeted) sockets[index]!.write(playOf(options, index));
  const count = Math.floor(after / ACKNOWLEDGE_EVERY);
  if (count > Math.floor(before / ACKNOWLEDGE_EVERY)) sockets[index]!.write(acknowledgement(after));
}

function mark(): ViewersMark {
  const result = {
    bytes: [...bytes.map((value, index) => value - marked[index]!)],
    lost,
    silence,
  };
  for (let index = 0; index < options.count; index++) {
    result.silence = Math.max(result.silence, now - heard[index]!);
  }
  marked.set(bytes);
  silence = 0;
  return result;
}

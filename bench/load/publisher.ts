/**
 * A program: publishes the clip over RTMP in a loop, to one path or to many that begin one after another, its messages
 * prepared before it starts.
 */
import { connect, type Socket } from 'node:net';
import { constants, setPriority } from 'node:os';
import { Pace, type PaceMark } from './pace.ts';
import { pathOf } from './request.ts';
import { HANDSHAKE_BYTES, hello, mediaMessage, placeOf, publishRequest, setDataFrame } from './rtmp.ts';
import { clock, STAMP_BYTES, stampOf } from './stamp.ts';
import { readClip } from './tag.ts';

interface PublisherOptions {
  port: number;
  clip: string;
  /** `live/bench` */
  path: string;
  /** How many of them publish. */
  streams: number;
}

/** Many publishers are looked after together this often; a single one by its own clock. ms */
const ROUND_MS = 2;
/** All of them begin within this time, so that at a mark none is near a key frame of its two seconds. ms */
const SPREAD_MS = 800;
/** More than this in front of a socket, and the server no longer keeps up with its publishers. */
const MAX_WAITING = 4 * 1024 * 1024;

const { port, clip: file, path, streams } = JSON.parse(process.argv[2]!) as PublisherOptions;
const clip = readClip(file);
const messages = clip.frames.map(({ type, body }) => mediaMessage(type, body));
const sockets: Socket[] = [];
while (sockets.length < streams) sockets.push(await publish(pathOf({ path, streams }, sockets.length)));
const paces = sockets.map((_, index) => new Pace(clip, (SPREAD_MS * index) / streams));

keepTime();
process.on('message', () => void mark().then((answer) => process.send!(answer)));
process.on('disconnect', () => process.exit());
process.send!({ publishing: true });
round();

async function mark(): Promise<PaceMark> {
  await paces[0]!.quiet();
  return { sent: paces.map((pace) => pace.sent), late: Math.max(...paces.map((pace) => pace.takeLate())) };
}

/** The viewers share its core and come in bursts; where it may, it goes before them. */
function keepTime(): void {
  try {
    setPriority(constants.priority.PRIORITY_HIGHEST);
  } catch {
    // Only for the administrator; what it costs shows as lateness.
  }
}

function round(): void {
  for (let index = 0; index < streams; index++) if (paces[index]!.wait <= 0) send(sockets[index]!, paces[index]!);
  setTimeout(round, streams > 1 ? ROUND_MS : Math.max(0, paces[0]!.wait));
}

function send(socket: Socket, pace: Pace): void {
  socket.cork();
  for (let due = pace.take(); due; due = pace.take()) {
    const bytes = messages[due.index]!;
    bytes.writeUIntBE(due.time & 0xffffff, 1, 3);
    if (due.tag.type === 'video') stamp(bytes, due.tag.body.length);
    socket.write(bytes);
  }
  // Written here and now: a message that waited could be stamped anew by the next publisher.
  socket.uncork();
  if (socket.writableLength > MAX_WAITING) fail('the server does not take what is published');
}

function stamp(bytes: Buffer, length: number): void {
  const said = stampOf(clock());
  for (let i = 0; i < STAMP_BYTES; i++) bytes[placeOf(length - STAMP_BYTES + i)] = said[i]!;
}

async function publish(to: string): Promise<Socket> {
  const at = to.lastIndexOf('/');
  const socket = connect({ port, host: '127.0.0.1', noDelay: true });
  socket.on('error', (error) => fail(error.message));
  socket.on('close', () => fail('the server closed the connection'));
  socket.write(hello());
  await received(socket, (bytes) => bytes.length >= 1 + 2 * HANDSHAKE_BYTES);
  socket.write(publishRequest(to.slice(0, at), to.slice(at + 1)));
  await received(socket, (bytes) => bytes.includes('NetStream.Publish.Start'));
  socket.on('data', () => {});
  for (const { type, body } of clip.before)
    socket.write(type === 'script' ? setDataFrame(body) : mediaMessage(type, body));
  return socket;
}

function received(from: Socket, enough: (bytes: Buffer) => boolean): Promise<void> {
  return new Promise((resolve) => {
    let bytes = Buffer.alloc(0);
    from.on('data', function more(chunk: Buffer) {
      bytes = Buffer.concat([bytes, chunk]);
      if (!enough(bytes)) return;
      from.off('data', more);
      resolve();
    });
  });
}

function fail(reason: string): never {
  process.stderr.write(`publisher: ${reason}\n`);
  process.exit(1);
}

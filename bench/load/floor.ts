/**
 * A program: the least that a Node server can do for many viewers of one stream. It takes no publisher and decides
 * nothing: frames come from memory, one buffer per window goes to every raw socket.
 */
import { createServer, type Socket } from 'node:net';
import { type Due, Pace, type PaceMark } from './pace.ts';
import { STAMP_BYTES, stampOf } from './stamp.ts';
import { type Clip, readClip, writeTag } from './tag.ts';

/** The size that ends an FLV tag. */
const SIZE_FIELD = 4;

interface FloorOptions {
  port: number;
  clip: string;
  /** ms; 0 is one write per picture, the sound before it rides along. */
  window: number;
}

const { port, clip: file, window } = JSON.parse(process.argv[2]!) as FloorOptions;
const clip: Clip = readClip(file);
const pace = new Pace(clip);
const viewers = new Set<Socket>();
const head = Buffer.from('HTTP/1.1 200 OK\r\nContent-Type: video/x-flv\r\nConnection: close\r\n\r\n');
const before = Buffer.concat([
  Buffer.from('464c56010500000009000000 00'.replaceAll(' ', ''), 'hex'),
  ...clip.before.map((tag) => writeTag(tag, 0)),
]);
let gop: Buffer[] = [];
let pending: Buffer[] = [];
let flushAt = performance.now() + window;

createServer({ noDelay: true }, (socket) => {
  socket.on('error', () => viewers.delete(socket));
  socket.on('close', () => viewers.delete(socket));
  socket.once('data', () => {
    socket.write(Buffer.concat([head, before, ...gop]));
    viewers.add(socket);
  });
}).listen({ port, host: '127.0.0.1', backlog: 4096 });

process.on('message', () => void mark().then((answer) => process.send!(answer)));
process.on('disconnect', () => process.exit());
play();

async function mark(): Promise<PaceMark> {
  await pace.quiet();
  // A frame that waits for the end of its window is not late.
  return { sent: [pace.sent], late: Math.max(0, pace.takeLate() - window) };
}

function play(): void {
  for (let due = pace.take(); due; due = pace.take()) {
    pending.push(stamped(due));
    if (due.tag.key) gop = [];
    if (window === 0 && due.tag.type === 'video') flush();
  }
  const now = performance.now();
  if (window > 0 && now >= flushAt) {
    flushAt += window;
    flush();
  }
  setTimeout(play, Math.max(0, window > 0 ? flushAt - now : pace.wait));
}

function stamped({ tag, time, at }: Due): Buffer {
  const bytes = writeTag(tag, time);
  if (tag.type === 'video') bytes.set(stampOf(at), bytes.length - SIZE_FIELD - STAMP_BYTES);
  return bytes;
}

function flush(): void {
  if (pending.length === 0) return;
  const block = Buffer.concat(pending);
  gop.push(block);
  pending = [];
  for (const socket of viewers) socket.write(block);
}

/** A program: publishes the clip over RTMP in a loop, its messages prepared before it starts. */
import { connect, type Socket } from 'node:net';
import { Pace } from './pace.ts';
import { HANDSHAKE_BYTES, hello, mediaMessage, placeOf, publishRequest, setDataFrame } from './rtmp.ts';
import { clock, STAMP_BYTES, stampOf } from './stamp.ts';
import { readClip } from './tag.ts';

interface PublisherOptions {
  port: number;
  clip: string;
  /** `live/bench` */
  path: string;
}

const { port, clip: file, path } = JSON.parse(process.argv[2]!) as PublisherOptions;
const clip = readClip(file);
const messages = clip.frames.map(({ type, body }) => mediaMessage(type, body));
const [app, name] = path.split('/') as [string, string];
const socket = connect({ port, host: '127.0.0.1', noDelay: true });
socket.on('error', (error) => fail(error.message));
socket.on('close', () => fail('the server closed the connection'));

socket.write(hello());
await received(socket, (bytes) => bytes.length >= 1 + 2 * HANDSHAKE_BYTES);
socket.write(publishRequest(app, name));
await received(socket, (bytes) => bytes.includes('NetStream.Publish.Start'));
socket.on('data', () => {});
for (const { type, body } of clip.before)
  socket.write(type === 'script' ? setDataFrame(body) : mediaMessage(type, body));

const pace = new Pace(clip);
process.on('message', () => void pace.mark().then((sent) => process.send!(sent)));
process.on('disconnect', () => process.exit());
process.send!({ publishing: true });
send();

function send(): void {
  socket.cork();
  for (let due = pace.take(); due; due = pace.take()) {
    const bytes = messages[due.index]!;
    bytes.writeUIntBE(due.time & 0xffffff, 1, 3);
    if (due.tag.type === 'video') stamp(bytes, due.tag.body.length);
    socket.write(bytes);
  }
  socket.uncork();
  setTimeout(send, Math.max(0, pace.wait));
}

function stamp(bytes: Buffer, length: number): void {
  const said = stampOf(clock());
  for (let i = 0; i < STAMP_BYTES; i++) bytes[placeOf(length - STAMP_BYTES + i)] = said[i]!;
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

/** A program: single viewers that read every tag and note when it was complete. */
import { connect, type Socket } from 'node:net';
import { connect as connectSecurely } from 'node:tls';
import { greeting, playOf, type Target, ways } from './request.ts';
import { HANDSHAKE_BYTES } from './rtmp.ts';
import { secureOptions } from './secure.ts';
import { clock, readStamp } from './stamp.ts';
import { type Tag } from './tag.ts';
import { tagReader } from './tag-reader.ts';

/**
 * `join` adds a viewer and answers at its first key frame; `report` answers with the delays of each viewer in ms, for
 * pictures sent since `from`; `picture` joins, answers with the ms from connecting to the last byte of the first key
 * frame, and leaves.
 */
export type ProbeRequest = { ask: 'join' } | { ask: 'report'; from: number } | { ask: 'picture' };

const options = JSON.parse(process.argv[2]!) as Target;
const viewers: { sent: number; delay: number }[][] = [];

process.on('disconnect', () => process.exit());
process.on('message', (request: ProbeRequest) => {
  if (request.ask === 'join') join();
  else if (request.ask === 'picture') picture();
  else process.send!(viewers.map((seen) => seen.filter(({ sent }) => sent >= request.from).map(({ delay }) => delay)));
});
process.send!({ ready: true });

function join(): void {
  const seen: { sent: number; delay: number }[] = [];
  let joined = false;
  watch((tag) => {
    if (tag.type !== 'video' || tag.config) return;
    const sent = readStamp(tag.body);
    if (sent !== undefined) seen.push({ sent, delay: (clock() - sent) / 1000 });
    if (!joined) process.send!({ joined: (joined = true) });
  });
  viewers.push(seen);
}

function picture(): void {
  const start = clock();
  let done = false;
  const socket = watch((tag) => {
    if (done || !tag.key || tag.config) return;
    done = true;
    process.send!((clock() - start) / 1000);
    socket.destroy();
  });
}

function watch(see: (tag: Tag) => void): Socket {
  const { protocol, port } = options;
  const handshake = 1 + 2 * HANDSHAKE_BYTES;
  const reader = tagReader(protocol, handshake);
  const to = { port, host: '127.0.0.1', noDelay: true };
  const socket = ways[protocol].secure ? connectSecurely({ ...to, ...secureOptions(options) }) : connect(to);
  let received = 0;
  socket.on('error', (error) => fail(error.message));
  socket.on('end', () => fail('the server closed the connection'));
  socket.on('data', (bytes: Buffer) => {
    const greeted = received >= handshake;
    received += bytes.length;
    if (protocol === 'rtmp' && !greeted && received >= handshake) socket.write(playOf(options, 0));
    for (const tag of reader.push(bytes)) see(tag);
  });
  socket.write(greeting(options, 0));
  return socket;
}

function fail(reason: string): never {
  process.stderr.write(`probe: ${reason}\n`);
  process.exit(1);
}

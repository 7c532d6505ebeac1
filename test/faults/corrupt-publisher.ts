import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';
import { onTestFinished } from 'vitest';
import { SocketPeer } from '../conformance/rtmp/socket-peer.ts';
import { chunkSize, say } from '../conformance/rtmp/talk.ts';
import type { Random } from '../fuzz/random.ts';
import type { FilmTag } from './film-tags.ts';

/** One bit of so many bytes is wrong. */
const FLIP_EVERY = 10_000 / 8;

/** Handshake and tracks pass as they are. */
const INTACT = 20_000;

/** Bit errors at random, as a bad cable or bad memory makes them. */
export function flipBits(bytes: Uint8Array, random: Random, every: number = FLIP_EVERY): Buffer {
  const flipped = Buffer.from(bytes);
  for (let at = random.below(2 * every); at < flipped.length; at += 1 + random.below(2 * every)) {
    flipped[at]! ^= 1 << random.below(8);
  }
  return flipped;
}

/** Stands between an encoder and the server and flips bits of all that it sends, once it is under way. */
export async function flippingLine(port: number, random: Random): Promise<number> {
  const sockets = new Set<Socket>();
  const server = createServer((peer) => {
    const inner = connect(port, '127.0.0.1');
    let passed = 0;
    peer.on('data', (bytes: Buffer) => {
      passed += bytes.length;
      inner.write(passed < INTACT ? bytes : flipBits(bytes, random));
    });
    peer.on('end', () => inner.end());
    inner.pipe(peer);
    for (const socket of [peer, inner]) {
      sockets.add(socket);
      socket.on('error', () => {});
      socket.on('close', () => {
        peer.destroy();
        inner.destroy();
        sockets.delete(socket);
      });
    }
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.close();
    for (const socket of sockets) socket.destroy();
  });
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('No port.');
  return address.port;
}

/** What may be wrong with a tag whose message is right. */
const spoilers: { name: string; spoil(tag: FilmTag, random: Random, foreign: readonly FilmTag[]): Uint8Array }[] = [
  { name: 'bits', spoil: ({ body }, random) => flipBits(body, random, 200) },
  { name: 'cut short', spoil: ({ body }, random) => body.subarray(0, random.below(body.length)) },
  { name: 'NAL unit too long', spoil: ({ body }) => (body.length > 9 ? body.fill(0x7f, 5, 9) : body) },
  { name: 'garbage', spoil: ({ body }, random) => body.map((byte, at) => (at < 2 ? byte : random.below(256))) },
  {
    name: 'wrong config',
    spoil: ({ type }, random, foreign) => random.pick(foreign.filter((t) => t.type === type)).body,
  },
  {
    name: 'broken config',
    spoil: ({ type, body }, random) =>
      Buffer.concat([
        type === 9 ? Buffer.of(0x17, 0, 0, 0, 0) : Buffer.of(0xaf, 0),
        body.subarray(0, random.below(60)),
      ]),
  },
  { name: 'nothing', spoil: () => new Uint8Array(0) },
];

/** An RTMP publisher whose messages are well formed and whose media is not; it connects anew whenever it is cut. */
export class CorruptPublisher {
  /** How often each thing was wrong. */
  readonly spoilt: Record<string, number> = {};
  connections = 0;
  #stopped = false;
  #done: Promise<void>;

  constructor(port: number, name: string, film: { tags: FilmTag[]; foreign: FilmTag[]; random: Random }) {
    this.#done = this.#run(port, name, film);
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    await this.#done;
  }

  async #run(port: number, name: string, film: { tags: FilmTag[]; foreign: FilmTag[]; random: Random }): Promise<void> {
    while (!this.#stopped) {
      this.connections++;
      const peer = await SocketPeer.begun(port, 'publish', name);
      peer.send(chunkSize(60_000));
      const start = performance.now();
      for (const [index, tag] of film.tags.entries()) {
        while (performance.now() - start < tag.timestamp) await new Promise((resolve) => setTimeout(resolve, 5));
        if (this.#stopped || peer.closedAt !== undefined) break;
        const body = index < 20 ? tag.body : this.#spoil(tag, film);
        peer.send(say(tag.type, body, { timestamp: tag.timestamp, chunkStream: 4, chunkSize: 60_000 }));
      }
      peer.socket.destroy();
    }
  }

  /** One tag of three is spoilt. */
  #spoil(tag: FilmTag, { foreign, random }: { foreign: FilmTag[]; random: Random }): Uint8Array {
    if (random.below(3) > 0 || tag.body.length === 0) return tag.body;
    const { name, spoil } = random.pick(spoilers);
    this.spoilt[name] = (this.spoilt[name] ?? 0) + 1;
    return spoil({ ...tag, body: Buffer.from(tag.body) }, random, foreign);
  }
}

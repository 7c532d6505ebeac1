import { createHmac } from 'node:crypto';
import { concatBytes } from '../../../src/media/bytes/bytes.ts';
import { caseLimits, chunkCases, handshakeCases, noise, refusedChunks } from '../../../src/protocols/rtmp/cases.ts';
import { ChunkReader } from '../../../src/protocols/rtmp/chunk-reader.ts';
import { writeMessage } from '../../../src/protocols/rtmp/chunk-writer.ts';
import { ServerHandshake } from '../../../src/protocols/rtmp/handshake.ts';
import type { Message } from '../../../src/protocols/rtmp/message.ts';
import type { FuzzTarget } from '../target.ts';

const PACKET = 1536;
const limits = { ...caseLimits, chunkRate: 200_000 };
/** Half of a message of 16 MiB on each of 60 chunk streams. */
const greedy = concatBytes(
  Array.from({ length: 60 }, (_, id) => Uint8Array.of(id + 3, 0, 0, 0, 3, 0xff, 0xff, 9, 1, 0, 0, 0, 0xa1)),
);

/** The digest decides between two answers and is slow: this one says yes to half of all packets. */
const quickHmac = (_: Uint8Array, data: Uint8Array): Uint8Array => new Uint8Array(32).fill(data[0]! & 1 ? 0 : 0x5a);
const slowHmac = (key: Uint8Array, data: Uint8Array): Uint8Array => createHmac('sha256', key).update(data).digest();
const random = (length: number): Uint8Array => noise(length);

/** Chunks from the first byte on. */
export const chunks: FuzzTarget = {
  id: 'F-01',
  title: 'RTMP chunk reader',
  seeds: [...chunkCases, ...refusedChunks].map(({ bytes }) => bytes).concat(greedy),
  // A message may have a body of one byte: a chunk of two bytes becomes an object, which lives until the next one.
  patience: 2,
  run(bytes) {
    for (const { body } of read([bytes])) if (body.length === 0) throw new Error('A message is empty.');
  },
  roundTrip(bytes) {
    const messages = [...read([bytes])];
    const written = messages.map(({ body: head, ...message }) =>
      writeMessage({ ...message, chunkStream: 4, head }, 128),
    );
    const again = [...read(written)];
    if (again.length !== messages.length) throw new Error('The number of messages differs.');
    for (const [index, { body, ...message }] of messages.entries()) {
      const { body: other, ...fields } = again[index]!;
      const same = JSON.stringify(fields) === JSON.stringify(message) && Buffer.compare(other, body) === 0;
      if (!same) throw new Error(`Message ${index} differs.`);
    }
  },
  splits: (parts) => [...read(parts)],
};

/** The server's handshake, and the first chunks behind it. */
export const handshake: FuzzTarget = {
  id: 'F-01',
  title: 'RTMP server handshake',
  seeds: [
    ...handshakeCases.map(({ bytes }) => bytes),
    concatBytes([handshakeCases[0]!.bytes, noise(PACKET), chunkCases[0]!.bytes]),
    Uint8Array.of(0x47),
    Uint8Array.of(3),
  ],
  // The answer to the first packet is two packets, whatever came.
  patience: 2,
  run(bytes) {
    new ServerHandshake({ hmac: slowHmac, random }).push(bytes);
  },
  splits(parts) {
    const server = new ServerHandshake({ hmac: quickHmac, random });
    const sent: Uint8Array[] = [];
    const rest: Uint8Array[] = [];
    let done = false;
    for (const part of parts) {
      if (done) {
        rest.push(part);
        continue;
      }
      const answer = server.push(part);
      sent.push(answer.send);
      if (answer.rest) rest.push(answer.rest);
      done = answer.rest !== undefined;
    }
    return { sent: concatBytes([new Uint8Array(0), ...sent]), rest: done && concatBytes([new Uint8Array(0), ...rest]) };
  },
};

function* read(parts: readonly Uint8Array[]): Generator<Message> {
  const reader = new ChunkReader(limits);
  for (const part of parts) {
    reader.push(part);
    for (let message = reader.next(0); message; message = reader.next(0)) yield message;
  }
}

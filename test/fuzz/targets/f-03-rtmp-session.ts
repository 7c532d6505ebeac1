import { encodeAmf0, type AmfValue } from '../../../src/containers/amf/index.ts';
import { sample, frameOf } from '../../../src/containers/contract-samples.ts';
import { flvBody, flvConfigBody } from '../../../src/containers/flv/index.ts';
import { RoomcastError } from '../../../src/errors.ts';
import { concatBytes } from '../../../src/media/bytes/bytes.ts';
import { fromHex } from '../../../src/media/bytes/hex.ts';
import { SECOND } from '../../../src/media/time.ts';
import { commandCases } from '../../../src/protocols/rtmp/cases.ts';
import { writeMessage } from '../../../src/protocols/rtmp/chunk-writer.ts';
import { RtmpClientWire } from '../../../src/protocols/rtmp/client-wire.ts';
import { type RtmpEvent, RtmpWire } from '../../../src/protocols/rtmp/wire.ts';
import { captures } from '../../conformance/rtmp/captures.ts';
import { wireOptions } from '../../conformance/rtmp/wire-peer.ts';
import type { FuzzTarget } from '../target.ts';

const PACKET = 1536;
/** Bytes of a capture behind its handshake; more only slows the fuzzer down. */
const MAX_SEED = 3000;
const HELLO = concatBytes([Uint8Array.of(3), new Uint8Array(2 * PACKET)]);
const S0S1S2 = HELLO;
const limits = { message: 2 ** 20, partial: 2 ** 21, chunkStreams: 64, chunkRate: 200_000 };

const command = (...values: AmfValue[]): Uint8Array => message(20, encodeAmf0(...values));
const message = (type: number, head: Uint8Array, timestamp = 0): Uint8Array =>
  writeMessage({ chunkStream: type === 9 ? 6 : 4, type, streamId: 1, timestamp, head }, 128);

const hello = command('connect', 1, { app: 'live', capsEx: 1 });
const media = [
  message(9, flvConfigBody(sample.video)!),
  message(8, flvConfigBody(sample.audio)!),
  message(9, flvBody(frameOf(sample.video, { ms: 0, key: true })), 40),
  message(8, flvBody(frameOf(sample.audio, { ms: 0 })), 45),
  message(22, fromHex('08 000003 000064 00 000000 af0121 00000000 09 000005 00007d 00 000000 1702000000 00000000'), 80),
  message(18, encodeAmf0('@setDataFrame', 'onMetaData', { width: 1 })),
];
const odd: AmfValue[] = [false, null, 7, undefined, {}, [], 'a/b', '', '__proto__', 'x'.repeat(300)];

/** What a server does with any peer. Whatever is asked is granted by the length of its name. */
export const server: FuzzTarget = {
  id: 'F-03',
  title: 'RTMP server session',
  seeds: [
    ...captures.map(({ bytes }) => bytes.subarray(1 + 2 * PACKET, 1 + 2 * PACKET + MAX_SEED)),
    ...commandCases.map(({ bytes }) => concatBytes([hello, message(20, bytes), ...media])),
    ...odd.map((name) =>
      concatBytes([hello, command('publish', 3, null, name), ...media, command('play', 4, null, name)]),
    ),
    concatBytes([
      hello,
      command('publish', 3, null, 'a'),
      ...media,
      command('FCUnpublish', 4, null, 'a'),
      command('play', 5, null, 'b'),
      command('pause', 0, null, true),
      command('closeStream', 0, null),
    ]),
    concatBytes([
      hello,
      ...[0, 1, 3, 6, 7, 32].map((event) => message(4, Uint8Array.of(0, event, 0, 0, 0, 1))),
      message(5, Uint8Array.of(0, 0, 0, 1)),
      message(6, Uint8Array.of(0, 0, 16, 0, 0)),
    ]),
    concatBytes([command('createStream', 1, null), hello]),
    message(17, concatBytes([Uint8Array.of(0), encodeAmf0('connect', 1, { app: 'live', objectEncoding: 3 })])),
  ],
  // Commands are answered, and an answer of 40 bytes may be for a question of 20; the wires' own state comes once.
  patience: 3,
  run(bytes) {
    checkDead(serve([bytes]));
  },
  splits: (parts) => serve(parts).events.map(plain),
};

/** What our client does with any server. */
export const client: FuzzTarget = {
  id: 'F-03',
  title: 'RTMP client session',
  seeds: [
    concatBytes([
      command('_result', 1, {}, { code: 'NetConnection.Connect.Success' }),
      command('_result', 4, null, 1),
      command('onStatus', 0, null, { level: 'status', code: 'NetStream.Play.Start' }),
      ...media,
      command('onStatus', 0, null, { level: 'status', code: 'NetStream.Play.UnpublishNotify' }),
    ]),
    concatBytes([
      message(5, Uint8Array.of(0, 0, 16, 0)),
      message(6, Uint8Array.of(0, 0, 16, 0, 2)),
      command('_result', 1, null, null),
      command('_error', 4, null, { level: 'error', code: 'x', description: 7 }),
    ]),
    ...odd.map((id) =>
      concatBytes([command('_result', 1), command('_result', 4, null, id), command('onStatus', 0, null, id)]),
    ),
  ],
  patience: 3,
  run(bytes) {
    for (const action of ['publish', 'play'] as const) follow(action, [bytes]);
  },
  splits: (parts) => follow('play', parts).map(plain),
};

interface Served {
  wire: RtmpWire;
  events: RtmpEvent[];
}

function serve(parts: readonly Uint8Array[]): Served {
  const wire = new RtmpWire({ ...wireOptions, early: limits, limits, now: 0 });
  const events: RtmpEvent[] = [];
  const take = (found: readonly RtmpEvent[]): void => {
    wire.toSend();
    for (const event of found) {
      events.push(event);
      if (event.type === 'close') rethrow(event.error);
      if (event.type !== 'publish' && event.type !== 'play') continue;
      if (event.asked.path.length % 8 === 7) wire.reject(new RoomcastError('wrong-key'));
      else take(wire.accept(0));
    }
  };
  take(wire.receive(HELLO, 0));
  for (const part of parts) take(wire.receive(part, 0));
  return { wire, events };
}

/** G6: what is over stays silent. */
function checkDead({ wire, events }: Served): void {
  if (wire.state !== 'over') wire.finish('kicked', new RoomcastError('kicked'));
  wire.toSend();
  const late = [...wire.receive(hello, 1), ...wire.tick(60 * SECOND), ...wire.accept(2)];
  if (late.length > 0 || wire.toSend().length > 0 || wire.deadline() !== undefined) {
    throw new Error(`A connection that is over goes on after ${events.length} events.`);
  }
}

function follow(action: 'publish' | 'play', parts: readonly Uint8Array[]): unknown[] {
  const target = { secure: false, host: 'h', port: 1935, app: 'live', name: 'a', tcUrl: 'rtmp://h/live' };
  const { amf, random } = wireOptions;
  const wire = new RtmpClientWire({ action, target, random, limits, amf, connectTime: SECOND, now: 0 });
  const events: unknown[] = [];
  for (const part of [S0S1S2, ...parts]) {
    for (const event of wire.receive(part, 0)) {
      if (event.type === 'close') rethrow(event.error);
      if (event.type === 'ready' && action === 'publish') wire.write(frameOf(sample.video, { ms: 0, key: true }));
      events.push(event);
    }
    wire.toSend();
  }
  return events;
}

/** The wires let nothing out; a fault of theirs is in the event. */
function rethrow(error: RoomcastError): void {
  if (error.code === 'internal') throw error.cause;
}

function plain(event: unknown): unknown {
  const { error, ...rest } = event as { error?: RoomcastError };
  return error ? { ...rest, code: error.code } : rest;
}

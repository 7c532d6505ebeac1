import { checkEvent } from '../events.ts';
import { isDeepStrictEqual } from 'node:util';
import { CaseStream } from '../../../src/containers/ts/case-stream.ts';
import { tsCases } from '../../../src/containers/ts/cases.ts';
import { TsDemuxer, TsMuxer } from '../../../src/containers/ts/index.ts';
import { PACKET } from '../../../src/containers/ts/packet.ts';
import { film, sample } from '../../../src/containers/contract-samples.ts';
import type { MediaEvent } from '../../../src/containers/demuxer.ts';
import { concatBytes } from '../../../src/media/bytes/bytes.ts';
import { unlessBroken } from '../../../src/media/codec/unless-broken.ts';
import { checkOnAir } from '../on-air.ts';
import type { FuzzTarget } from '../target.ts';

/** A stream as we write it ourselves: packets that give events. */
const ours = written();

/** Everything that senders of MPEG-TS write, and what a bad line makes of it. */
export const target: FuzzTarget = {
  id: 'F-10',
  title: 'MPEG-TS packets, tables and PES',
  // It reads the same twice, and puts it on air.
  patience: 2,
  seeds: [...tsCases.map(({ bytes }) => bytes), ours, shifted(ours), manyStreams()],
  run(bytes) {
    const events = read(new TsDemuxer(), bytes);
    for (const event of events) checkEvent(event);
    checkOnAir(events.filter((event) => event.type === 'frame').map(({ frame }) => frame));
    read(begun(), bytes);
  },
  roundTrip(bytes) {
    const events = all(new TsDemuxer(), [bytes]).events;
    const again = all(new TsDemuxer(), [mux(events)]).events;
    if (!isDeepStrictEqual(contentOf(again), contentOf(events))) throw new Error('The frames differ.');
  },
  splits: (chunks) => all(new TsDemuxer(), chunks),
};

function written(): Uint8Array {
  const { video, audio } = sample;
  const muxer = new TsMuxer();
  return concatBytes([
    muxer.header([video, audio]),
    ...film({ video, audio, count: 30 }).map((frame) => muxer.mux(frame)),
  ]);
}

/** Bytes that were cut out of the middle, so that nothing begins where a packet does. */
function shifted(bytes: Uint8Array): Uint8Array {
  return concatBytes([bytes.subarray(5, 20 * PACKET), bytes.subarray(21 * PACKET + 30)]);
}

/** As many elementary streams as are looked at, with a byte each. */
function manyStreams(): Uint8Array {
  const pids = Array.from({ length: 64 }, (_, index) => 0x100 + index);
  const muxer = new TsMuxer();
  const tracks = pids.map((_, id) => ({ ...sample.video, id }));
  const stream = new CaseStream();
  for (const pid of pids) stream.pes({ pid, pts: 9000, length: 0, payload: '0000010930' });
  return concatBytes([muxer.header(tracks), stream.bytes()]);
}

/** Past its tables, which would stop nearly every mutation of what follows. */
function begun(): TsDemuxer {
  const demuxer = new TsDemuxer();
  demuxer.push(ours);
  return demuxer;
}

/** G6: after an error nothing comes any more. */
function read(demuxer: TsDemuxer, bytes: Uint8Array): MediaEvent[] {
  const events = unlessBroken(() => [...demuxer.push(bytes), ...demuxer.end()]);
  if (events) return events;
  if (unlessBroken(() => demuxer.push(ours))?.length) throw new Error('The demuxer goes on after an error.');
  return [];
}

function all(
  demuxer: TsDemuxer,
  chunks: Uint8Array[],
): { events: MediaEvent[]; unsupported: unknown; damaged: number } {
  const events = chunks.flatMap((chunk) => demuxer.push(chunk));
  const { unsupported, damaged } = demuxer;
  return { events: [...events, ...demuxer.end()], unsupported, damaged };
}

function mux(events: readonly MediaEvent[]): Uint8Array {
  const muxer = new TsMuxer();
  const tracks = new Map<number, MediaEvent & { type: 'track' }>();
  const parts: Uint8Array[] = [];
  for (const event of events) {
    if (event.type === 'frame') {
      parts.push(muxer.mux(event.frame));
      continue;
    }
    if (!muxer.carries(event.track)) tracks.delete(event.track.id);
    else tracks.set(event.track.id, event);
    parts.push(
      muxer.announce(
        event.track,
        [...tracks.values()].map(({ track }) => track),
      ),
    );
  }
  return concatBytes(parts);
}

/**
 * What must stay of each track. Times are moved and wrap, those of a lost tail may be held still; captions stay in their
 * pictures, and a config that MPEG-TS cannot carry goes with its frames.
 */
function contentOf(events: readonly MediaEvent[]): unknown[] {
  const muxer = new TsMuxer();
  return events.flatMap((event): unknown[] => {
    if (event.type !== 'frame' || !muxer.carries(event.frame.track)) return [];
    const { track, key, data } = event.frame;
    if (muxer.mux(event.frame).length === 0) return [];
    return [{ codec: track.codec, key, data }];
  });
}

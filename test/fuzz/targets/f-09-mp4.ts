import { checkEvent, readOnce } from '../events.ts';
import { isDeepStrictEqual } from 'node:util';
import { codecSamples, film, frameOf, sample } from '../../../src/containers/contract-samples.ts';
import type { MediaEvent } from '../../../src/containers/demuxer.ts';
import { box, fullBox, written } from '../../../src/containers/mp4/box-writer.ts';
import { caseInit, mp4Cases } from '../../../src/containers/mp4/cases.ts';
import { entryCases, unreadEntries } from '../../../src/containers/mp4/entry-cases.ts';
import { Mp4Demuxer, Mp4Muxer, Mp4SegmentMuxer } from '../../../src/containers/mp4/index.ts';
import { concatBytes } from '../../../src/media/bytes/bytes.ts';
import { describeTrack } from '../../../src/media/codec/table.ts';
import type { Frame, Track } from '../../../src/media/frame.ts';
import { checkOnAir, MAX_COMPOSITION } from '../on-air.ts';
import type { FuzzTarget } from '../target.ts';

/** A stream ends where its times are no longer exact in µs. */
const MAX_TIME = 2 ** 52;

const { video, audio } = sample;
const frames = film({ video, audio, count: 12 });

/** An init segment and a frame for each fragment, as viewers get it. */
function stream(tracks: readonly Track[], of: readonly Frame[]): Uint8Array {
  const muxer = new Mp4Muxer();
  return concatBytes([muxer.header(tracks), ...of.map((frame) => muxer.mux(frame))]);
}

/** The same as one part of a segment. */
function part(tracks: readonly Track[], of: readonly Frame[]): Uint8Array {
  const muxer = new Mp4SegmentMuxer();
  const piece = { tracks, frames: of, sequence: 1, begins: true, next: () => undefined };
  return concatBytes([muxer.init(tracks), muxer.write(piece)]);
}

/** An init segment in which the sample entry is another. */
function initOf(entry: Uint8Array): Uint8Array {
  const u32 = (number: number): Uint8Array => written((writer) => writer.u32(number));
  const stsd = fullBox('stsd', {}, u32(1), entry);
  const hdlr = fullBox(
    'hdlr',
    {},
    u32(0),
    written((writer) => writer.utf8('vide')),
    new Uint8Array(13),
  );
  const mdhd = fullBox('mdhd', {}, new Uint8Array(8), u32(1000), new Uint8Array(8));
  const tkhd = fullBox('tkhd', {}, new Uint8Array(8), u32(1));
  const trak = box('trak', tkhd, box('mdia', mdhd, hdlr, box('minf', box('stbl', stsd))));
  return box('moov', trak, box('mvex'));
}

const whole = stream([video, audio], frames);

/** What comes of sources in MP4, and of what viewers get of ours. */
export const target: FuzzTarget = {
  id: 'F-09',
  title: 'Fragmented MP4',
  // A sample may have a single byte, and be a frame.
  patience: 3,
  seeds: [
    ...mp4Cases.map(({ init = caseInit, bytes }) => concatBytes([init, bytes])),
    ...[...entryCases, ...unreadEntries].map(({ bytes }) => initOf(bytes)),
    ...codecSamples.map(({ track, key, next }) => {
      const own = [key, next].map((data, i) => ({ ...frameOf(track, { ms: i * 40, key: i === 0 }), data }));
      return stream([track], own);
    }),
    whole,
    whole.subarray(0, whole.length - 9),
    part([video, audio], frames),
    concatBytes([stream([video], film({ video, count: 3 })), part([audio], film({ audio, count: 3 }))]),
  ],
  run(bytes) {
    const events = readOnce(begun(), bytes, [whole, caseInit, whole]);
    for (const event of events) checkEvent(event);
    checkOnAir(
      events
        .flatMap((event) => (event.type === 'frame' ? [event.frame] : []))
        .filter(({ track }) => track.codec !== 'id3'),
    );
    for (const event of readOnce(new Mp4Demuxer(), bytes, [whole, caseInit, whole])) checkEvent(event);
  },
  roundTrip(bytes) {
    const events = new Mp4Demuxer().push(bytes);
    const carried = events.filter(isCarried);
    const again = new Mp4Demuxer().push(mux(carried));
    if (!isDeepStrictEqual(contentOf(again), contentOf(carried))) throw new Error('The events differ.');
  },
  splits(chunks) {
    const demuxer = new Mp4Demuxer();
    return {
      events: chunks.flatMap((chunk) => demuxer.push(chunk)),
      unsupported: demuxer.unsupported,
      dropped: demuxer.dropped,
    };
  },
};

/** Past its tracks, which would stop nearly every mutation. */
function begun(): Mp4Demuxer {
  const demuxer = new Mp4Demuxer();
  demuxer.push(caseInit);
  return demuxer;
}

/** What is written again as it was: tracks of the file, with times and a config that MP4 can say. */
function isCarried(event: MediaEvent): boolean {
  const track = event.type === 'track' ? event.track : event.frame.track;
  if (track.kind === 'data' || !new Mp4Muxer().carries(track)) return false;
  if (event.type === 'track') return true;
  const { dts, pts } = event.frame;
  return Math.abs(dts) < MAX_TIME / 2 && Math.abs(pts - dts) <= MAX_COMPOSITION;
}

function mux(events: readonly MediaEvent[]): Uint8Array {
  const muxer = new Mp4Muxer();
  const tracks = new Map<number, Track>();
  const parts: Uint8Array[] = [muxer.header([])];
  for (const event of events) {
    if (event.type === 'track') tracks.set(event.track.id, event.track);
    parts.push(event.type === 'frame' ? muxer.mux(event.frame) : muxer.announce(event.track, [...tracks.values()]));
  }
  return concatBytes(parts);
}

/** Some codecs have no config but what is in their frames, and colours are told where the config does not. */
function contentOf(events: readonly MediaEvent[]): unknown[] {
  return events.flatMap((event): unknown[] => {
    if (event.type === 'track') return [];
    const { track, dts, pts, key, data } = event.frame;
    return [{ id: track.id, codecs: describeTrack(track).codecs, config: track.config, dts, pts, key, data }];
  });
}

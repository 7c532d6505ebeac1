import { checkEvent, readOnce } from '../events.ts';
import { isDeepStrictEqual } from 'node:util';
import { flvCases } from '../../../src/containers/flv/cases.ts';
import type { FlvCase } from '../../../src/containers/flv/flv-case.ts';
import {
  flvBody,
  flvConfigBody,
  FlvDemuxer,
  FlvMuxer,
  flvHeader,
  flvTag,
  tagType,
} from '../../../src/containers/flv/index.ts';
import { frameOf, sample } from '../../../src/containers/contract-samples.ts';
import type { MediaEvent } from '../../../src/containers/demuxer.ts';
import { concatBytes } from '../../../src/media/bytes/bytes.ts';
import { checkOnAir } from '../on-air.ts';
import type { FuzzTarget } from '../target.ts';

/** Ids of tracks that are not the first of their kind begin here. */
const FURTHER = 0x100;

/** The most frames that a tag can hold for its bytes, and enough such tags for their memory to count. */
const DENSE = 'sixteen tracks with a byte each';
const DENSE_TAGS = 1000;

const HEADER = flvHeader({ audio: true, video: true });
/** Where the size of the header stands in it. */
const DATA_OFFSET = 5;
/** Tags that give events. */
const some = concatBytes(flvCases.slice(0, 12).map((item) => tagsOf(item)));

/** Everything that RTMP and FLV publishers send, as a run of tags. */
export const target: FuzzTarget = {
  id: 'F-04',
  title: 'FLV tags and their bodies',
  // It reads the same twice, and puts it on air.
  patience: 2,
  seeds: [
    ...flvCases.map((item) => tagsOf(item)),
    concatBytes([HEADER, some]),
    concatBytes([HEADER.subarray(0, DATA_OFFSET), Uint8Array.of(0xff, 0xff, 0xff, 0xff), some]),
    disorderly(),
    tagsOf(
      flvCases.find(({ name }) => name === DENSE)!,
      DENSE_TAGS,
    ),
  ],
  run(bytes) {
    const events = readOnce(begun(), bytes, [some, HEADER, some]);
    for (const event of events) checkEvent(event);
    checkOnAir(events.filter((event) => event.type === 'frame').map(({ frame }) => frame));
    readOnce(new FlvDemuxer(), bytes, [some, HEADER, some]);
  },
  roundTrip(bytes) {
    const events = begun().push(bytes);
    const again = new FlvDemuxer().push(mux(events));
    if (!isDeepStrictEqual(contentOf(again), contentOf(events))) throw new Error('The events differ.');
  },
  splits(chunks) {
    const demuxer = begun();
    return {
      events: chunks.flatMap((chunk) => demuxer.push(chunk)),
      unsupported: demuxer.decoder.unsupported,
      dropped: demuxer.decoder.dropped,
    };
  },
};

/** A case as tags, with its own body so many times. */
function tagsOf({ type, before = [], bytes }: FlvCase, times = 1): Uint8Array {
  const bodies = [...before, ...Array<Uint8Array>(times).fill(bytes)];
  return concatBytes(bodies.map((body, index) => flvTag(type, index * 40, body)));
}

/** Pictures out of their order, one of which is to be shown hours later. */
function disorderly(): Uint8Array {
  const { video } = sample;
  const pictures = [0, 40, 1500, 80, 120].map((ms) =>
    flvTag(tagType.video, ms, flvBody(frameOf(video, { ms, key: ms === 0, cts: ms === 1500 ? 8_000_000 : 0 }))!),
  );
  return concatBytes([flvTag(tagType.video, 0, flvConfigBody(video)!), ...pictures]);
}

/** Past its header, which would stop nearly every mutation. */
function begun(): FlvDemuxer {
  const demuxer = new FlvDemuxer();
  demuxer.push(HEADER);
  return demuxer;
}

function mux(events: readonly MediaEvent[]): Uint8Array {
  const muxer = new FlvMuxer();
  const parts = [muxer.header([])];
  for (const event of events) {
    if ((event.type === 'frame' ? event.frame.track : event.track).id >= FURTHER) continue;
    if (event.type === 'frame') parts.push(muxer.mux(event.frame));
    else if (event.track.kind !== 'data') parts.push(muxer.announce(event.track, [event.track]));
  }
  return concatBytes(parts);
}

/**
 * What must stay of the first track of each kind, which is all that is written. Clocks may wrap on the way out, captions
 * stay in their pictures, colours beside the config are left out, metadata is our own, and some codecs have no config
 * but what is in their frames.
 */
function contentOf(events: readonly MediaEvent[]): unknown[] {
  const configs = new Map<number, unknown>();
  return events.flatMap((event): unknown[] => {
    const track = event.type === 'track' ? event.track : event.frame.track;
    const { id, kind, codec, config } = track;
    if (id >= FURTHER || codec === 'captions') return [];
    if (event.type === 'frame') {
      const { key, data, dts, pts } = event.frame;
      return [{ id, codec, key, data, cts: pts - dts, ...(kind === 'data' ? {} : { config }) }];
    }
    const said = { codec, config };
    if (!flvConfigBody(track) || isDeepStrictEqual(configs.get(id), said)) return [];
    configs.set(id, said);
    return [{ id, ...said }];
  });
}

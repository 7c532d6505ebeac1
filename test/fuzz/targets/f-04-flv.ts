import { isDeepStrictEqual } from 'node:util';
import { type FlvCase, flvCases } from '../../../src/containers/flv/cases.ts';
import { flvConfigBody, FlvDemuxer, FlvMuxer, flvHeader, flvTag } from '../../../src/containers/flv/index.ts';
import type { MediaEvent } from '../../../src/containers/demuxer.ts';
import { concatBytes } from '../../../src/media/bytes/bytes.ts';
import type { FuzzTarget } from '../target.ts';

/** Ids of tracks that are not the first of their kind begin here. */
const FURTHER = 0x100;

/** The most frames that a tag can hold for its bytes, and enough such tags for their memory to count. */
const DENSE = 'sixteen tracks with a byte each';
const DENSE_TAGS = 1000;

/** Everything that RTMP and FLV publishers send, as a run of tags. */
export const target: FuzzTarget = {
  id: 'F-04',
  title: 'FLV tags and their bodies',
  seeds: [
    ...flvCases.map((item) => tagsOf(item)),
    tagsOf(
      flvCases.find(({ name }) => name === DENSE)!,
      DENSE_TAGS,
    ),
  ],
  run(bytes) {
    for (const event of begun().push(bytes)) checkEvent(event);
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

/** Past its header, which would stop nearly every mutation. */
function begun(): FlvDemuxer {
  const demuxer = new FlvDemuxer();
  demuxer.push(flvHeader({ audio: true, video: true }));
  return demuxer;
}

function checkEvent(event: MediaEvent): void {
  if (event.type !== 'frame') return;
  const { dts, pts, data } = event.frame;
  if (!Number.isSafeInteger(dts) || !Number.isSafeInteger(pts))
    throw new Error(`A frame has the times ${dts}, ${pts}.`);
  if (data.length === 0) throw new Error('A frame is empty.');
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

import { createFile, MP4BoxBuffer } from 'mp4box';
import { TsDemuxer } from '../../src/containers/ts/index.ts';
import { describeTrack } from '../../src/media/codec/table.ts';

/** The codecs of an init segment in the spelling of RFC 6381, as mp4box reads them. */
export function codecsOfInit(init: Uint8Array): string[] {
  const file = createFile();
  let codecs: string[] = [];
  file.onReady = (info) => (codecs = info.tracks.map(({ codec }) => codec));
  file.appendBuffer(MP4BoxBuffer.fromArrayBuffer(init.slice().buffer, 0));
  return codecs;
}

/** The codecs of a segment in MPEG-TS. */
export function codecsOfTransport(segment: Uint8Array): string[] {
  const events = new TsDemuxer().push(segment);
  const tracks = events.flatMap((event) =>
    event.type === 'track' && event.track.kind !== 'data' ? [event.track] : [],
  );
  return [...new Set(tracks.map((track) => describeTrack(track).codecs ?? track.codec))];
}

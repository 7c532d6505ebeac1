/** A program: reads a clip from each container, by ours and by the library, in turns. */
import { BufferSource, EncodedPacketSink, Input, type InputFormat, MP4, MPEG_TS } from 'mediabunny';
import type { Demuxer } from '../../src/containers/demuxer.ts';
import { FlvDemuxer, FlvMuxer } from '../../src/containers/flv/index.ts';
import { Mp4Demuxer, Mp4Muxer, Mp4SegmentMuxer } from '../../src/containers/mp4/index.ts';
import type { Muxer } from '../../src/containers/muxer.ts';
import { TsDemuxer, TsMuxer } from '../../src/containers/ts/index.ts';
import { clipFrames } from '../frames.ts';
import type { MuxingOptions } from './muxing.ts';
import { piecesOf } from './pieces.ts';
import { takeTurns } from './rounds.ts';

/** What a socket gives at once. */
const READ_BYTES = 64 * 1024;
/** µs of a part, as by default. */
const PART = 333_334;

const options = JSON.parse(process.argv[2]!) as MuxingOptions;
const clip = clipFrames(options.clip);
const flv = bytesOf(new FlvMuxer());
const ts = bytesOf(new TsMuxer());
const mp4 = bytesOf(new Mp4Muxer());
const parts = partsOf();

process.on('disconnect', () => process.exit());
const rounds = await takeTurns(
  {
    flv: () => read(new FlvDemuxer(), flv),
    ts: () => read(new TsDemuxer(), ts),
    'mediabunny-ts': () => readByLibrary(MPEG_TS, ts),
    mp4: () => read(new Mp4Demuxer(), mp4),
    'mediabunny-mp4': () => readByLibrary(MP4, mp4),
    'mp4-parts': () => read(new Mp4Demuxer(), parts),
    'mediabunny-mp4-parts': () => readByLibrary(MP4, parts),
  },
  { frames: clip.frames.length, seconds: options.seconds },
);
process.send!({ frames: clip.frames.length, rounds });

function read(demuxer: Demuxer, bytes: Uint8Array): number {
  let count = 0;
  const take = (events: ReturnType<Demuxer['push']>): void => {
    for (const { type } of events) if (type === 'frame') count++;
  };
  for (let at = 0; at < bytes.length; at += READ_BYTES) take(demuxer.push(bytes.subarray(at, at + READ_BYTES)));
  return count;
}

/** All packets of all tracks. */
async function readByLibrary(format: InputFormat, bytes: Uint8Array): Promise<number> {
  const input = new Input({ source: new BufferSource(bytes), formats: [format] });
  let count = 0;
  for (const track of await input.getTracks()) {
    for await (const _packet of new EncodedPacketSink(track).packets()) count++;
  }
  return count;
}

function bytesOf(muxer: Muxer): Uint8Array {
  return Buffer.concat([muxer.header(clip.tracks), ...clip.frames.map((frame) => muxer.mux(frame))]);
}

function partsOf(): Uint8Array {
  const muxer = new Mp4SegmentMuxer();
  return Buffer.concat([muxer.init(clip.tracks), ...piecesOf(clip, PART).map((piece) => muxer.write(piece))]);
}

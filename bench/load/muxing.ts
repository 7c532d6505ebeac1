/** A program: writes the frames of a clip in each container, by ours and by the library, in turns. */
import { CmafOutputFormat, Mp4OutputFormat, MpegTsOutputFormat } from 'mediabunny';
import { FlvMuxer } from '../../src/containers/flv/index.ts';
import { Mp4Muxer, Mp4SegmentMuxer } from '../../src/containers/mp4/index.ts';
import type { Muxer } from '../../src/containers/muxer.ts';
import { TsMuxer, TsSegmentMuxer } from '../../src/containers/ts/index.ts';
import { MILLISECOND, SECOND } from '../../src/media/time.ts';
import { clipFrames } from '../frames.ts';
import { libraryClip, writeByLibrary } from './library-media.ts';
import { piecesOf, writePieces } from './pieces.ts';
import { takeTurns } from './rounds.ts';

export interface MuxingOptions {
  clip: string;
  seconds: number;
}

/** µs of a part, as by default. */
const PART = 333_334;
/** The library has no fragment shorter than this; pictures begin fragments only where they are key frames. Seconds */
const FRAGMENT = PART / SECOND;

const options = JSON.parse(process.argv[2]!) as MuxingOptions;
const clip = clipFrames(options.clip);
const theirs = libraryClip(clip);
const [parts, segments] = [piecesOf(clip, PART), piecesOf(clip, 2000 * MILLISECOND)];

process.on('disconnect', () => process.exit());
const rounds = await takeTurns(
  {
    flv: () => write(new FlvMuxer()),
    ts: () => write(new TsMuxer()),
    'mediabunny-ts': () => writeByLibrary(theirs, new MpegTsOutputFormat()),
    mp4: () => write(new Mp4Muxer()),
    'mediabunny-mp4': () =>
      writeByLibrary(theirs, new Mp4OutputFormat({ fastStart: 'fragmented', minimumFragmentDuration: FRAGMENT })),
    'hls-mp4-parts': () => writePieces(new Mp4SegmentMuxer(), clip.tracks, parts),
    'mediabunny-cmaf': () => writeByLibrary(theirs, new CmafOutputFormat({ minimumFragmentDuration: FRAGMENT })),
    'hls-ts-segments': () => writePieces(new TsSegmentMuxer(), clip.tracks, segments),
  },
  { frames: clip.frames.length, seconds: options.seconds },
);
process.send!({ frames: clip.frames.length, rounds });

function write(muxer: Muxer): number {
  muxer.header(clip.tracks);
  let count = 0;
  for (const frame of clip.frames) if (muxer.mux(frame).length > 0) count++;
  return count;
}

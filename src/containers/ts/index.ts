/** MPEG-TS: what is endless, segments, and the way back. */
export { TsDemuxer } from './ts-demuxer.ts';
export { TsMuxer } from './ts-muxer.ts';
export { TsSegmentMuxer } from './ts-segment-muxer.ts';
export { TS_ORIGIN, tsTicks, tsWraps } from './ticks.ts';

/** Fragmented MP4: endless, in segments, and read. */
export { Mp4Demuxer } from './mp4-demuxer.ts';
export { Mp4Muxer } from './mp4-muxer.ts';
export { Mp4SegmentMuxer } from './mp4-segment-muxer.ts';

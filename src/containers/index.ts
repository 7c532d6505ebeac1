/** Bytes to frames and back: containers. Pure and browser-safe. */
export type { Demuxer, MediaEvent, Unsupported } from './demuxer.ts';
export type { Muxer } from './muxer.ts';
export * from './amf/index.ts';
export * from './flv/index.ts';
export * from './mp4/index.ts';
export * from './ts/index.ts';

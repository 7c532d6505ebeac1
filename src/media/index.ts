/** What is in a stream: tracks, frames, times and codecs. Pure and browser-safe. */
export type { Codec, EndReason, Frame, FrameSink, Kind, Track } from './frame.ts';
export { fromMs, MILLISECOND, SECOND, toMs } from './time.ts';
export type { CodecDefinition, CodecInfo } from './codec/codec.ts';
export { codecs, describeTrack } from './codec/table.ts';
export { avcCodecs } from './codec/h264.ts';
export { type AvcConfig, buildAvcConfig, parseAvcConfig } from './codec/h264-config.ts';
export { parseSps, type Sps } from './codec/h264-sps.ts';
export { H264Reader, type H264Unit } from './codec/h264-reader.ts';
export { isAnnexB, nalLimits, type NalLimits, nalsOf, toAnnexB } from './codec/nal.ts';
export { type SeiMessage, seiMessages } from './codec/sei.ts';
export { type AudioConfig, buildAudioConfig, parseAudioConfig } from './codec/aac.ts';
export { type AdtsFrame, parseAdts, splitAdts } from './codec/adts.ts';
export { type MpegAudioHeader, mp3Config, parseMpegAudio } from './codec/mp3.ts';

/** What is in a stream: tracks, frames, times and codecs. Pure and browser-safe. */
export type { Codec, EndReason, Frame, FrameSink, Kind, Track } from './frame.ts';
export type { ColorInfo } from './color-info.ts';
export { fromMs, MILLISECOND, SECOND, toMs } from './time.ts';
export type { CodecDefinition, CodecInfo, Color } from './codec/codec.ts';
export { codecs, describeTrack } from './codec/table.ts';
export { createAudioReader, createVideoReader } from './codec/readers.ts';
export type { AudioReader, AudioUnit } from './codec/audio-reader.ts';
export type { AccessUnit, VideoReader } from './codec/video-reader.ts';

export { isAnnexB, nalLimits, type NalLimits, nalsOf, toAnnexB } from './codec/nal.ts';
export { parameterSetsOf, toInBand } from './codec/in-band.ts';
export { type SeiMessage, seiMessages } from './codec/sei.ts';
export { captionsOf } from './codec/captions.ts';

export { avcCodecs } from './codec/h264.ts';
export { type AvcConfig, buildAvcConfig, parseAvcConfig } from './codec/h264-config.ts';
export { parseSps, type Sps } from './codec/h264-sps.ts';
export { H264Reader } from './codec/h264-reader.ts';

export { buildHevcConfig, type HevcConfig, parseHevcConfig } from './codec/h265-config.ts';
export { hevcCodecs, type HevcProfile } from './codec/h265-profile.ts';
export { type HevcSps, parseHevcSps } from './codec/h265-sps.ts';
export { type HevcVps, parseHevcVps } from './codec/h265-vps.ts';
export { H265Reader } from './codec/h265-reader.ts';

export { av1Codecs } from './codec/av1.ts';
export { type Av1Config, av1ConfigOf, buildAv1Config, parseAv1Config } from './codec/av1-config.ts';
export { joinObus, obuLimits, type ObuLimits, type ObuSpan, obuType, splitObus } from './codec/av1-obu.ts';
export { type Av1Sequence, parseSequenceHeader } from './codec/av1-sequence.ts';
export { Av1Reader } from './codec/av1-reader.ts';

export { vp9Codecs } from './codec/vp9.ts';
export { parseVp8KeyFrame } from './codec/vp8-frame.ts';
export { parseVp9Frame, splitSuperframe, type Vp9Frame } from './codec/vp9-frame.ts';
export { buildVpxConfig, parseVpxConfig, type VpxConfig, type VpxKeyFrame } from './codec/vpx-config.ts';
export { VpxReader } from './codec/vpx-reader.ts';

export { type AudioConfig, buildAudioConfig, parseAudioConfig } from './codec/aac.ts';
export { type AdtsFrame, parseAdts, splitAdts } from './codec/adts.ts';
export { type MpegAudioHeader, mp3Config, parseMpegAudio } from './codec/mp3.ts';

export { buildOpusHead, type OpusHead, parseOpusHead } from './codec/opus.ts';
export { type ChannelLayout, opusHeadOf } from './codec/opus-layout.ts';
export { type OpusPacket, parseOpusPacket } from './codec/opus-packet.ts';
export { OpusReader } from './codec/opus-reader.ts';

export { buildFlacConfig, type FlacInfo, parseFlacConfig } from './codec/flac.ts';
export { type FlacFrame, type FlacHeader, parseFlacHeader, splitFlac } from './codec/flac-frame.ts';
export { type Ac3Config, buildAc3Config, parseAc3Config } from './codec/ac3.ts';
export { type Ac3Frame, parseAc3Frame } from './codec/ac3-reader.ts';
export { buildEac3Config, type Eac3Config, parseEac3Config } from './codec/eac3.ts';
export { type Eac3Frame, parseEac3Frame } from './codec/eac3-frame.ts';
export { type Eac3Unit, splitEac3 } from './codec/eac3-reader.ts';
export { buildG711Config, type G711Config, parseG711Config } from './codec/g711.ts';

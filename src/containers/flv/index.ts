/** FLV: file, tags, and the bodies that RTMP shares with it. */
export { flvBody, flvBodyHead, flvColorBody, flvConfigBody, flvTagType } from './body.ts';
export { fourCcOf } from './four-cc.ts';
export { FlvDemuxer } from './flv-demuxer.ts';
export { FlvMuxer } from './flv-muxer.ts';
export { flvMetadataBody, publisherMetadata } from './metadata.ts';
export { flvHeader, flvTag, type TagType, tagType } from './tag.ts';
export { FlvTagDecoder, type FlvTagDecoderOptions } from './tag-decoder.ts';
export { audioTrackId, trackId, videoTrackId } from './found.ts';

import type { CodecDefinition } from './codec.ts';

/**
 * Data messages of FLV and RTMP. The config is the AMF0 of the last `onMetaData` (name and object); a frame is the AMF0
 * of one other message, its name first.
 */
export const amf: CodecDefinition = { name: 'amf', kind: 'data', title: 'AMF data', describe: () => ({}) };

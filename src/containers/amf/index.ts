/** AMF0 and AMF3: how RTMP commands and FLV metadata carry values. */
export { decodeAmf0, decodeAmf3Command } from './amf0.ts';
export { encodeAmf0 } from './encode.ts';
export { type AmfLimits, amfLimits } from './budget.ts';
export { AmfDate, amfObject, type AmfObject, type AmfValue, EcmaArray, isAmfObject } from './value.ts';

/** FLV header and tags (Video File Format Specification 10.1, Annex E). */

export const FLV_HEADER = 9;
export const TAG_HEADER = 11;
/** Bytes of a PreviousTagSize. */
export const BACK_POINTER = 4;

/** TagType (E.4.1). */
export const tagType = { audio: 8, video: 9, script: 18 } as const;
export type TagType = (typeof tagType)[keyof typeof tagType];

const FLAG_AUDIO = 4;
const FLAG_VIDEO = 1;

/** The file header with PreviousTagSize0; its flags say which tracks there are (E.2, E.3). */
export function flvHeader(tracks: { audio: boolean; video: boolean }): Uint8Array {
  const bytes = new Uint8Array(FLV_HEADER + BACK_POINTER);
  bytes.set([0x46, 0x4c, 0x56, 1]); // FLV, version 1
  bytes[4] = (tracks.audio ? FLAG_AUDIO : 0) | (tracks.video ? FLAG_VIDEO : 0);
  bytes[8] = FLV_HEADER;
  return bytes;
}

/**
 * One whole tag with its PreviousTagSize, its body given in two parts so that a frame is copied once. `ms` is written
 * modulo 2^32: as the specification's signed number a time before 0 stays what it is, and differences of two times stay
 * right across the wrap for readers of signed and of unsigned numbers (E.4.1).
 */
export function flvTag(
  type: TagType,
  ms: number,
  head: Uint8Array,
  data: Uint8Array = head.subarray(0, 0),
): Uint8Array {
  const size = head.length + data.length;
  const tag = new Uint8Array(TAG_HEADER + size + BACK_POINTER);
  const time = ms >>> 0;
  tag[0] = type;
  tag[1] = size >> 16;
  tag[2] = size >> 8;
  tag[3] = size;
  tag[4] = time >> 16;
  tag[5] = time >> 8;
  tag[6] = time;
  tag[7] = time >> 24;
  tag.set(head, TAG_HEADER);
  tag.set(data, TAG_HEADER + head.length);
  const back = TAG_HEADER + size;
  tag[back] = back >> 24;
  tag[back + 1] = back >> 16;
  tag[back + 2] = back >> 8;
  tag[back + 3] = back;
  return tag;
}

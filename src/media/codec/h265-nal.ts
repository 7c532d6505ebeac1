/** nal_unit_type (H.265, table 7-1). The ones from `blaWLp` to `cra` are pictures at which decoding can start. */
export const hevcType = {
  blaWLp: 16,
  idrWRadl: 19,
  idrNLp: 20,
  cra: 21,
  vps: 32,
  sps: 33,
  pps: 34,
  aud: 35,
  prefixSei: 39,
  suffixSei: 40,
} as const;

/** Bytes of a NAL unit's header. */
export const HEVC_HEADER = 2;

/** The type and the layer (0 is the base layer) in the two bytes of a header (H.265, 7.3.1.2). */
export function hevcHeader(first: number, second: number): { type: number; layer: number } {
  return { type: (first >> 1) & 0x3f, layer: ((first & 1) << 5) | (second >> 3) };
}

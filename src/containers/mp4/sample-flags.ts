/**
 * Flags of a sample (ISO/IEC 14496-12, 8.8.3.1): a key frame or sound, which depends on no other, and a picture that
 * depends on others and is no sync sample.
 */
export const sampleFlags = { key: 0x0200_0000, picture: 0x0101_0000 } as const;

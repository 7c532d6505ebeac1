const TABLE = Int32Array.from({ length: 256 }, (_, byte) => {
  let crc = byte << 24;
  for (let bit = 0; bit < 8; bit++) crc = crc < 0 ? (crc << 1) ^ 0x04c1_1db7 : crc << 1;
  return crc;
});

/** The CRC_32 of a section (ISO/IEC 13818-1, annex A), unsigned; 0 over a section with its own checksum. */
export function crc32(bytes: Uint8Array): number {
  let crc = -1;
  for (let at = 0; at < bytes.length; at++) crc = (crc << 8) ^ TABLE[(crc >>> 24) ^ bytes[at]!]!;
  return crc >>> 0;
}

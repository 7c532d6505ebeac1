/** Checksums whose bits come highest first, begin with 0 and are not turned over at the end. */

/** The checksum of every byte by itself, for a polynomial of `width` bits without its highest term. */
function table(polynomial: number, width: 8 | 16): Uint16Array {
  const top = 1 << (width - 1);
  const mask = (top << 1) - 1;
  return Uint16Array.from({ length: 256 }, (_, byte) => {
    let crc = byte << (width - 8);
    for (let bit = 0; bit < 8; bit++) crc = (crc & top) === 0 ? crc << 1 : ((crc << 1) ^ polynomial) & mask;
    return crc & mask;
  });
}

const TABLE_8 = table(0x07, 8);
const TABLE_16 = table(0x8005, 16);

/** CRC-8 of the bytes from `start` to before `end`: x⁸ + x² + x + 1 (RFC 9639, 9.1.8). */
export function crc8(bytes: Uint8Array, start: number, end: number): number {
  let crc = 0;
  for (let at = start; at < end; at++) crc = TABLE_8[crc ^ bytes[at]!]!;
  return crc;
}

/** The CRC-16 of what `crc` is of, and one more byte: x¹⁶ + x¹⁵ + x² + 1 (RFC 9639, 9.3). */
export function crc16(crc: number, byte: number): number {
  return ((crc << 8) & 0xffff) ^ TABLE_16[(crc >> 8) ^ byte]!;
}

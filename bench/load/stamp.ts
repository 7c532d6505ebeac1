/**
 * A picture carries the time at which it was sent in the last bytes of its coded data, where no server looks. Decoders
 * would see a damaged last block; nothing here decodes.
 */
export const STAMP_BYTES = 8;
const MAGIC = 0x5243;

/** Monotonic µs, the same clock in every process of a machine. */
export function clock(): number {
  return Number(process.hrtime.bigint() / 1000n);
}

/** The bytes that say `time`. */
export function stampOf(time: number): Buffer {
  const bytes = Buffer.alloc(STAMP_BYTES);
  bytes.writeUInt16BE(MAGIC, 0);
  bytes.writeUIntBE(time, 2, 6);
  return bytes;
}

/** The time that a picture carries, or undefined where it carries none. */
export function readStamp(body: Buffer): number | undefined {
  const at = body.length - STAMP_BYTES;
  if (at < 0 || body.readUInt16BE(at) !== MAGIC) return undefined;
  return body.readUIntBE(at + 2, 6);
}

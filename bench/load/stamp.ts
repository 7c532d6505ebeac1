/**
 * A picture carries the time at which it was sent in the last bytes of its coded data, where no server looks. Decoders
 * would see a damaged last block; nothing here decodes.
 */
export const STAMP_BYTES = 8;
const MAGIC = 0x5243;
/** Nothing that is measured is older than this; other bytes that begin as a stamp does say any time. µs */
const OLDEST = 60_000_000;

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
  return timeAt(body, at);
}

/** The first stamp in bytes of many pictures, or undefined. */
export function firstStamp(bytes: Buffer): number | undefined {
  const magic = Buffer.of(MAGIC >> 8, MAGIC & 0xff);
  for (let at = bytes.indexOf(magic); at >= 0; at = bytes.indexOf(magic, at + 1)) {
    const time = at + STAMP_BYTES <= bytes.length ? timeAt(bytes, at) : undefined;
    if (time !== undefined) return time;
  }
  return undefined;
}

function timeAt(bytes: Buffer, at: number): number | undefined {
  const time = bytes.readUIntBE(at + 2, 6);
  const age = clock() - time;
  return age >= 0 && age < OLDEST ? time : undefined;
}

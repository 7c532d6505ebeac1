/** NAL unit types of parameter sets and access unit delimiters, and where a unit's first byte has its type. */
const PASSED_OVER: Readonly<Record<string, { types: ReadonlySet<number>; shift: number; mask: number }>> = {
  h264: { types: new Set([7, 8, 9]), shift: 0, mask: 31 },
  hevc: { types: new Set([32, 33, 34, 35]), shift: 1, mask: 63 },
};

/**
 * What of a packet must arrive as it was sent. Parameter sets beside the pictures are the same as those of the codec
 * config, where alone they are passed on. NAL units have 4-byte lengths.
 */
export function essenceOf(data: Uint8Array, codec: string): Uint8Array {
  const rule = PASSED_OVER[codec];
  if (!rule) return data;
  const view = new DataView(data.buffer, data.byteOffset, data.byteLength);
  const kept: Uint8Array[] = [];
  for (let at = 0; at + 4 < data.length;) {
    const next = at + 4 + view.getUint32(at);
    if (!rule.types.has((data[at + 4]! >> rule.shift) & rule.mask)) kept.push(data.subarray(at, next));
    at = next;
  }
  return Buffer.concat(kept);
}

/** Bytes of an hvcC before its arrays of parameter sets; of each array the flag that says it has all of them. */
const HVCC_HEAD = 23;
const COMPLETE = 0x80;

/** What of a codec config must be the same. Sets that are taken out of the pictures make those of an hvcC complete. */
export function essentialConfig(config: Uint8Array, codec: string): Uint8Array {
  if (codec !== 'hevc' || config.length < HVCC_HEAD) return config;
  const out = config.slice();
  const view = new DataView(out.buffer);
  for (let at = HVCC_HEAD; at + 3 <= out.length;) {
    out[at]! &= ~COMPLETE;
    let left = view.getUint16(at + 1);
    for (at += 3; left > 0 && at + 2 <= out.length; left--) at += 2 + view.getUint16(at);
  }
  return out;
}

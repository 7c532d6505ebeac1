/** Bytes from `start` to before `end`. */
export interface ByteRange {
  start: number;
  end: number;
}

/**
 * The part of `size` bytes that a Range header asks for (RFC 9110, 14.2); undefined where all of it is to be sent, also
 * for several ranges and other units, and `'none'` where there is nothing at that place.
 */
export function rangeOf(header: string | undefined, size: number): ByteRange | 'none' | undefined {
  const [, from, to] = /^bytes=(\d{0,15})-(\d{0,15})$/.exec(header ?? '') ?? [];
  if (from === undefined || to === undefined || (from === '' && to === '')) return undefined;
  if (from === '')
    return to === '0' || Number(to) === 0 ? 'none' : { start: Math.max(0, size - Number(to)), end: size };
  const start = Number(from);
  const end = to === '' ? size : Math.min(size, Number(to) + 1);
  if (to !== '' && Number(to) < start) return undefined;
  return start >= size ? 'none' : { start, end };
}

/** What of several buffers, one behind the other, is in a range; nothing is copied. */
export function sliceOf(buffers: readonly Uint8Array[], { start, end }: ByteRange): Uint8Array[] {
  const out: Uint8Array[] = [];
  let at = 0;
  for (const bytes of buffers) {
    const [from, to] = [Math.max(0, start - at), Math.min(bytes.length, end - at)];
    if (from < to) out.push(bytes.subarray(from, to));
    at += bytes.length;
  }
  return out;
}

/** Whether an If-None-Match names the tag (RFC 9110, 13.1.2). */
export function names(header: string | undefined, tag: string): boolean {
  if (header === undefined) return false;
  const bare = tag.replace(/^W\//, '');
  return header.split(',').some((one) => one.trim() === '*' || one.trim().replace(/^W\//, '') === bare);
}

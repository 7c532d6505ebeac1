import { unescapeNal } from './nal.ts';

/** Larger ones pass through, but are not looked into. Captions of a frame take about 100 bytes. */
const MAX_READ = 64 * 1024;
/** Messages of one NAL unit; those behind them are left out. Encoders write a few. */
const MAX_MESSAGES = 64;

export interface SeiMessage {
  type: number;
  payload: Uint8Array;
}

/**
 * The messages of an SEI NAL unit (H.264, 7.3.2.3), with `header` bytes before them (1 in H.264, 2 in H.265), up to
 * a limit. What is cut off is left out.
 */
export function seiMessages(nal: Uint8Array, header = 1): SeiMessage[] {
  if (nal.length > MAX_READ) return [];
  const bytes = unescapeNal(nal);
  const messages: SeiMessage[] = [];
  let at = header;
  const number = (): number => {
    let value = 0;
    while (bytes[at] === 0xff) {
      value += 0xff;
      at++;
    }
    return value + (bytes[at++] ?? 0);
  };
  // A message takes at least two bytes; a last byte alone is the stop bit.
  while (at + 2 <= bytes.length && messages.length < MAX_MESSAGES) {
    const type = number();
    const size = number();
    if (size > bytes.length - at) break;
    messages.push({ type, payload: bytes.subarray(at, at + size) });
    at += size;
  }
  return messages;
}

import type { ByteReader } from '../../media/bytes/byte-reader.ts';
import type { AmfBudget } from './budget.ts';

const REPLACEMENT = '\u{fffd}';
/** AMF0 counts the bytes of a name in 16 bits. */
const MAX_NAME = 0xffff;

const decoder = new TextDecoder('utf-8', { ignoreBOM: true });
const encoder = new TextEncoder();

/**
 * Reads `length` bytes of UTF-8. Bytes that are not UTF-8 become U+FFFD, which is longer than what it stands for, so
 * the string is paid for as it would be written.
 */
export function readText(reader: ByteReader, length: number, budget: AmfBudget, most?: number): string {
  if (length > budget.limits.string) budget.string(length);
  const text = decoder.decode(reader.take(length));
  budget.string(text.includes(REPLACEMENT) ? encoder.encode(text).length : length, most);
  return text;
}

/** The same for the name of an entry or class. */
export function readName(reader: ByteReader, length: number, budget: AmfBudget): string {
  return readText(reader, length, budget, MAX_NAME);
}

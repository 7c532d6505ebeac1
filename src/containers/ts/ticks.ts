import { MAX_COMPOSITION } from '../../media/frame.ts';
import { SECOND } from '../../media/time.ts';

/** Ticks of PTS and DTS in a second (ISO/IEC 13818-1, 2.4.3.7). */
export const TICKS = 90_000;
/** They have 33 bits, so they start again at 0 after 26.5 hours. */
export const CYCLE: number = 2 ** 33;

/**
 * Time 0 of a stream is written as this, µs: a picture that is shown before it is decoded has a time that is not below 0,
 * and so has the clock, which runs before the decode times.
 */
export const TS_ORIGIN: number = MAX_COMPOSITION;

/** A time of a stream, in µs, as it is written: 33 bits of a 90 kHz clock. What WebVTT's `X-TIMESTAMP-MAP` wants, too. */
export function tsTicks(us: number): number {
  const ticks = Math.round(((us + TS_ORIGIN) * TICKS) / SECOND) % CYCLE;
  return ticks < 0 ? ticks + CYCLE : ticks;
}

/** µs of so many ticks. */
export function fromTicks(ticks: number): number {
  return Math.round((ticks * SECOND) / TICKS);
}

/** True where the written clock starts again between two times of a stream, in µs: players want a new segment there. */
export function tsWraps(from: number, to: number): boolean {
  return cycleOf(from) !== cycleOf(to);
}

function cycleOf(us: number): number {
  return Math.floor(Math.round(((us + TS_ORIGIN) * TICKS) / SECOND) / CYCLE);
}

/** Writes a PTS or DTS of 33 bits in five bytes behind a mark of four bits (2.4.3.6). */
export function putTime(out: Uint8Array, at: number, mark: number, ticks: number): void {
  const low = ticks % 2 ** 30;
  out[at] = (mark << 4) | (Math.floor(ticks / 2 ** 30) << 1) | 1;
  out[at + 1] = low >> 22;
  out[at + 2] = ((low >> 14) & 0xfe) | 1;
  out[at + 3] = low >> 7;
  out[at + 4] = ((low << 1) & 0xfe) | 1;
}

/** Reads one; its marks are not checked, since some muxers write others. */
export function timeAt(bytes: Uint8Array, at: number): number {
  const low = (bytes[at + 1]! << 22) | ((bytes[at + 2]! >> 1) << 15) | (bytes[at + 3]! << 7) | (bytes[at + 4]! >> 1);
  return ((bytes[at]! >> 1) & 7) * 2 ** 30 + low;
}

/** Writes a PCR of so many ticks in six bytes; its part of 27 MHz is 0 (2.4.3.5). */
export function putPcr(out: Uint8Array, at: number, ticks: number): void {
  const high = Math.floor(ticks / 2);
  out[at] = high / 2 ** 24;
  out[at + 1] = high >> 16;
  out[at + 2] = high >> 8;
  out[at + 3] = high;
  out[at + 4] = ((ticks % 2) << 7) | 0x7e;
  out[at + 5] = 0;
}

/** The shortest way from a time to one of 33 bits, ticks. */
export function stepOf(from: number, raw: number): number {
  const step = (raw - from) % CYCLE;
  if (step >= CYCLE / 2) return step - CYCLE;
  return step < -CYCLE / 2 ? step + CYCLE : step;
}

import { describeTrack } from '../../media/codec/table.ts';
import type { Track } from '../../media/frame.ts';
import { SECOND } from '../../media/time.ts';

/**
 * Ticks a second of pictures: twelve for each of the 90 kHz that MPEG-TS and RTP count in. It has two properties. There
 * are more ticks than microseconds, so that a time becomes ticks and comes back as it was. And a time that was rounded to
 * microseconds finds the tick that was meant: pictures at 24, 25, 30, 50 or 60 a second, or 1000/1001 of these, and times
 * of 90 kHz have whole numbers of ticks, so that their durations are constant. Chromium, FFmpeg, VLC, mpv and GStreamer
 * take any timescale of 32 bits; Smooth Streaming has used ten times as many for years.
 */
const PICTURES = 12 * 90_000;

/**
 * Ticks of a track's second. Of sound a multiple of the sample rate, so that frames have whole numbers of ticks, and
 * large enough that no microsecond is lost.
 */
export function timescaleOf(track: Track): number {
  if (track.kind !== 'audio') return PICTURES;
  const { sampleRate } = describeTrack(track);
  return sampleRate ? Math.ceil(SECOND / sampleRate) * sampleRate : PICTURES;
}

/** µs as ticks, rounded. Seconds are converted apart, since the product of both would be beyond 2^53 after some hours. */
export function toTicks(us: number, timescale: number): number {
  const seconds = Math.floor(us / SECOND);
  return seconds * timescale + Math.round(((us - seconds * SECOND) * timescale) / SECOND);
}

/** Ticks as µs, rounded. */
export function toMicroseconds(ticks: number, timescale: number): number {
  const seconds = Math.floor(ticks / timescale);
  return seconds * SECOND + Math.round(((ticks - seconds * timescale) * SECOND) / timescale);
}

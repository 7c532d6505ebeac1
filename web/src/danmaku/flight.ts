import type { Comment } from './comment.ts';

/** A comment on its way. Lengths in CSS px, times in ms of the sky's clock, which stands still while the picture does. */
export interface Flight {
  comment: Comment;
  /** From the top. */
  row: number;
  width: number;
  /** It stays in the middle instead of going across. */
  fixed: boolean;
  start: number;
  duration: number;
}

/** Two comments in a row are never closer than this. px */
export const GAP = 16;

/** Where the left edge of a comment is at a time, in a picture of that width. */
export function leftOf(flight: Flight, time: number, picture: number): number {
  const { width, fixed, start, duration } = flight;
  if (fixed) return (picture - width) / 2;
  return picture - ((time - start) / duration) * (picture + width);
}

/**
 * Whether two comments of a row stay apart from `time` until the first of them is gone. Each moves evenly, so that they do
 * if they are apart at both ends, and on the same side.
 */
export function stayApart(one: Flight, other: Flight, { time, picture }: { time: number; picture: number }): boolean {
  const end = Math.min(one.start + one.duration, other.start + other.duration);
  if (end <= time) return true;
  const side = sideOf(one, other, { time, picture });
  return side !== 0 && side === sideOf(one, other, { time: end, picture });
}

/** On which side of the other one is: -1 left, 1 right, 0 on or too close to it. */
function sideOf(one: Flight, other: Flight, { time, picture }: { time: number; picture: number }): number {
  const left = leftOf(one, time, picture);
  const its = leftOf(other, time, picture);
  if (left + one.width + GAP <= its) return -1;
  return its + other.width + GAP <= left ? 1 : 0;
}

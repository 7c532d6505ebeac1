import { describe, expect, test } from 'vitest';
import { SECOND } from '../media/time.ts';
import { Continuity } from './continuity.ts';

/** Where frames that were recorded at these seconds come to lie, in seconds. */
function placed(...seconds: number[]): number[] {
  const continuity = new Continuity();
  return seconds.map((at) => (at * SECOND + continuity.shiftFor(at * SECOND)) / SECOND);
}

describe('the clock of a recording', () => {
  test('starts at 0 wherever the recording began', () => {
    expect(placed(3600, 3600.5, 3601)).toEqual([0, 0.5, 1]);
  });

  test('goes on where it was set back or jumped', () => {
    expect(placed(100, 101, 0, 1, 9000, 9001)).toEqual([0, 1, 1.04, 2.04, 2.08, 3.08]);
  });

  test('leaves pauses of some seconds, and tracks that are a little apart', () => {
    expect(placed(0, 9, 8, 9.5, 8.2)).toEqual([0, 9, 8, 9.5, 8.2]);
  });
});

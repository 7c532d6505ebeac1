import { describe, expect, test } from 'vitest';
import { audioTrack, frame, videoTrack } from '../../test/media.ts';
import { SECOND } from '../media/time.ts';
import { Continuity } from './continuity.ts';

const tracks = { v: videoTrack(), a: audioTrack() };

/** Where frames that were recorded like `v100 a100.02` come to lie, in seconds. */
function placed(text: string): string {
  const continuity = new Continuity();
  return text
    .split(' ')
    .map((word) => {
      const each = frame(tracks[word[0] as 'v' | 'a'], Number(word.slice(1)) * 1000);
      return `${word[0]}${Number(((each.dts + continuity.shiftFor(each)) / SECOND).toFixed(3))}`;
    })
    .join(' ');
}

describe('the clock of a recording', () => {
  test('starts at 0 wherever the recording began', () => {
    expect(placed('v3600 v3600.5 v3601')).toBe('v0 v0.5 v1');
  });

  test('goes on where it was set back or jumped', () => {
    expect(placed('v100 v101 v0 v1 v9000 v9001')).toBe('v0 v1 v1.04 v2.04 v2.08 v3.08');
    expect(placed('v100 a100 v101 a101 v0 a0 v1 a1 v40 a40')).toBe('v0 a0 v1 a1 v1.04 a1.04 v2.04 a2.04 v2.08 a2.08');
  });

  test('goes on where it was set back and the other track comes first', () => {
    expect(placed('v100 v101 a0 v0 a1')).toBe('v0 v1 a1.04 v1.04 a2.04');
  });

  test('leaves pauses of some seconds, and tracks that are a little apart', () => {
    expect(placed('v0 v9 a8 v9.5 a8.2')).toBe('v0 v9 a8 v9.5 a8.2');
  });

  test('leaves tracks that are three seconds apart where they are', () => {
    const written = 'v0 v1 v2 v3 a0 v3.04 a0.02 v4 a1 v5 a2';
    expect(placed(written)).toBe(written);
  });

  test('leaves slides, and a screen on which nothing happens for minutes', () => {
    expect(placed('v0 v15 v30 v900')).toBe('v0 v15 v30 v900');
  });
});

import { describe, expect, test } from 'vitest';
import { audioTrack, frame, videoTrack } from '../../test/media.ts';
import { SECOND } from '../media/time.ts';
import { Continuity } from './continuity.ts';

const tracks = { v: videoTrack(), a: audioTrack() };

/**
 * Where frames that were recorded like `v100 a100.02` come to lie, in seconds. One that is not presented when it is
 * decoded has both times: `v100:100.08`.
 */
function placed(text: string): string {
  const continuity = new Continuity();
  return text
    .split(' ')
    .map((word) => {
      const [dts, pts = dts] = word.slice(1).split(':').map(fromSeconds);
      const each = { ...frame(tracks[word[0] as 'v' | 'a'], 0), dts: dts!, pts: pts! };
      const { dts: at, pts: seen } = continuity.place(each);
      return `${word[0]}${inSeconds(at)}${seen === at ? '' : `:${inSeconds(seen)}`}`;
    })
    .join(' ');
}

const fromSeconds = (text: string): number => Math.round(Number(text) * SECOND);
const inSeconds = (us: number): number => Number((us / SECOND).toFixed(3));

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

  test('holds a track still that steps back a little, and presents it when it should be', () => {
    expect(placed('v100 v101.5 v100.08 v100.12 v102')).toBe('v0 v1.5 v1.5:0.08 v1.5:0.12 v2');
    expect(placed('v100:100.08 v100.04:100.12 v100.02:100.04')).toBe('v0:0.08 v0.04:0.12 v0.04');
    expect(placed('v100 a100 v101.5 a101.5 v100.08 a101.52')).toBe('v0 a0 v1.5 a1.5 v1.5:0.08 a1.52');
  });

  test('goes on where a track steps back again and again', () => {
    expect(placed('v100 v101 v99.5 v98.5 v98.54')).toBe('v0 v1 v1:-0.5 v1.04 v1.08');
  });

  test('presents pictures out of order, and those when they are decoded whose time cannot be meant', () => {
    expect(placed('v100:100.08 v100.04:100.2 v100.08:100.04')).toBe('v0:0.08 v0.04:0.2 v0.08:0.04');
    expect(placed('v100 v100.04:110.04 v100.08:90.08')).toBe('v0 v0.04:10.04 v0.08:-9.92');
    expect(placed('v100 v100.04:110.041 v100.08:90.079 v100.12:8100')).toBe('v0 v0.04 v0.08 v0.12');
  });

  test('presents nothing further from where it is held than that', () => {
    expect(placed('v100 v101 v100.04:90.54')).toBe('v0 v1 v1:-9');
  });
});

import { describe, expect, test } from 'vitest';
import { audioTrack, frame, videoTrack } from '../../../test/media.ts';
import { MILLISECOND, SECOND } from '../../media/time.ts';
import { JumpProbe } from './jump-probe.ts';

const video = videoTrack();
const audio = audioTrack();

/** Sees pictures and sounds, every 20 ms by turns, with what their clocks say at a time; ms. */
function see(
  clocks: { picture?: (ms: number) => number; sound?: (ms: number) => number },
  arrives: (ms: number) => number = (ms) => ms,
): unknown {
  const probe = new JumpProbe();
  const { picture = (ms) => ms, sound = (ms) => ms } = clocks;
  for (let ms = 0; ms < 20_000; ms += 20) {
    const isPicture = ms % 40 === 0;
    const time = (isPicture ? picture : sound)(ms);
    if (Number.isFinite(time)) probe.see(frame(isPicture ? video : audio, time), arrives(ms) * MILLISECOND);
  }
  return probe.verdict(arrives(20_000) * MILLISECOND);
}

describe('a jump of the clock', () => {
  const ahead = (ms: number): number => (ms < 9000 ? ms : ms + 5000);
  const back = (ms: number): number => (ms < 9000 ? ms : ms - 5000);

  test.each<[string, Parameters<typeof see>, object | string]>([
    ['is none where time goes on', [{}], 'well'],
    ['is one where sound and picture jump ahead', [{ picture: ahead, sound: ahead }], { jumps: 1, seconds: 5 }],
    ['is one where they jump back', [{ picture: back, sound: back }], { jumps: 1, seconds: 5 }],
    [
      'is one where sound follows half a second later',
      [{ picture: ahead, sound: (ms) => (ms < 9500 ? ms : ms + 5000) }],
      { jumps: 1, seconds: 5 },
    ],
    ['is one where the sound alone steps back', [{ sound: back }], { jumps: 1, seconds: 5 }],
    [
      'is one each time',
      [{ picture: (ms) => ms % 7000, sound: (ms) => ms % 7000 }],
      { jumps: 2, seconds: expect.closeTo(7, 0) },
    ],
    ['is none where a line stands still', [{}, (ms) => (ms < 9000 ? ms : Math.max(ms, 14_000))], 'well'],
    ['is none where the encoder stands still with its clock', [{}, (ms) => (ms < 9000 ? ms : ms + 5000)], 'well'],
    [
      'is none where the encoder rests and its clock goes on',
      [{ picture: ahead, sound: ahead }, (ms) => (ms < 9000 ? ms : ms + 5000)],
      'well',
    ],
    [
      'is none where pictures were dropped, and the rest of them comes all at once',
      [{ picture: (ms) => (ms > 9000 && ms < 12_000 ? NaN : ms) }, (ms) => (ms < 9000 ? ms : Math.max(ms, 12_500))],
      'well',
    ],
    ['is none where the sound is two seconds ahead throughout', [{ sound: (ms) => ms + 2000 }], 'well'],
  ])('%s', (_what, args, verdict) => {
    expect(see(...args)).toEqual(verdict);
  });

  test('is forgotten a minute later', () => {
    const probe = new JumpProbe();
    probe.see(frame(video, 5000), 0);
    expect(probe.see(frame(video, 0), 0)).toBe(true);
    expect(probe.verdict(59 * SECOND)).toEqual({ jumps: 1, seconds: 5 });
    expect(probe.verdict(61 * SECOND)).toBe('well');
  });
});

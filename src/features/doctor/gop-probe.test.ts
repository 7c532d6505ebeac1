import { describe, expect, test } from 'vitest';
import { frame, videoTrack } from '../../../test/media.ts';
import { GopProbe } from './gop-probe.ts';

const video = videoTrack();

/** Pictures of so many seconds, 25 each, of which some are key frames. */
function see(probe: GopProbe, span: { from: number; to: number }, isKey: (ms: number) => boolean): GopProbe {
  for (let ms = span.from * 1000; ms < span.to * 1000; ms += 40) probe.see(frame(video, ms, { key: isKey(ms) }));
  return probe;
}

const every =
  (seconds: number) =>
  (ms: number): boolean =>
    ms % (seconds * 1000) === 0;
const never = (): boolean => false;

describe('key frames', () => {
  test('that come every two seconds are near enough', () => {
    expect(see(new GopProbe(), { from: 0, to: 10 }, every(2)).long()).toBe('well');
  });

  test('that do not come at all are missed from the first picture on', () => {
    const probe = see(new GopProbe(), { from: 1, to: 3 }, never);
    expect(probe.long()).toBeUndefined();
    expect(see(probe, { from: 3, to: 5 }, never).long()).toBe('border');
    expect(see(probe, { from: 5, to: 61 }, never).long()).toEqual({ seconds: 60 });
  });

  test('are missed after a jump of the clock, too, where none comes', () => {
    const probe = see(new GopProbe(), { from: 0, to: 20 }, every(10));
    expect(probe.long()).toEqual({ seconds: 10 });
    probe.reset();
    see(probe, { from: 3600, to: 3604 }, never);
    expect(probe.long()).toBe('border');
    expect(see(probe, { from: 3604, to: 3611 }, never).long()).toEqual({ seconds: 11 });
  });

  test('tell nothing of a GOP whose begin was not seen', () => {
    const probe = see(new GopProbe(), { from: 1, to: 2 }, never);
    see(probe, { from: 2, to: 12 }, every(2));
    expect([probe.long(), probe.irregular()]).toEqual(['well', 'well']);
  });
});

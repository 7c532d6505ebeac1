import { describe, expect, test } from 'vitest';
import { audioTrack, frame, videoTrack } from '../../../test/media.ts';
import { SECOND } from '../../media/time.ts';
import { PresenceProbe } from './presence-probe.ts';

/** Ten seconds of pictures, or of sound. */
function see(probe: PresenceProbe, track: ReturnType<typeof videoTrack>): PresenceProbe {
  for (let ms = 0; ms < 10_000; ms += 40) probe.see(frame(track, ms), ms * 1000);
  return probe;
}

describe('sound in a codec that cannot be carried', () => {
  test('is not missing, and told by its name', () => {
    const probe = see(new PresenceProbe(0), videoTrack());
    expect(probe.noAudio(10 * SECOND)).toEqual({});
    probe.leaveOut('audio', 'Speex');
    expect(probe.noAudio(10 * SECOND)).toBe('well');
    expect(probe.unplayable()).toEqual({ codec: 'Speex', kind: 'audio', browsers: 'none' });
  });

  test('beside sound that can, on another track, is no matter', () => {
    const probe = see(see(new PresenceProbe(0), videoTrack()), audioTrack());
    probe.leaveOut('audio', 'Speex');
    expect(probe.unplayable()).toBe('well');
  });

  test('is forgotten when sound that can be carried comes', () => {
    const probe = see(new PresenceProbe(0), videoTrack());
    probe.leaveOut('audio', 'Speex');
    see(probe, audioTrack());
    expect([probe.unplayable(), probe.noAudio(10 * SECOND)]).toEqual(['well', 'well']);
  });
});

import { expect, test } from 'vitest';
import { audioTrack, frame, videoTrack } from '../../test/media.ts';
import { SegmentStage } from '../../test/segment-stage.ts';
import type { Track } from '../media/frame.ts';
import { SECOND } from '../media/time.ts';

/** Numbers from 0 to below 1, the same for the same seed. */
function numbers(seed: number): () => number {
  let state = seed + 1;
  return () => {
    state = (state * 48_271) % 2_147_483_647;
    return state / 2_147_483_647;
  };
}

/** What no encoder would do: times, key frames, tracks and publishers at random. */
function play(seed: number, check: (stage: SegmentStage) => void): void {
  const random = numbers(seed);
  const stage = new SegmentStage(random() < 0.3 ? { part: 0 } : {});
  const [video, sound, more] = [videoTrack(), audioTrack(), { ...audioTrack([5]), id: 7 }];
  let tracks: Track[] = [video, sound, more].filter(() => random() < 0.7);
  if (tracks.length === 0) tracks = [video];
  stage.update(...tracks);
  let [picture, tone] = [0, 0];
  for (let i = 0; i < 3000; i++) {
    const chance = random();
    if (chance < 0.002) stage.segments.begin();
    else if (chance < 0.004) {
      tracks = tracks.map((track) => (random() < 0.5 ? track : { ...track, config: Uint8Array.of(i & 255, i >> 8) }));
      stage.update(...tracks);
    } else if (chance < 0.006) picture = tone += 20_000 * random();
    const track = tracks[Math.floor(random() * tracks.length)]!;
    const step = random() < 0.02 ? 3000 * random() : 80 * random();
    if (track.kind === 'video') stage.write([frame(track, (picture += step), { key: random() < 0.05 })]);
    else stage.write([frame(track, (tone += step / 2))]);
    if (i % 60 === 0) check(stage);
  }
  stage.segments.end('ended');
  check(stage);
}

test.each(Array.from({ length: 20 }, (_, seed) => seed))(
  'whatever a publisher does, lists keep their promises: seed %i',
  (seed) => {
    let target = 0;
    let partTarget = 0;
    play(seed, ({ segments }) => {
      if (target > 0) expect(segments.target).toBe(target);
      if (partTarget > 0) expect(segments.partTarget).toBe(partTarget);
      [target, partTarget] = [segments.target, segments.partTarget];
      for (const { window } of segments.renditions) {
        for (const [index, segment] of window.listed.entries()) {
          const before = window.listed[index - 1];
          const sum = segment.parts.reduce((total, { duration }) => total + duration, 0);
          expect(segment.duration).toBe(sum);
          expect(segment.duration).toBeGreaterThan(0);
          expect(Math.round(segment.duration / SECOND)).toBeLessThanOrEqual(target || 10);
          if (!before) continue;
          expect(segment.sequence).toBe(before.sequence + 1);
          expect(segment.wall).toBeGreaterThanOrEqual(before.wall);
          expect(segment.era - before.era).toBe(segment.discontinuity ? 1 : 0);
          if (!segment.discontinuity) expect(segment.start).toBe(before.start + before.duration);
          if (segment.init !== before.init) expect(segment.discontinuity).toBe(true);
        }
      }
    });
  },
);

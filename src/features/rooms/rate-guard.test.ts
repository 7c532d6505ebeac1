import { expect, test } from 'vitest';
import { LiveStage } from '../../../test/live-stage.ts';
import { film, videoTrack } from '../../../test/media.ts';
import { RateGuard } from './rate-guard.ts';

/** Pictures of 1000 bytes, 25 a second: 200 kbit/s. */
const RATE = 200_000;

test.each([
  [RATE * 2, undefined],
  [RATE / 2, { reason: 'revoked', code: 'limit-exceeded' }],
])('a publisher of 200 kbit/s in a room that takes %i bit/s is cut as it should be', async (limit, closed) => {
  const stage = new LiveStage();
  const guard = new RateGuard({ hub: stage.hub, scheduler: stage.scheduler, limitOf: () => limit });
  const by = await stage.publish();
  await stage.run({
    by,
    frames: film({ ms: 20_000, video: videoTrack() }).map((frame) => ({ ...frame, data: new Uint8Array(1000) })),
  });
  expect(by.closed).toEqual(closed);
  guard.close();
});

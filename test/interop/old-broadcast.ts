import { systemScheduler } from '../../src/io/scheduler.ts';
import { SECOND } from '../../src/media/time.ts';
import { until } from '../servers.ts';
import type { Film } from './films.ts';
import { sendWithFfmpeg } from './publishers.ts';
import { openStage, type Stage } from './stage.ts';

/** A server with a broadcast that is so many seconds old and waits for its publisher. */
export async function openOldBroadcast(film: Film, seconds: number): Promise<Stage> {
  const real = systemScheduler();
  const clock = { ahead: 0 };
  const stage = await openStage({ grace: 60 }, { scheduler: { ...real, now: () => real.now() + clock.ahead } });
  const live = stage.live(2);
  const first = sendWithFfmpeg(film.file, stage.rtmpUrl);
  await live;
  await first.stop('SIGKILL');
  await until('the publisher is missed', () => stage.server.hub.stream(stage.path)?.state === 'waiting');
  // What was lost goes on where the clock stands by then.
  clock.ahead = seconds * SECOND;
  return stage;
}

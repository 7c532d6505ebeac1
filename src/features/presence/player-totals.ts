import type { Beacon, PlayerError, PlayerPath } from '../../client/messages.ts';
import type { PlayerCounts } from '../../plugin.ts';
import { PLAYER_ERRORS, PLAYER_PATHS } from './beacon.ts';

/** What the players of all rooms told since the server started. */
export class PlayerTotals implements PlayerCounts {
  /** All are there from the start on: a rate is blind to the first of a counter that was not there. */
  readonly paths: Map<PlayerPath, { beacons: number; played: number; stalled: number }> = new Map(
    PLAYER_PATHS.map((path) => [path, { beacons: 0, played: 0, stalled: 0 }]),
  );
  readonly errors: Map<PlayerError, number> = new Map(PLAYER_ERRORS.map((error) => [error, 0]));

  add({ path, played, stalled, errors = [] }: Beacon): void {
    const of = this.paths.get(path)!;
    of.beacons++;
    of.played += played / 1000;
    of.stalled += stalled / 1000;
    for (const error of errors) this.errors.set(error, this.errors.get(error)! + 1);
  }
}

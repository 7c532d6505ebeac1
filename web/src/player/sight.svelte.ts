import type { PlayerNumbers } from './gauges.ts';

/** What of the stream is seen and heard now. */
export class Sight {
  /** A picture of this connection is on the screen. */
  picture: boolean = $state(false);
  /** The last picture of the connection before is kept on the screen. */
  held: boolean = $state(false);
  /** What is held is of a broadcast that is over: a poster, not a place to go on from. */
  past: boolean = $state(false);
  starved: boolean = $state(false);
  slow: boolean = $state(false);
  soundOnly: boolean = $state(false);
  numbers: PlayerNumbers = $state.raw({ buffered: 0, dropped: 0, frames: 0, pauses: 0, behind: 0 });
}

import type { Rounds } from './load/rounds.ts';
import { SERVER_CPU } from './network.ts';
import { loadProgram } from './program.ts';
import { median } from './statistics.ts';

export interface ContainersOptions {
  /** Writing or reading. */
  what: 'muxing' | 'demuxing';
  clip: string;
  seconds: number;
}

/** What containers cost, by name of who did it. */
export interface ContainersResult {
  /** Pictures and sounds of the clip. */
  frames: number;
  /** CPU in µs for each frame: the median of the rounds. */
  perFrame: Record<string, number>;
  rounds: Rounds;
}

/** Writes or reads one clip in each container, in turns with the library, alone on the server's core. */
export async function containers({ what, clip, seconds }: ContainersOptions): Promise<ContainersResult> {
  const program = loadProgram(`./load/${what}.ts`, { clip, seconds }, { cpu: SERVER_CPU, ahead: true });
  try {
    const { frames, rounds } = await program.answer<{ frames: number; rounds: Rounds }>();
    const perFrame = Object.fromEntries(Object.entries(rounds).map(([name, costs]) => [name, median(costs)]));
    return { frames, perFrame, rounds };
  } finally {
    await program.stop();
  }
}

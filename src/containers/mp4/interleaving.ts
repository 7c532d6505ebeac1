import type { RunReader } from './run-reader.ts';
import type { ReadSample, TrackLane } from './track-lane.ts';

/** One track of a fragment. */
interface Queue {
  track: TrackLane;
  /** Those whose data will come, in their order. */
  runs: RunReader[];
  /** Index of the run that is read. */
  run: number;
  /** Samples that wait for earlier ones of other tracks; the first of them stands at `head`. */
  samples: ReadSample[];
  head: number;
}

/**
 * Puts the samples of a fragment, whose tracks lie one behind the other, in the order of their decode times: a sample
 * goes on once no other track has an earlier one whose data is still to come.
 */
export class Interleaving {
  readonly #queues: Queue[] = [];

  constructor(runs: readonly RunReader[]) {
    const queues = new Map<TrackLane, Queue>();
    for (const run of runs) {
      const { track } = run;
      if (!track || run.left === 0) continue;
      let queue = queues.get(track);
      if (!queue) queues.set(track, (queue = { track, runs: [], run: 0, samples: [], head: 0 }));
      queue.runs.push(run);
    }
    this.#queues = [...queues.values()];
  }

  /** The data of a sample came. Its run must have advanced. */
  add(track: TrackLane, sample: ReadSample): void {
    const queue = this.#queues.find((each) => each.track === track)!;
    queue.samples.push(sample);
    this.release();
  }

  /** Gives out what need not wait any longer. */
  release(): void {
    for (;;) {
      let first: Queue | undefined;
      let earliest = Infinity;
      for (const queue of this.#queues) {
        const time = timeOf(queue);
        // Of two at the same time the one that is there goes first.
        if (time < earliest || (time === earliest && first?.samples[first.head] === undefined)) {
          first = queue;
          earliest = time;
        }
      }
      const sample = first?.samples[first.head];
      if (!first || !sample) return;
      first.head++;
      if (first.head === first.samples.length) {
        first.samples = [];
        first.head = 0;
      }
      first.track.read(sample);
    }
  }

  /** Gives up what has not come, and gives out all that has. Returns how many samples are missing. */
  finish(): number {
    let missing = 0;
    for (const { runs } of this.#queues) {
      for (const run of runs) {
        missing += run.left;
        run.abandon();
      }
    }
    this.release();
    return missing;
  }
}

/** Decode time of the next sample of a track, whether it is there or will come. */
function timeOf(queue: Queue): number {
  const sample = queue.samples[queue.head];
  if (sample) return sample.dts;
  while (queue.runs[queue.run]?.left === 0) queue.run++;
  const run = queue.runs[queue.run];
  return run ? queue.track.time(run.ticks) : Infinity;
}

/** What is compared with each other: does its work once over the clip. */
export type Contender = () => Promise<number> | number;

/** Of each contender the CPU time in µs for a frame, one figure per round. */
export type Rounds = Record<string, number[]>;

/** Often enough that the clock and the collector do not show. */
const REPEATS = 5;
/** Until code is compiled. */
const WARM_UP = 3;
/** As many as tell a median. */
const LEAST_ROUNDS = 3;

/**
 * Lets contenders take turns for some seconds. Each gives the number of frames that it worked on; more or fewer than
 * `frames` is a fault of the benchmark.
 */
export async function takeTurns(
  contenders: Readonly<Record<string, Contender>>,
  { frames, seconds }: { frames: number; seconds: number },
): Promise<Rounds> {
  const names = Object.keys(contenders);
  const rounds: Rounds = Object.fromEntries(names.map((name) => [name, []]));
  const work = async (name: string, repeats: number): Promise<void> => {
    for (let repeat = 0; repeat < repeats; repeat++) {
      const done = await contenders[name]!();
      if (done !== frames) throw new Error(`${name} had ${done} frames of ${frames}.`);
    }
  };
  for (const name of names) await work(name, WARM_UP);
  const until = performance.now() + seconds * 1000;
  for (let round = 0; round < LEAST_ROUNDS || performance.now() < until; round++) {
    for (const name of names) {
      const before = process.cpuUsage();
      await work(name, REPEATS);
      const { user, system } = process.cpuUsage(before);
      rounds[name]!.push((user + system) / REPEATS / frames);
    }
  }
  return rounds;
}

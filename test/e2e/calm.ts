import { type ProcessorTime, processorTime } from '../processors.ts';

/**
 * Above these shares of their time the processors were not ours, and what was measured says nothing of the page. What
 * other programs had is known less well than what the host gave to other guests.
 */
const LOST = { stolen: 0.02, foreign: 0.1 };
const ATTEMPTS = 4;

/**
 * Measures and judges. What fails while others had the processors is measured anew; the last failure says that it was
 * the machine's.
 */
export async function inCalm(attempt: () => Promise<void>): Promise<void> {
  for (let tries = 1; ; tries++) {
    const before = processorTime();
    try {
      return await attempt();
    } catch (error) {
      const { stolen, foreign } = sharesOf(before, processorTime());
      if (stolen < LOST.stolen && foreign < LOST.foreign) throw error;
      const busy = `other guests had ${percent(stolen)} of the processors, other programs ${percent(foreign)}`;
      if (tries === ATTEMPTS) throw new Error(`The machine is too busy: ${busy}.`, { cause: error });
      process.stdout.write(`  measured anew: ${busy}\n`);
    }
  }
}

function sharesOf(before: ProcessorTime, after: ProcessorTime): { stolen: number; foreign: number } {
  const all = Math.max(1, after.all - before.all);
  return { stolen: (after.stolen - before.stolen) / all, foreign: (after.foreign - before.foreign) / all };
}

function percent(share: number): string {
  return `${Math.round(share * 100)} %`;
}

import { existsSync, readFileSync } from 'node:fs';

/** Above this share of their time the processors were not ours, and what was measured says nothing of the page. */
const STOLEN = 0.02;
const ATTEMPTS = 4;

const STAT = '/proc/stat';
/** Of the numbers in its first line: time that the host gave to other guests (proc(5)). */
const STEAL = 7;

/** Measures; where other guests of the host had the processors meanwhile, `discard`s that and measures anew. */
export async function inCalm<T>(measure: () => Promise<T>, discard: (result: T) => Promise<void>): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    const before = ticks();
    const result = await measure();
    const after = ticks();
    const share = (after.stolen - before.stolen) / Math.max(1, after.all - before.all);
    if (share < STOLEN || attempt === ATTEMPTS) return result;
    process.stdout.write(`  measured anew: the host kept ${Math.round(share * 100)} % of the processors' time\n`);
    await discard(result);
  }
}

function ticks(): { all: number; stolen: number } {
  if (!existsSync(STAT)) return { all: 0, stolen: 0 };
  const [line = ''] = readFileSync(STAT, 'utf8').split('\n', 1);
  const numbers = line.split(/\s+/).slice(1).map(Number);
  return { all: numbers.slice(0, STEAL + 1).reduce((sum, value) => sum + value, 0), stolen: numbers[STEAL] ?? 0 };
}

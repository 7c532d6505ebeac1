import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { settle } from './virtual-scheduler.ts';

/** Collects what nobody holds any more. A worker of the test runner has no collector by itself. */
export function collectGarbage(): void {
  setFlagsFromString('--expose-gc');
  (runInNewContext('gc') as () => void)();
}

/** The same, also for what is let go of only by what is still under way. */
export async function garbageCollected(): Promise<void> {
  for (let i = 0; i < 3; i++) {
    await settle();
    collectGarbage();
  }
}

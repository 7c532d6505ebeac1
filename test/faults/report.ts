import { long as isLong } from '../long.ts';

/** Says what was measured, for those who read along. */
export function report(row: string, text: string): void {
  process.stdout.write(`  ${row}: ${text}\n`);
}

/** The number of the catalogue in the long form, else that of seconds. */
export function sized<T>(short: T, long: T): T {
  return isLong ? long : short;
}

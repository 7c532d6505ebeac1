/** Says what was measured, for those who read along. */
export function report(row: string, text: string): void {
  process.stdout.write(`  ${row}: ${text}\n`);
}

/** With `ROOMCAST_LONG` the tests take the numbers of the catalogue, else those of seconds. */
export function sized<T>(short: T, long: T): T {
  return process.env['ROOMCAST_LONG'] ? long : short;
}

/** The numbers and words of a finding, by name. */
export type Values = Readonly<Record<string, number | string>>;

/** A number of it; 0 where an older or newer server does not tell it. */
export function numberOf(values: Values, name: string): number {
  const value = values[name];
  return typeof value === 'number' && Number.isFinite(value) ? value : 0;
}

/** A word of it; empty where it is not told. */
export function textOf(values: Values, name: string): string {
  return String(values[name] ?? '');
}

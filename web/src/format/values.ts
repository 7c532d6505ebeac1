/** The numbers and words of a finding, by name. */
export type Values = Readonly<Record<string, number | string>>;

/** A sentence with numbers of a finding in it, in their order; `plain` where an older or newer server does not tell one of them. */
export function told(
  names: readonly string[],
  sentence: (...numbers: number[]) => string,
  plain: string,
): (values: Values) => string {
  return (values) => {
    const numbers = names.map((name) => values[name]).filter((value) => typeof value === 'number');
    return numbers.length === names.length ? sentence(...numbers) : plain;
  };
}

/** A word of it; empty where it is not told. */
export function textOf(values: Values, name: string): string {
  return String(values[name] ?? '');
}

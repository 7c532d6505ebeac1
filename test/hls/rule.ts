/** A sentence that must be true of something, and how to find where it is not. */
export interface Rule<Subject> {
  /** The row of the catalogue, and which of its demands: `C-HLS-03/target`. */
  readonly id: string;
  readonly sentence: string;
  /** A phrase for each place where it is broken. */
  broken(subject: Subject): Iterable<string>;
}

/** A rule that was broken. */
export interface Fault {
  readonly rule: string;
  readonly sentence: string;
  /** The address. */
  readonly where: string;
  readonly what: string;
}

/** Holds something against all of its rules. */
export function judge<Subject>(rules: readonly Rule<Subject>[], subject: Subject, where: string): Fault[] {
  return rules.flatMap((rule) => [...rule.broken(subject)].map((what) => faultOf(rule, where, what)));
}

export function faultOf({ id, sentence }: Pick<Rule<never>, 'id' | 'sentence'>, where: string, what: string): Fault {
  return { rule: id, sentence, where, what };
}

/** The fault in one line. */
export function phrase({ rule, sentence, where, what }: Fault): string {
  return `${rule} in ${where}: ${what}. ${sentence}`;
}

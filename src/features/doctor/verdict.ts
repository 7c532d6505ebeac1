/** What a finding says in numbers and short words. */
export type Values = Readonly<Record<string, number | string>>;

/** What a probe makes of what it saw: this is wrong, all is well, it is on the border, or there is nothing to judge by. */
export type Verdict = Values | 'well' | 'border' | undefined;

import type { FindingCode } from '../../../src/client/index.ts';
import type { Values } from '../format/values.ts';

type Words = string | ((values: Values) => string);

/** What is seen and why it matters, and what to press in OBS, for every code of the server’s doctor. */
export type AdviceWords = Readonly<Record<FindingCode | 'gone', { title: Words; text: Words }>>;

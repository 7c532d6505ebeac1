import type { FindingCode } from '../../../src/client/index.ts';
import type { Lang } from '../format/units.ts';
import type { Values } from '../format/values.ts';

type Words = string | ((values: Values) => string);

/** What is seen and why it matters, and what to press in OBS, for every code of the server’s doctor. */
export type AdviceWords = Readonly<Record<FindingCode | 'gone', { title: Words; text: Words }>>;

const languages: Readonly<Record<Lang, () => Promise<AdviceWords>>> = {
  en: async () => (await import('./advice-en.ts')).advice,
  zh: async () => (await import('./advice-zh.ts')).advice,
};

/** The advice in one language: a chunk of its own, because only owners who are live read it. */
export function loadAdvice(lang: Lang): Promise<AdviceWords> {
  return languages[lang]();
}

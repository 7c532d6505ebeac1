import type { Lang } from '../format/units.ts';
import type { AdviceWords } from './advice-words.ts';

export type { AdviceWords } from './advice-words.ts';

const languages: Readonly<Record<Lang, () => Promise<AdviceWords>>> = {
  en: async () => (await import('./advice-en.ts')).advice,
  zh: async () => (await import('./advice-zh.ts')).advice,
};

/** The advice in one language: a chunk of its own, because only owners who are live read it. */
export function loadAdvice(lang: Lang): Promise<AdviceWords> {
  return languages[lang]();
}

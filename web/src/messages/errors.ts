import type { Lang } from '../format/units.ts';
import type { ErrorWords } from './errors-en.ts';

const languages: Readonly<Record<Lang, () => Promise<ErrorWords>>> = {
  en: async () => (await import('./errors-en.ts')).errors,
  zh: async () => (await import('./errors-zh.ts')).errors,
};

/** What can go wrong, in one language: loaded with the first slip. */
export function loadErrorWords(lang: Lang): Promise<ErrorWords> {
  return languages[lang]();
}

import type { Lang } from '../format/units.ts';
import type { SearchWords } from './search-en.ts';

export type { SearchWords } from './search-en.ts';

const languages: Readonly<Record<Lang, () => Promise<SearchWords>>> = {
  en: async () => (await import('./search-en.ts')).search,
  zh: async () => (await import('./search-zh.ts')).search,
};

/** Those of one language: they come with the first search. */
export function loadSearchWords(lang: Lang): Promise<SearchWords> {
  return languages[lang]();
}

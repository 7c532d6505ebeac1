import type { Lang } from '../format/units.ts';
import type { PersonWords } from './person-en.ts';

export type { PersonWords } from './person-en.ts';

const languages: Readonly<Record<Lang, () => Promise<PersonWords>>> = {
  en: async () => (await import('./person-en.ts')).person,
  zh: async () => (await import('./person-zh.ts')).person,
};

/** Those of one language: they come with the first card. */
export function loadPersonWords(lang: Lang): Promise<PersonWords> {
  return languages[lang]();
}

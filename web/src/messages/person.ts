import type { Lang } from '../format/units.ts';
import type { person } from './person-en.ts';

/** The words of somebody's card: the same keys in every language. */
export type PersonWords = typeof person;

const languages: Readonly<Record<Lang, () => Promise<PersonWords>>> = {
  en: async () => (await import('./person-en.ts')).person,
  zh: async () => (await import('./person-zh.ts')).person,
};

/** Those of one language: they come with the first card. */
export function loadPersonWords(lang: Lang): Promise<PersonWords> {
  return languages[lang]();
}

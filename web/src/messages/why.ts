import type { Lang } from '../format/units.ts';
import type { WhyWords } from './why-en.ts';

const languages: Readonly<Record<Lang, () => Promise<WhyWords>>> = {
  en: async () => (await import('./why-en.ts')).why,
  zh: async () => (await import('./why-zh.ts')).why,
};

/** What can be wrong with a value, in one language: loaded with the first slip. */
export function loadWhy(lang: Lang): Promise<WhyWords> {
  return languages[lang]();
}

import type { Lang } from '../format/units.ts';
import type { AccountWords } from './account-en.ts';

export type { AccountWords } from './account-en.ts';

const languages: Readonly<Record<Lang, () => Promise<AccountWords>>> = {
  en: async () => (await import('./account-en.ts')).account,
  zh: async () => (await import('./account-zh.ts')).account,
};

/** Those of one language: a chunk of its own, because most people watch without an account. */
export function loadAccountWords(lang: Lang): Promise<AccountWords> {
  return languages[lang]();
}

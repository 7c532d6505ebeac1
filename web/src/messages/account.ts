import type { Lang } from '../format/units.ts';
import type { account } from './account-en.ts';

/** The words of the account's dialog: the same keys in every language. */
export type AccountWords = typeof account;

const languages: Readonly<Record<Lang, () => Promise<AccountWords>>> = {
  en: async () => (await import('./account-en.ts')).account,
  zh: async () => (await import('./account-zh.ts')).account,
};

/** Those of one language: a chunk of its own, because most people watch without an account. */
export function loadAccountWords(lang: Lang): Promise<AccountWords> {
  return languages[lang]();
}

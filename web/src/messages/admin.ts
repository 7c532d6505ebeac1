import type { Lang } from '../format/units.ts';
import type { AdminWords } from './admin-en.ts';

export type { AdminWords } from './admin-en.ts';

const languages: Readonly<Record<Lang, () => Promise<AdminWords>>> = {
  en: async () => (await import('./admin-en.ts')).admin,
  zh: async () => (await import('./admin-zh.ts')).admin,
};

/** The words of the server’s page in one language. */
export function loadAdminWords(lang: Lang): Promise<AdminWords> {
  return languages[lang]();
}

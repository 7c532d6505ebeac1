import type { Lang } from '../format/units.ts';
import type { DeskWords } from './desk-en.ts';

export type { DeskWords } from './desk-en.ts';

const languages: Readonly<Record<Lang, () => Promise<DeskWords>>> = {
  en: async () => (await import('./desk-en.ts')).desk,
  zh: async () => (await import('./desk-zh.ts')).desk,
};

/** The words of the desk in one language: a chunk of its own, because only those who look after a room read them. */
export function loadDeskWords(lang: Lang): Promise<DeskWords> {
  return languages[lang]();
}

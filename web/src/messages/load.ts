import type { Lang } from '../format/units.ts';
import type { Messages } from './en.ts';

const languages: Readonly<Record<Lang, () => Promise<Messages>>> = {
  en: async () => (await import('./en.ts')).en,
  zh: async () => (await import('./zh.ts')).zh,
};

/** The words of one language: each is a chunk of its own, because nobody reads both. */
export function loadMessages(lang: Lang): Promise<Messages> {
  return languages[lang]();
}

import type { Lang } from '../format/units.ts';
import type { ToolWords } from './tools-en.ts';

export type { ToolWords } from './tools-en.ts';

const languages: Readonly<Record<Lang, () => Promise<ToolWords>>> = {
  en: async () => (await import('./tools-en.ts')).tools,
  zh: async () => (await import('./tools-zh.ts')).tools,
};

/** The words of the tools of the desk in one language. */
export function loadToolWords(lang: Lang): Promise<ToolWords> {
  return languages[lang]();
}

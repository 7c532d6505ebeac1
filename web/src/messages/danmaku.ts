import type { Lang } from '../format/units.ts';
import type { danmaku } from './danmaku-en.ts';

/** The words of the panel of flying comments: the same keys in every language. */
export type DanmakuWords = typeof danmaku;

const languages: Readonly<Record<Lang, () => Promise<DanmakuWords>>> = {
  en: async () => (await import('./danmaku-en.ts')).danmaku,
  zh: async () => (await import('./danmaku-zh.ts')).danmaku,
};

/** Those of one language: a chunk of its own, because few change how comments fly. */
export function loadDanmakuWords(lang: Lang): Promise<DanmakuWords> {
  return languages[lang]();
}

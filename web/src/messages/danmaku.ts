import type { Lang } from '../format/units.ts';
import type { DanmakuWords } from './danmaku-en.ts';

export type { DanmakuWords } from './danmaku-en.ts';

const languages: Readonly<Record<Lang, () => Promise<DanmakuWords>>> = {
  en: async () => (await import('./danmaku-en.ts')).danmaku,
  zh: async () => (await import('./danmaku-zh.ts')).danmaku,
};

/** Those of one language: a chunk of its own, because few change how comments fly. */
export function loadDanmakuWords(lang: Lang): Promise<DanmakuWords> {
  return languages[lang]();
}

import type { Lang } from './units.ts';

/** A day with its time: `Nov 23, 2026, 14:05`; `2026年11月23日 14:05`. ms since 1970 */
export function momentOf(at: number, lang: Lang): string {
  const format = { dateStyle: 'medium', timeStyle: 'short', hourCycle: 'h23' } as const;
  return new Intl.DateTimeFormat(lang === 'zh' ? 'zh-Hans' : 'en', format).format(at);
}

import type { Lang } from './units.ts';

/** The time of a day: `14:05`. */
export function timeOf(iso: string, lang: Lang): string {
  const format = { hour: '2-digit', minute: '2-digit' } as const;
  return new Date(iso).toLocaleTimeString(lang === 'zh' ? 'zh-CN' : 'en-GB', format);
}

/** A day with its time: `Nov 23, 2026, 14:05`; `2026年11月23日 14:05`. ms since 1970 */
export function momentOf(at: number, lang: Lang): string {
  const format = { dateStyle: 'medium', timeStyle: 'short', hourCycle: 'h23' } as const;
  return new Intl.DateTimeFormat(lang === 'zh' ? 'zh-Hans' : 'en', format).format(at);
}

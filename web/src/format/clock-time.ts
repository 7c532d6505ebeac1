import type { Lang } from './units.ts';

/** The time of a day: `14:05`. */
export function timeOf(iso: string, lang: Lang): string {
  const format = { hour: '2-digit', minute: '2-digit' } as const;
  return new Date(iso).toLocaleTimeString(lang === 'zh' ? 'zh-CN' : 'en-GB', format);
}

import type { Lang } from '../format/units.ts';
import type { AudienceWords } from './audience-en.ts';

export type { AudienceWords } from './audience-en.ts';

const languages: Readonly<Record<Lang, () => Promise<AudienceWords>>> = {
  en: async () => (await import('./audience-en.ts')).audience,
  zh: async () => (await import('./audience-zh.ts')).audience,
};

/** The words about a stream's last hour and its viewers, in one language. */
export function loadAudienceWords(lang: Lang): Promise<AudienceWords> {
  return languages[lang]();
}

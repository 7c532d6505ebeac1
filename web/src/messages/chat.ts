import type { Lang } from '../format/units.ts';
import type { ChatWords } from './chat-en.ts';

export type { ChatWords } from './chat-en.ts';

const languages: Readonly<Record<Lang, () => Promise<ChatWords>>> = {
  en: async () => (await import('./chat-en.ts')).chat,
  zh: async () => (await import('./chat-zh.ts')).chat,
};

/** Those of one language: they come with the chat, after the picture. */
export function loadChatWords(lang: Lang): Promise<ChatWords> {
  return languages[lang]();
}

import type { SearchWords } from './search-en.ts';

/** Searching what was said in a room. */
export const search: SearchWords = {
  field: '聊天中的文字',
  hint: '输入一部分文字即可。',
  found: (count, more) => (more ? `最新的 ${count} 条消息` : `${count} 条消息`),
  nothing: '这里没有人说过。',
  earlier: '更早的',
};

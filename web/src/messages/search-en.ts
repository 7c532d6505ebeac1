/** Searching what was said in a room. */
export const search = {
  field: 'Words that were said',
  hint: 'A piece of a word is enough.',
  found: (count: number, more: boolean) =>
    more ? `The newest ${count} messages` : count === 1 ? 'One message' : `${count} messages`,
  nothing: 'Nobody has said that here.',
  earlier: 'Earlier ones',
};

/** The words of searching: the same keys in every language. */
export type SearchWords = typeof search;

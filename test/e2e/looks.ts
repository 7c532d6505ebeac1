import { long } from '../long.ts';

const looks = [
  ['en', 'light'],
  ['zh', 'dark'],
] as const;

/** Languages and themes to judge a suite's pages in: all, or in the short form the one of this theme. All pages share their colours. */
export function looksOf(theme: 'light' | 'dark'): readonly (typeof looks)[number][] {
  return looks.filter((look) => long || look[1] === theme);
}

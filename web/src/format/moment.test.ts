import { expect, test } from 'vitest';
import { momentOf } from './moment.ts';

test('a moment has its day, and a time without a.m. and p.m.', () => {
  const at = new Date(2026, 10, 23, 14, 5).getTime();
  expect([momentOf(at, 'en'), momentOf(at, 'zh')]).toEqual(['Nov 23, 2026, 14:05', '2026年11月23日 14:05']);
});

import { expect, test } from 'vitest';
import { EXACT, UniqueCount } from './unique-count.ts';

const salt = new Uint8Array(16);

test('the same name counts once, and up to a limit the count is exact', () => {
  const unique = new UniqueCount(salt);
  expect(unique.count).toBe(0);
  for (let round = 0; round < 2; round++) for (let i = 0; i < EXACT; i++) unique.add(`viewer ${i}`);
  expect(unique.count).toBe(EXACT);
});

test('the first who has a name at a place was the one who was counted by it, and all others count', () => {
  const unique = new UniqueCount(salt);
  unique.add('192.0.2.1 Browser');
  for (const name of ['g_ann', 'g_ben', 'g_ann', 'g_ben']) unique.addKnown(name, '192.0.2.1 Browser');
  expect(unique.count).toBe(2);
  for (const name of ['u_ada', 'g_cem']) unique.addKnown(name, '192.0.2.2 Browser');
  expect(unique.count).toBe(4);
});

test.each([EXACT + 1, 50_000, 200_000])('%i names are told within three times the error that is expected', (names) => {
  const unique = new UniqueCount(salt);
  for (let i = 0; i < names; i++) unique.add(`viewer ${i}`);
  for (let i = 0; i < 1000; i++) unique.add(`viewer ${i}`);
  expect(Math.abs(unique.count - names) / names).toBeLessThan(3 * 0.0163);
});

import { describe, expect, test } from 'vitest';
import { mentionsOf } from './mentions.ts';
import { RecentSpeakers } from './recent-speakers.ts';

const people = new Map(['ann', 'ann.b', 'bob', 'o-hara', 'x_y', '小明', '小明天', 'ñandú'].map((name) => [name, name]));
const named = (text: string): string[] => mentionsOf(text, (name) => people.get(name.normalize('NFKC').toLowerCase()));

describe('a text', () => {
  test.each([
    ['@Ann hello', ['ann']],
    ['hello @ANN!', ['ann']],
    ['@ann, @bob and @ann', ['ann', 'bob']],
    ['(@bob) "@ann" @x_y: @O-Hara?', ['bob', 'ann', 'x_y', 'o-hara']],
    ['@Ann.', ['ann']],
    ['@Ann.B.', ['ann.b']],
    ['@ann.c', ['ann']],
    ['@ann...', ['ann']],
    ['@ann-bob', ['ann']],
    ['@小明你好', ['小明']],
    ['你好@小明天', ['小明天']],
    ['@Ñandú', ['ñandú']],
    ['@ｂｏｂ', ['bob']],
    ['@anna @annabel', []],
    ['ann@bob.example', []],
    ['@@bob', []],
    ['@ bob', []],
    ['@nobody @ @. @', []],
    ['bob', []],
  ])('%s names %j', (text, names) => {
    expect(named(text)).toEqual(names);
  });

  test('names ten people at most, and is not looked at for long', () => {
    const all = (name: string): string => name;
    expect(mentionsOf(Array.from({ length: 30 }, (_, index) => `@p${index}`).join(' '), all)).toHaveLength(10);
    let asked = 0;
    mentionsOf(`@${'a.'.repeat(5000)} `.repeat(100), () => void asked++);
    expect(asked).toBeLessThan(1000);
  });
});

test('of people with the same name the one who spoke last is named, and of too many those who spoke long ago are not', () => {
  const speakers = new RecentSpeakers();
  speakers.add({ id: 'g_1', name: 'Ann' });
  speakers.add({ id: 'g_2', name: 'ANN' });
  speakers.add({ id: 'g_3', name: 'Bob' });
  expect([speakers.idOf('ａnn'), speakers.idOf('bob'), speakers.idOf('cleo')]).toEqual(['g_2', 'g_3', undefined]);
  for (let i = 0; i < 499; i++) speakers.add({ id: `g_x${i}`, name: `x${i}` });
  expect([speakers.idOf('ann'), speakers.idOf('bob'), speakers.idOf('x498')]).toEqual([undefined, 'g_3', 'g_x498']);
});

import { expect, test } from 'vitest';
import { beforeHan, bitRate, bytes, count, dayOf, duration, seconds } from './units.ts';

test.each([
  [5, '5 s', '5 秒'],
  [59.6, '1 min', '1 分钟'],
  [2520, '42 min', '42 分钟'],
  [3600, '1 h', '1 小时'],
  [7800, '2 h 10 min', '2 小时 10 分钟'],
  [-3, '0 s', '0 秒'],
])('%d s: %s, %s', (value, en, zh) => {
  expect([duration(value, 'en'), duration(value, 'zh')]).toEqual([en, zh]);
});

test.each([
  [0, '0', '0'],
  [999, '999', '999'],
  [1000, '1k', '1000'],
  [1290, '1.2k', '1290'],
  [12_900, '12k', '1.2 万'],
  [1_250_000, '1.2M', '125 万'],
])('%d people: %s, %s', (value, en, zh) => {
  expect([count(value, 'en'), count(value, 'zh')]).toEqual([en, zh]);
});

test('rates, sizes and delays have one digit where it says something', () => {
  expect(bitRate(4_840_000)).toEqual({ value: '4.8', unit: 'Mbit/s' });
  expect(bitRate(128_400)).toEqual({ value: '128', unit: 'kbit/s' });
  expect([bytes(900), bytes(1_230_000), bytes(456_000_000)]).toEqual(['900 B', '1.2 MB', '456 MB']);
  expect([seconds(0.94, 'en'), seconds(9.97, 'zh'), seconds(-1, 'en')]).toEqual(['0.9 s', '10 秒', '0.0 s']);
});

test('days are those of the calendar, not spans of 24 hours', () => {
  const now = new Date(2026, 4, 20, 0, 30).getTime();
  const at = (day: number, hour: number): number => new Date(2026, 4, day, hour).getTime();
  expect(dayOf(at(20, 0), now, 'en')).toBe('today');
  expect(dayOf(at(19, 23), now, 'en')).toBe('yesterday');
  expect(dayOf(at(19, 1), now, 'zh')).toBe('昨天');
  expect(dayOf(at(17, 12), now, 'en')).toBe('3 days ago');
  expect(dayOf(at(2, 12), now, 'en')).toBe('on May 2');
  expect(dayOf(new Date(2025, 4, 2).getTime(), now, 'zh')).toBe('2025年5月2日');
});

test('a name has a space before Chinese only after Latin', () => {
  expect([beforeHan('Lobby'), beforeHan('大厅'), beforeHan('Cam 2')]).toEqual(['Lobby ', '大厅', 'Cam 2 ']);
});

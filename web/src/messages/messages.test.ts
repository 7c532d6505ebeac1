import { expect, test } from 'vitest';
import { errorCodes } from '../../../src/errors.ts';
import { en } from './en.ts';
import { zh } from './zh.ts';

function leaves(value: unknown, path = ''): Map<string, unknown> {
  if (typeof value !== 'object' || value === null) return new Map([[path, value]]);
  return new Map(Object.entries(value).flatMap(([key, inner]) => [...leaves(inner, `${path}.${key}`)]));
}

/** A sentence made with plausible values. */
function said(value: unknown): string {
  return typeof value === 'function' ? String(value.length === 2 ? value('Mei', '2 h') : value(3)) : String(value);
}

test('both languages have the same words', () => {
  expect([...leaves(zh).keys()].sort()).toEqual([...leaves(en).keys()].sort());
});

test('every error of the server has words', () => {
  for (const code of Object.keys(errorCodes)) expect(en.errors).toHaveProperty(code);
});

test('no exclamation marks, no half-width commas in Chinese, a space between number and unit', () => {
  for (const [, value] of leaves(en)) expect(said(value)).not.toMatch(/[!]|\d(s|min|h|Mbit)\b/);
  for (const [path, value] of leaves(zh)) {
    if (path === '.language.change' || path === '.room.wasLive') continue;
    expect(said(value), path).not.toMatch(/[!！]|[一-鿿][,.;:?]|[\d][一-鿿]/);
  }
});

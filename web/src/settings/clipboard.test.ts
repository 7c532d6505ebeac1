import { expect, test } from 'vitest';
import { copyText } from './clipboard.ts';

const works = { writeText: () => Promise.resolve() };
const refuses = { writeText: () => Promise.reject(new Error('NotAllowedError')) };

test('the clipboard is used where it is allowed', async () => {
  expect(await copyText('x', { clipboard: works, select: () => expect.unreachable() })).toBe(true);
});

test('on plain http, and where it is refused, the text is selected and copied the old way', async () => {
  const copied: string[] = [];
  const select = (text: string): boolean => copied.push(text) > 0;
  expect(await copyText('a', { select })).toBe(true);
  expect(await copyText('b', { clipboard: refuses, select })).toBe(true);
  expect(copied).toEqual(['a', 'b']);
});

test('when nothing works, it says so', async () => {
  expect(await copyText('x', { clipboard: refuses, select: () => false })).toBe(false);
  const throwing = (): boolean => {
    throw new Error('execCommand');
  };
  expect(await copyText('x', { select: throwing })).toBe(false);
});

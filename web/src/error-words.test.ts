import { expect, test } from 'vitest';
import { ApiError } from '../../src/client/index.ts';
import { en } from './messages/en.ts';
import { wordsFor } from './error-words.ts';

const words = (error: unknown, lang: 'en' | 'zh' = 'en'): Promise<string> =>
  wordsFor({ t: en, settings: { lang } }, error);
const denied = (why?: 'link-over' | 'moderator-ban'): ApiError =>
  new ApiError('denied', 403, 'x', undefined, why && { why });

test('an error that says why is told of in the words of that, whatever its code is', async () => {
  expect(await words(denied('link-over'))).toBe('This link is over. Ask for a new one.');
  expect(await words(denied('link-over'), 'zh')).toBe('这个链接已经过期，请要一个新的。');
  expect(await words(denied('moderator-ban'))).toMatch(/^Only the owner of the room/);
});

test('one that does not has the words of its code, and one about a value those for any', async () => {
  expect(await words(denied())).toBe('You may not do that.');
  expect(await words(new ApiError('bad-request', 400, 'x'))).toBe('The server does not take this value.');
  expect(await words(new Error('x'))).toBe(en.errors.internal);
});

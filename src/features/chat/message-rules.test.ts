import { describe, expect, test } from 'vitest';
import { toRoomcastError } from '../../errors.ts';
import type { ChatSettings } from './chat-settings.ts';
import { MessageRules } from './message-rules.ts';

const guest = { trusted: false, signedIn: false };

function outcome(text: string, rules: Partial<ChatSettings>, speaker = guest): string {
  try {
    const { text: said, held } = new MessageRules({ links: 'everyone', words: [], ...rules }).judge(text, speaker);
    return held ? `held: ${said}` : said;
  } catch (error) {
    return toRoomcastError(error).code;
  }
}

describe('a word of the list', () => {
  const words = [{ word: 'spam', action: 'block' }] as const;

  test.each(['spam', 'SPAM!', 'so much spam here', 'spám', 'sp4m', '$pam', 'ｓｐａｍ', '(spam)', 'spam.'])(
    'is found in “%s”',
    (text) => {
      expect(outcome(text, { words })).toBe('not-allowed');
    },
  );

  test.each(['spamalot', 'antispam', 's p a m', 'spa m', 'maps', ''])('is not found in “%s”', (text) => {
    expect(outcome(text, { words })).toBe(text);
  });

  test.each([
    ['spam*', 'spamalot', true],
    ['spam*', 'antispam', false],
    ['*spam', 'antispam', true],
    ['*spam*', 'antispamming', true],
    ['广告', '这是广告吗', true],
    ['广告', '广', false],
    ['*', 'anything', false],
    ['**', '**', false],
  ])('“%s” in “%s”: %s', (word, text, found) => {
    expect(outcome(text, { words: [{ word, action: 'block' }] })).toBe(found ? 'not-allowed' : text);
  });

  test('may hide itself, or have the message wait', () => {
    expect(outcome('a spam and SPAM', { words: [{ word: 'spam', action: 'hide' }] })).toBe('a **** and ****');
    expect(outcome('👍 spam 👍', { words: [{ word: 'spam', action: 'hide' }] })).toBe('👍 **** 👍');
    expect(outcome('a spam', { words: [{ word: 'spam', action: 'hold' }] })).toBe('held: a spam');
    const both = [...words, { word: 'a', action: 'hold' }] as const;
    expect(outcome('a spam', { words: both })).toBe('not-allowed');
  });

  test('is not for those who look after the room', () => {
    expect(outcome('spam', { words }, { trusted: true, signedIn: true })).toBe('spam');
  });
});

describe('a link', () => {
  const links = ['https://example.org', 'see HTTP://x', 'www.example', 'example.com', 'buy at shop.xyz/now', '例子.cn'];

  test.each(links)('“%s” is one', (text) => {
    expect(outcome(text, { links: 'moderators' })).toBe('not-allowed');
    expect(outcome(text, { links: 'signed-in' })).toBe('not-allowed');
    expect(outcome(text, { links: 'signed-in' }, { trusted: false, signedIn: true })).toBe(text);
    expect(outcome(text, { links: 'moderators' }, { trusted: true, signedIn: true })).toBe(text);
    expect(outcome(text, { links: 'everyone' })).toBe(text);
  });

  test.each(['3.5 stars', 'well...ok', 'end.Begin', 'e.g. this', 'a/b', 'v1.2.3'])('“%s” is none', (text) => {
    expect(outcome(text, { links: 'moderators' })).toBe(text);
  });
});

test('a text of any kind is judged in time', () => {
  const words = Array.from({ length: 500 }, (_, index) => ({ word: `*word${index}*`, action: 'hide' as const }));
  const begin = performance.now();
  for (const text of ['word'.repeat(125), 'w'.repeat(500), '.com'.repeat(125), 'http:/'.repeat(80)])
    outcome(text, { words, links: 'moderators' });
  expect(performance.now() - begin).toBeLessThan(2000);
});

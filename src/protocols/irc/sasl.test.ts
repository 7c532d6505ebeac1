import { describe, expect, test } from 'vitest';
import { PlainReader } from './sasl.ts';

const base64 = (text: string): string => Buffer.from(text).toString('base64');
const read = (...pieces: readonly string[]): unknown => {
  const reader = new PlainReader();
  return pieces.map((piece) => reader.push(piece)).at(-1);
};

describe('SASL PLAIN', () => {
  test('has a name and a password, of any script', () => {
    expect(read(base64('\0Ada\0pass word'))).toEqual({ name: 'Ada', password: 'pass word' });
    expect(read(base64('阿达\0阿达\0密码'))).toEqual({ name: '阿达', password: '密码' });
  });

  test('goes on in another line behind one of 400 characters', () => {
    const password = 'x'.repeat(400);
    const text = base64(`\0Ada\0${password}`);
    expect(read(text.slice(0, 400))).toBeUndefined();
    expect(read(text.slice(0, 400), text.slice(400))).toEqual({ name: 'Ada', password });
  });

  test('that ends with a line of 400 characters has an empty one behind it', () => {
    const password = 'x'.repeat(295);
    const text = base64(`\0Ada\0${password}`);
    expect(text.length).toBe(400);
    expect(read(text)).toBeUndefined();
    expect(read(text, '+')).toEqual({ name: 'Ada', password });
  });

  test.each(['', 'Ada', '\0Ada', '\0Ada\0', '\0\0x', 'Bob\0Ada\0x', '\0Ada\0x\0y'])('is not %j', (text) => {
    expect(() => read(base64(text) || '+')).toThrow('no name and password');
  });

  test('is base64 of UTF-8', () => {
    for (const text of ['!', 'a', Buffer.of(0, 0xff, 0, 0xff).toString('base64')])
      expect(() => read(text)).toThrow('no base64');
  });

  test('has an end', () => {
    expect(() => read(...Array<string>(5).fill('A'.repeat(400)))).toThrow('above its limit');
    expect(() => read('A'.repeat(401))).toThrow('above its limit');
  });
});
